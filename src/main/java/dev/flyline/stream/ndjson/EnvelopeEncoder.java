package dev.flyline.stream.ndjson;

import dev.flyline.stream.FrameBuffer;
import dev.flyline.stream.FrameByFrameEncoder;
import dev.flyline.stream.Payloads;

/** The frames of flyline.v1, one per line. */
public final class EnvelopeEncoder extends FrameByFrameEncoder {

  /** The only one needed: it has no state. */
  public static final EnvelopeEncoder INSTANCE = new EnvelopeEncoder();

  private EnvelopeEncoder() {}

  @Override
  protected int begin(FrameBuffer out) {
    return out.length();
  }

  @Override
  protected void end(FrameBuffer out, int start) {
    out.put('\n');
  }

  @Override
  protected void putPayload(FrameBuffer out, byte[] payload) {
    Payloads.putJsonOnOneLine(out, payload);
  }
}
