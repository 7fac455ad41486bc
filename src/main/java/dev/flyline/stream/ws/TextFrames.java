package dev.flyline.stream.ws;

import dev.flyline.stream.FrameBuffer;

/**
 * The header of a WebSocket text message in one frame from a server (RFC 6455, 5.2): FIN, no mask.
 *
 * <p>The header's length depends on the message's, which is known only at the end. Room is left for
 * the usual one and the message moved where that was not right.
 */
final class TextFrames {

  private static final int FIN_TEXT = 0x81;
  private static final int LENGTH_IN_2_BYTES = 126;
  private static final int LENGTH_IN_8_BYTES = 127;
  private static final int HEADER = 4;
  private static final int SHORT_HEADER = 2;
  private static final int LONG_HEADER = 10;

  private TextFrames() {}

  /** Leaves room for a header and returns where it starts. */
  static int begin(FrameBuffer out) {
    int start = out.length();
    out.skip(HEADER);
    return start;
  }

  /** Writes the header of the message that began at {@code start} and ends here. */
  static void end(FrameBuffer out, int start) {
    int length = out.length() - start - HEADER;
    out.set(start, FIN_TEXT);
    if (length < LENGTH_IN_2_BYTES) {
      out.shift(start + HEADER, SHORT_HEADER - HEADER).set(start + 1, length);
    } else if (length <= 0xFFFF) {
      out.set(start + 1, LENGTH_IN_2_BYTES).set(start + 2, length >> 8).set(start + 3, length);
    } else {
      out.shift(start + HEADER, LONG_HEADER - HEADER).set(start + 1, LENGTH_IN_8_BYTES);
      for (int i = 0; i < Long.BYTES; i++) {
        out.set(start + 2 + i, (int) ((long) length >> (56 - 8 * i)));
      }
    }
  }
}
