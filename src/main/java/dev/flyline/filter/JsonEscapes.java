package dev.flyline.filter;

/** Turns the inside of a JSON string into what it stands for, in UTF-8. */
final class JsonEscapes {

  private static final int REPLACEMENT = 0xFFFD;

  private JsonEscapes() {}

  /**
   * Puts what {@code json} from {@code from} to {@code to} stands for into {@code out} and returns
   * its length, which is never more than that of the input. Half of a surrogate pair becomes
   * U+FFFD; an escape that JSON does not know stands for its letter.
   */
  static int resolve(byte[] json, int from, int to, byte[] out) {
    int length = 0;
    int i = from;
    while (i < to) {
      byte b = json[i++];
      if (b != '\\' || i == to) {
        out[length++] = b;
        continue;
      }
      byte letter = json[i++];
      int unit = letter == 'u' ? unit(json, i, to) : -1;
      if (unit < 0) {
        out[length++] = plain(letter);
        continue;
      }
      i += 4;
      int character = unit;
      if (isHigh(unit) && i + 1 < to && json[i] == '\\' && json[i + 1] == 'u') {
        int low = unit(json, i + 2, to);
        if (low >= 0 && Character.isLowSurrogate((char) low)) {
          character = Character.toCodePoint((char) unit, (char) low);
          i += 6;
        }
      }
      length = put(character, out, length);
    }
    return length;
  }

  private static boolean isHigh(int unit) {
    return Character.isHighSurrogate((char) unit);
  }

  private static byte plain(byte letter) {
    return switch (letter) {
      case 'n' -> '\n';
      case 't' -> '\t';
      case 'r' -> '\r';
      case 'b' -> '\b';
      case 'f' -> '\f';
      default -> letter;
    };
  }

  /** The four hexadecimal digits at {@code at}, or -1. */
  private static int unit(byte[] json, int at, int to) {
    if (at + 4 > to) {
      return -1;
    }
    int unit = 0;
    for (int i = at; i < at + 4; i++) {
      int digit = json[i] < 0 ? -1 : Character.digit(json[i], 16);
      if (digit < 0) {
        return -1;
      }
      unit = unit << 4 | digit;
    }
    return unit;
  }

  private static int put(int character, byte[] out, int at) {
    int c = character >= 0xD800 && character <= 0xDFFF ? REPLACEMENT : character;
    int i = at;
    if (c < 0x80) {
      out[i++] = (byte) c;
      return i;
    }
    if (c < 0x800) {
      out[i++] = (byte) (0xC0 | c >> 6);
    } else if (c < 0x10000) {
      out[i++] = (byte) (0xE0 | c >> 12);
      out[i++] = (byte) (0x80 | (c >> 6 & 0x3F));
    } else {
      out[i++] = (byte) (0xF0 | c >> 18);
      out[i++] = (byte) (0x80 | (c >> 12 & 0x3F));
      out[i++] = (byte) (0x80 | (c >> 6 & 0x3F));
    }
    out[i++] = (byte) (0x80 | (c & 0x3F));
    return i;
  }
}
