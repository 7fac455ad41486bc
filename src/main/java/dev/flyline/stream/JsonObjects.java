package dev.flyline.stream;

import java.util.Arrays;

/**
 * Tells JSON objects from everything else, strictly by RFC 8259: what passes can stand in a frame
 * as it is. Every line comes through here, so this is written by hand; it takes one pass and
 * allocates nothing.
 */
public final class JsonObjects {

  /** How deep objects and arrays may nest, the outermost counted. */
  static final int MAX_DEPTH = 100;

  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};

  /** What a scan returns that met something else than it was to pass. */
  private static final int BAD = Integer.MIN_VALUE;

  private JsonObjects() {}

  /** Whether {@code json} is one JSON object in strict UTF-8, nested no deeper than 100. */
  public static boolean isObject(byte[] json) {
    int i = skipSpace(json, 0);
    if (i == json.length || json[i] != '{') {
      return false;
    }
    int depth = 0;
    long open = 0; // a stack with one bit for every open bracket, 1 if it is an object's;
    long outer = 0; // the lowest bit is the innermost, what overflows goes on here
    boolean valueDue = true;
    do {
      i = skipSpace(json, i);
      int c = i < json.length ? json[i] : BAD;
      boolean inObject = (open & 1) != 0;
      if (valueDue && (c == '{' || c == '[')) {
        depth++;
        outer = (outer << 1) | (open >>> 63);
        open = (open << 1) | (c == '{' ? 1 : 0);
        i = skipSpace(json, i + 1);
        valueDue = i < json.length && json[i] != closing(c);
        i = valueDue && c == '{' ? passName(json, i) : i;
      } else if (valueDue) {
        i = passScalar(json, i);
        valueDue = false;
      } else if (c == ',') {
        i = inObject ? passName(json, skipSpace(json, i + 1)) : i + 1;
        valueDue = true;
      } else if (c == (inObject ? '}' : ']')) {
        depth--;
        open = (open >>> 1) | (outer << 63);
        outer >>>= 1;
        i++;
      } else {
        return false;
      }
    } while (depth > 0 && depth <= MAX_DEPTH && i >= 0);
    return depth == 0 && skipSpace(json, i) == json.length;
  }

  private static int closing(int opening) {
    return opening == '{' ? '}' : ']';
  }

  private static int skipSpace(byte[] json, int from) {
    int i = from;
    while (i < json.length
        && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
      i++;
    }
    return i;
  }

  /** Passes a member's name and the colon after it. */
  private static int passName(byte[] json, int from) {
    int i = passString(json, from);
    if (i < 0) {
      return BAD;
    }
    i = skipSpace(json, i);
    return i < json.length && json[i] == ':' ? i + 1 : BAD;
  }

  private static int passScalar(byte[] json, int from) {
    if (from == json.length) {
      return BAD;
    }
    return switch (json[from]) {
      case '"' -> passString(json, from);
      case 't' -> passWord(json, from, TRUE);
      case 'f' -> passWord(json, from, FALSE);
      case 'n' -> passWord(json, from, NULL);
      default -> passNumber(json, from);
    };
  }

  private static int passString(byte[] json, int from) {
    if (from >= json.length || json[from] != '"') {
      return BAD;
    }
    int i = ByteScan.notPlainFrom(json, from + 1, json.length);
    while (i < json.length && json[i] != '"') {
      int length;
      if (json[i] < 0) {
        length = Utf8.character(json, i, json.length);
      } else if (json[i] == '\\') {
        length = escape(json, i + 1);
      } else {
        return BAD; // a control character
      }
      if (length < 0) {
        return BAD;
      }
      i = ByteScan.notPlainFrom(json, i + length, json.length);
    }
    return i < json.length ? i + 1 : BAD;
  }

  /** The length of an escape, backslash included, whose letter is at {@code at}; or BAD. */
  private static int escape(byte[] json, int at) {
    if (at == json.length) {
      return BAD;
    }
    return switch (json[at]) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> 2;
      case 'u' -> at + 4 < json.length && isHex(json, at + 1) ? 6 : BAD;
      default -> BAD;
    };
  }

  private static boolean isHex(byte[] json, int at) {
    for (int i = at; i < at + 4; i++) {
      if (Character.digit(json[i], 16) < 0) {
        return false;
      }
    }
    return true;
  }

  private static int passWord(byte[] json, int from, byte[] word) {
    int end = from + word.length;
    return end <= json.length && Arrays.equals(json, from, end, word, 0, word.length) ? end : BAD;
  }

  private static int passNumber(byte[] json, int from) {
    int i = json[from] == '-' ? from + 1 : from;
    i = i < json.length && json[i] == '0' ? i + 1 : passDigits(json, i);
    if (i >= 0 && i < json.length && json[i] == '.') {
      i = passDigits(json, i + 1);
    }
    if (i >= 0 && i < json.length && (json[i] | 0x20) == 'e') {
      boolean signed = i + 1 < json.length && (json[i + 1] == '+' || json[i + 1] == '-');
      i = passDigits(json, signed ? i + 2 : i + 1);
    }
    return i;
  }

  /** Passes at least one digit. */
  private static int passDigits(byte[] json, int from) {
    int i = from;
    while (i < json.length && json[i] >= '0' && json[i] <= '9') {
      i++;
    }
    return i > from ? i : BAD;
  }
}
