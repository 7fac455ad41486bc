package dev.flyline.stream.ws;

import dev.flyline.stream.FrameBuffer;
import dev.flyline.stream.FrameByFrameEncoder;
import dev.flyline.stream.Payloads;

/** A WebSocket with the subprotocol flyline.v1: one text message per frame. */
public final class FlylineEncoder extends FrameByFrameEncoder {

  /** The only one needed: it has no state. */
  public static final FlylineEncoder INSTANCE = new FlylineEncoder();

  private FlylineEncoder() {}

  @Override
  protected int begin(FrameBuffer out) {
    return TextFrames.begin(out);
  }

  @Override
  protected void end(FrameBuffer out, int start) {
    TextFrames.end(out, start);
  }

  @Override
  protected void putPayload(FrameBuffer out, byte[] payload) {
    Payloads.putJson(out, payload);
  }

  @Override
  public boolean chunked() {
    return false;
  }
}
