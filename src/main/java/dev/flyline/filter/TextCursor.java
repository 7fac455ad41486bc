package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * The first bytes of a text, without the sequences that colour a terminal, and questions about what
 * stands where. Used anew for each text.
 */
final class TextCursor {

  /** A level stands near the start of a line, if anywhere. */
  static final int MAX_BYTES = 512;

  private static final byte ESCAPE = 0x1B;

  private final byte[] text = new byte[MAX_BYTES];
  private int length;

  void of(byte[] bytes, int from, int to) {
    length = 0;
    for (int i = from; i < to && length < MAX_BYTES; i++) {
      byte b = bytes[i];
      if (b == ESCAPE && i + 1 < to && bytes[i + 1] == '[') {
        i += 2; // to the sequence's last byte, a letter
        while (i < to && (bytes[i] < '@' || bytes[i] == '[')) {
          i++;
        }
      } else {
        text[length++] = b;
      }
    }
  }

  int length() {
    return length;
  }

  /** The byte at {@code i}, or 0 outside of the text. */
  int at(int i) {
    return i >= 0 && i < length ? text[i] : 0;
  }

  boolean begins(int i, byte[] word) {
    int end = i + word.length;
    return end <= length && Arrays.equals(text, i, end, word, 0, word.length);
  }

  String substring(int from, int to) {
    return new String(text, from, to - from, US_ASCII);
  }

  boolean isSpace(int i) {
    return at(i) == ' ' || at(i) == '\t';
  }

  boolean isDigit(int i) {
    return at(i) >= '0' && at(i) <= '9';
  }

  boolean isUpper(int i) {
    return at(i) >= 'A' && at(i) <= 'Z';
  }

  boolean isLetter(int i) {
    int lower = at(i) | 0x20;
    return lower >= 'a' && lower <= 'z';
  }

  int skipSpace(int from) {
    int i = from;
    while (isSpace(i)) {
      i++;
    }
    return i;
  }

  int skipDigits(int from) {
    int i = from;
    while (isDigit(i)) {
      i++;
    }
    return i;
  }

  int skipLetters(int from) {
    int i = from;
    while (isLetter(i)) {
      i++;
    }
    return i;
  }

  /** The end of the run of anything but space that begins at {@code from}. */
  int skipToken(int from) {
    int i = from;
    while (i < length && !isSpace(i)) {
      i++;
    }
    return i;
  }

  /** The index of {@code c} in {@code [from, to)}, or -1. */
  int find(char c, int from, int to) {
    for (int i = from; i < Math.min(to, length); i++) {
      if (text[i] == c) {
        return i;
      }
    }
    return -1;
  }

  /** The number of three digits that stands alone at {@code i}, or 0. */
  int status(int i) {
    boolean alone = isDigit(i) && skipDigits(i) == i + 3 && (i + 3 == length || isSpace(i + 3));
    return alone ? (at(i) - '0') * 100 + (at(i + 1) - '0') * 10 + at(i + 2) - '0' : 0;
  }
}
