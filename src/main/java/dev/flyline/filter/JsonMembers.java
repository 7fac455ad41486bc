package dev.flyline.filter;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The members of a JSON object one after the other, without an object for any of them. Passes over
 * strings, numbers and brackets as far as it must to find where each value ends; of what is inside
 * a value it checks little.
 */
final class JsonMembers {

  private static final int MAX_DEPTH = 100;
  private static final byte[] NOTHING = {};

  private byte[] json = NOTHING;
  private int at;
  private int to;
  private boolean open; // between the braces
  private boolean first;
  private boolean whole; // ended by its brace, with nothing but space after it

  private int nameFrom;
  private int nameTo;
  private int valueFrom;
  private int valueTo;

  /** Begins before the first member of {@code json} from {@code from} to {@code to}. */
  JsonMembers over(byte[] json, int from, int to) {
    this.json = json;
    this.to = to;
    whole = false;
    first = true;
    at = skipSpace(json, from, to);
    open = at < to && json[at] == '{';
    at++;
    return this;
  }

  /** Goes to the next member; false at the end, or where this is no object any more. */
  boolean next() {
    if (!open) {
      return false;
    }
    at = skipSpace(json, at, to);
    if (at < to && json[at] == '}') {
      open = false;
      whole = skipSpace(json, at + 1, to) == to;
      return false;
    }
    open = (first || passComma()) && passName() && passValue();
    first = false;
    return open;
  }

  private boolean passComma() {
    if (at >= to || json[at] != ',') {
      return false;
    }
    at = skipSpace(json, at + 1, to);
    return true;
  }

  private boolean passName() {
    nameFrom = at + 1;
    at = skipString(json, at, to);
    nameTo = at - 1;
    if (at < 0) {
      return false;
    }
    at = skipSpace(json, at, to);
    if (at >= to || json[at] != ':') {
      return false;
    }
    at = skipSpace(json, at + 1, to);
    return true;
  }

  private boolean passValue() {
    valueFrom = at;
    at = skipValue(json, at, to);
    valueTo = at;
    return at >= 0;
  }

  /** Whether all of it was an object; known when {@link #next} has returned false. */
  boolean isWhole() {
    return whole;
  }

  byte[] json() {
    return json;
  }

  /** How many bytes the name takes. */
  int nameLength() {
    return nameTo - nameFrom;
  }

  int valueFrom() {
    return valueFrom;
  }

  int valueTo() {
    return valueTo;
  }

  /** Whether the member's name is {@code name} from {@code from} on. */
  boolean isNamed(byte[] name, int from) {
    return Arrays.equals(json, nameFrom, nameTo, name, from, name.length) || isSpelled(name, from);
  }

  /** How many bytes of {@code path} from {@code from} on are the name with a dot behind; or 0. */
  int leads(byte[] path, int from) {
    byte[] name = json;
    int begin = nameFrom;
    int end = nameTo;
    if (isEscaped(json, nameFrom, nameTo)) {
      name = text(json, nameFrom, nameTo).getBytes(StandardCharsets.UTF_8);
      begin = 0;
      end = name.length;
    }
    int dot = from + end - begin;
    return dot < path.length && path[dot] == '.' && Arrays.equals(name, begin, end, path, from, dot)
        ? dot + 1 - from
        : 0;
  }

  /** Names with escapes are rare, and never as short as what they stand for. */
  private boolean isSpelled(byte[] name, int from) {
    return nameTo - nameFrom > name.length - from
        && isEscaped(json, nameFrom, nameTo)
        && text(json, nameFrom, nameTo)
            .equals(new String(name, from, name.length - from, StandardCharsets.UTF_8));
  }

  // ---- values ----

  static int skipSpace(byte[] json, int from, int to) {
    int i = from;
    while (i < to && (json[i] == ' ' || json[i] == '\n' || json[i] == '\r' || json[i] == '\t')) {
      i++;
    }
    return i;
  }

  /** The index after the string that begins at {@code from}, or -1 if there is none. */
  static int skipString(byte[] json, int from, int to) {
    if (from >= to || json[from] != '"') {
      return -1;
    }
    int i = from + 1;
    while (i < to) {
      byte b = json[i];
      if (b == '"') {
        return i + 1;
      }
      if (b >= 0 && b < ' ') {
        return -1;
      }
      i += b == '\\' ? 2 : 1;
    }
    return -1;
  }

  /** The index after the value that begins at {@code from}, or -1 if there is none. */
  static int skipValue(byte[] json, int from, int to) {
    if (from >= to) {
      return -1;
    }
    return switch (json[from]) {
      case '"' -> skipString(json, from, to);
      case '{', '[' -> skipNested(json, from, to);
      default -> skipLiteral(json, from, to);
    };
  }

  private static int skipNested(byte[] json, int from, int to) {
    int depth = 0;
    int i = from;
    while (i < to) {
      switch (json[i]) {
        case '"' -> {
          i = skipString(json, i, to) - 1;
          if (i < 0) {
            return -1;
          }
        }
        case '{', '[' -> depth++;
        case '}', ']' -> depth--;
        default -> {}
      }
      i++;
      if (depth == 0) {
        return i;
      }
      if (depth > MAX_DEPTH) {
        return -1;
      }
    }
    return -1;
  }

  private static int skipLiteral(byte[] json, int from, int to) {
    int i = from;
    while (i < to && isLiteral(json[i])) {
      i++;
    }
    return i > from ? i : -1;
  }

  private static boolean isLiteral(byte b) {
    return (b >= '0' && b <= '9')
        || (b >= 'a' && b <= 'z')
        || b == '-'
        || b == '+'
        || b == '.'
        || b == 'E';
  }

  /** Whether the inside of a string has escapes. */
  static boolean isEscaped(byte[] json, int from, int to) {
    for (int i = from; i < to; i++) {
      if (json[i] == '\\') {
        return true;
      }
    }
    return false;
  }

  /** What the inside of a string stands for. */
  static String text(byte[] json, int from, int to) {
    if (!isEscaped(json, from, to)) {
      return new String(json, from, to - from, StandardCharsets.UTF_8);
    }
    byte[] text = new byte[to - from];
    int length = JsonEscapes.resolve(json, from, to, text);
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
