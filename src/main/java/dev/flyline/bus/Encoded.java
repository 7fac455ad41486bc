package dev.flyline.bus;

import io.vertx.core.buffer.Buffer;

/**
 * A message as it goes over the wire, made once by {@link EnvelopeCodec#encode} and added to the
 * envelopes of all who get it. Immutable.
 */
public final class Encoded {

  private final WireWriter bytes; // nobody puts anything more

  Encoded(WireWriter bytes) {
    this.bytes = bytes;
  }

  /** How many bytes it adds to an envelope. */
  public int size() {
    return bytes.length();
  }

  void copyTo(Buffer buffer) {
    bytes.copyTo(buffer);
  }
}
