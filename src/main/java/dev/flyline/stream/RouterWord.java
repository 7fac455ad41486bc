package dev.flyline.stream;

/**
 * Tells which payloads would pass for the router's own word among verbatim ones, which is {@code
 * {"flyline":...}}: those in which a JSON parser finds a member of this name at the top.
 *
 * <p>It need not be the first, nor be spelled like this: a name may have escapes, the last of two
 * members of one name counts, and some parsers (Go's and .NET's) ignore the case of names. What
 * {@link JsonObjects} does not call an object is looked at all the same: a client's parser may take
 * deeper nesting, and bytes that are no UTF-8 are repaired on their way to it.
 */
final class RouterWord {

  private static final byte[] NAME = {'f', 'l', 'y', 'l', 'i', 'n', 'e'};
  private static final int RARE = 2; // the index of the letter that log lines have least

  private RouterWord() {}

  /** Whether a client may take {@code payload} for the router's word. */
  static boolean isForgedBy(byte[] payload) {
    int start = skipSpace(payload, skipByteOrderMark(payload));
    return start < payload.length
        && payload[start] == '{'
        && mayHoldName(payload, start)
        && holdsMember(payload, start);
  }

  private static int skipByteOrderMark(byte[] payload) {
    boolean marked =
        payload.length > 2
            && payload[0] == (byte) 0xEF
            && payload[1] == (byte) 0xBB
            && payload[2] == (byte) 0xBF;
    return marked ? 3 : 0;
  }

  /**
   * False for nearly all lines, and quick: the name is nowhere, nor an escape that could hide it.
   */
  private static boolean mayHoldName(byte[] payload, int from) {
    int end = payload.length;
    for (int i = ByteScan.letterFrom(payload, from, end, NAME[RARE]); i < end; ) {
      if (i - RARE >= from && isName(payload, i - RARE)) {
        return true;
      }
      i = ByteScan.letterFrom(payload, i + 1, end, NAME[RARE]);
    }
    for (int i = ByteScan.byteFrom(payload, from, end, (byte) '\\'); i < end - 1; ) {
      if (payload[i + 1] == 'u') {
        return true;
      }
      i = ByteScan.byteFrom(payload, i + 2, end, (byte) '\\');
    }
    return false;
  }

  private static boolean isName(byte[] payload, int at) {
    if (at + NAME.length > payload.length) {
      return false;
    }
    for (int i = 0; i < NAME.length; i++) {
      if ((payload[at + i] | 0x20) != NAME[i]) {
        return false;
      }
    }
    return true;
  }

  /** Walks over the object that opens at {@code start}, looking at the names at its top. */
  private static boolean holdsMember(byte[] json, int start) {
    int depth = 0;
    int i = start;
    while (i < json.length) {
      switch (json[i]) {
        case '{', '[' -> depth++;
        case '}', ']' -> {
          if (--depth == 0) {
            return false;
          }
        }
        case '"' -> {
          int end = stringEnd(json, i + 1);
          if (depth == 1 && isMember(json, i + 1, end)) {
            return true;
          }
          i = end;
        }
        default -> {}
      }
      i++;
    }
    return false;
  }

  /** The index of the quote that ends the string whose characters begin at {@code from}. */
  private static int stringEnd(byte[] json, int from) {
    int i = ByteScan.notPlainFrom(json, from, json.length);
    while (i < json.length && json[i] != '"') {
      i = ByteScan.notPlainFrom(json, i + (json[i] == '\\' ? 2 : 1), json.length);
    }
    return Math.min(i, json.length);
  }

  private static boolean isMember(byte[] json, int from, int end) {
    int colon = skipSpace(json, end + 1);
    if (colon >= json.length || json[colon] != ':') {
      return false;
    }
    int i = from;
    for (byte letter : NAME) {
      boolean escaped = i + 5 < end && json[i] == '\\' && json[i + 1] == 'u';
      int c = escaped ? hex(json, i + 2) : i < end ? json[i] : 0;
      if ((c | 0x20) != letter) {
        return false;
      }
      i += escaped ? 6 : 1;
    }
    return i == end;
  }

  private static int hex(byte[] json, int at) {
    int value = 0;
    for (int i = at; i < at + 4; i++) {
      value = value << 4 | Character.digit(json[i], 16); // -1, and so no letter, if it is no digit
    }
    return value;
  }

  private static int skipSpace(byte[] json, int from) {
    int i = from;
    while (i < json.length
        && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
      i++;
    }
    return i;
  }
}
