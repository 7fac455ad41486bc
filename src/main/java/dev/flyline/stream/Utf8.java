package dev.flyline.stream;

import java.nio.charset.StandardCharsets;

/**
 * Strict UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF (Unicode table 3-7).
 *
 * <p>What is malformed is repaired as browsers do (WHATWG Encoding): each longest part that could
 * have begun a character becomes one U+FFFD.
 */
public final class Utf8 {

  /** U+FFFD, the replacement character. */
  static final byte[] REPLACEMENT = "\uFFFD".getBytes(StandardCharsets.UTF_8);

  private Utf8() {}

  /** Returns {@code bytes} as a string, repaired. */
  public static String text(byte[] bytes) {
    var out = new FrameBuffer(bytes.length);
    put(out, bytes, 0, bytes.length);
    return new String(out.toBytes(), StandardCharsets.UTF_8);
  }

  /** Puts {@code bytes} from {@code from} up to {@code to}, repaired. */
  public static void put(FrameBuffer out, byte[] bytes, int from, int to) {
    int start = from;
    while (true) {
      int end = malformedFrom(bytes, start, to);
      out.put(bytes, start, end);
      if (end == to) {
        return;
      }
      out.put(REPLACEMENT);
      start = end - character(bytes, end, to);
    }
  }

  /**
   * The length of the character outside ASCII that begins at {@code at}; if it is malformed, minus
   * the length of the part to replace.
   */
  static int character(byte[] bytes, int at, int to) {
    int lead = bytes[at] & 0xFF;
    if (lead < 0xC2 || lead > 0xF4) {
      return -1;
    }
    if (at + 1 == to || !isSecond(lead, bytes[at + 1] & 0xFF)) {
      return -1;
    }
    int length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    for (int i = 2; i < length; i++) {
      if (at + i == to || (bytes[at + i] & 0xC0) != 0x80) {
        return -i;
      }
    }
    return length;
  }

  /** The index of the first malformed byte in {@code [from, to)}, or {@code to}. */
  static int malformedFrom(byte[] bytes, int from, int to) {
    int i = ByteScan.nonAsciiFrom(bytes, from, to);
    while (i < to) {
      int length = character(bytes, i, to);
      if (length < 0) {
        return i;
      }
      i += length;
      if (i < to && bytes[i] >= 0) {
        i = ByteScan.nonAsciiFrom(bytes, i, to);
      }
    }
    return to;
  }

  private static boolean isSecond(int lead, int second) {
    int least = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int most = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    return second >= least && second <= most;
  }
}
