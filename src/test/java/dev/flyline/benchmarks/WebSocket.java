package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;

/** The few WebSocket frames that a load client and a bare server write (RFC 6455, section 5.2). */
final class WebSocket {

  private static final byte TEXT = (byte) 0x81;
  private static final byte PONG = (byte) 0x8A;
  private static final int MASKED = 0x80;
  private static final int SHORT_MAX = 125;
  private static final int TWO_BYTES = 126;

  private WebSocket() {}

  /** The header of a server's text frame. */
  static byte[] textHeader(int length) {
    return header(length, 0);
  }

  /** A client's text frame, masked as clients must, with a mask that changes nothing. */
  static byte[] clientText(String text) {
    byte[] payload = text.getBytes(UTF_8);
    byte[] header = header(payload.length, MASKED);
    return ByteBuffer.allocate(header.length + 4 + payload.length)
        .put(header)
        .putInt(0)
        .put(payload)
        .array();
  }

  /** A client's pong without a payload. */
  static ByteBuffer pong() {
    return ByteBuffer.wrap(new byte[] {PONG, (byte) MASKED, 0, 0, 0, 0});
  }

  private static byte[] header(int length, int masked) {
    if (length <= SHORT_MAX) {
      return new byte[] {TEXT, (byte) (masked | length)};
    }
    if (length > 0xffff) {
      throw new IllegalArgumentException("length does not fit two bytes: " + length);
    }
    return new byte[] {
      TEXT, (byte) (masked | TWO_BYTES), (byte) (length >>> 8), (byte) length,
    };
  }
}
