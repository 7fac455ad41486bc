package dev.flyline.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Carries a buffer as it is; unlike the bus' own codec it copies neither here nor there. */
final class RawCodec implements MessageCodec<Buffer, Buffer> {

  /** The codec's name, which is in every message; short, and never to be changed. */
  static final String NAME = "r";

  @Override
  public void encodeToWire(Buffer wire, Buffer message) {
    wire.appendBuffer(message);
  }

  @Override
  public Buffer decodeFromWire(int start, Buffer wire) {
    return wire.slice(start, wire.length()); // the body is a message's last part
  }

  @Override
  public Buffer transform(Buffer message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
