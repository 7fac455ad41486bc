package dev.flyline.stream;

import java.nio.charset.StandardCharsets;

/** Writes any bytes as a JSON string that decodes to them; what is not UTF-8 becomes U+FFFD. */
final class JsonStrings {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UNICODE_ESCAPE = {'\\', 'u', '0', '0'};

  private JsonStrings() {}

  /** Puts {@code text} with its quotes. */
  static void put(FrameBuffer out, String text) {
    put(out, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Puts {@code text} with its quotes. */
  static void put(FrameBuffer out, byte[] text) {
    out.put('"');
    int i = 0;
    while (true) {
      int end = ByteScan.notPlainFrom(text, i, text.length);
      out.put(text, i, end);
      if (end == text.length) {
        break;
      }
      i = end + putSpecial(out, text, end);
    }
    out.put('"');
  }

  /** Puts what cannot stand as it is, or might not, and returns how many bytes it was. */
  private static int putSpecial(FrameBuffer out, byte[] text, int at) {
    if (text[at] >= 0) {
      putEscaped(out, text[at]);
      return 1;
    }
    int length = Utf8.character(text, at, text.length);
    if (length < 0) {
      out.put(Utf8.REPLACEMENT);
      return -length;
    }
    out.put(text, at, at + length);
    return length;
  }

  private static void putEscaped(FrameBuffer out, byte c) {
    switch (c) {
      case '"', '\\' -> out.put('\\').put(c);
      case '\n' -> out.put('\\').put('n');
      case '\r' -> out.put('\\').put('r');
      case '\t' -> out.put('\\').put('t');
      default -> out.put(UNICODE_ESCAPE).put(HEX[c >> 4]).put(HEX[c & 0xF]);
    }
  }
}
