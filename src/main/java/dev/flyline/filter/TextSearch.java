package dev.flyline.filter;

/**
 * A text to look for, whatever its case. Takes time in proportion to what it looks through, also
 * for a text made to prevent that (Knuth, Morris, Pratt).
 */
final class TextSearch {

  private final char[] folded;
  private final int[] retry; // after a mismatch at i, the place in the text to go on from
  private final boolean ascii;

  TextSearch(String text) {
    folded = Fold.of(text).toCharArray();
    retry = new int[folded.length + 1];
    boolean plain = folded[0] < 0x80;
    for (int i = 1, border = 0; i < folded.length; i++) {
      plain &= folded[i] < 0x80;
      while (border > 0 && folded[i] != folded[border]) {
        border = retry[border];
      }
      if (folded[i] == folded[border]) {
        border++;
      }
      retry[i + 1] = border;
    }
    ascii = plain;
  }

  /** Whether the text is in the message of {@code line}. */
  boolean isIn(LineView line) {
    if (ascii) {
      return isIn(line.messageBytes(), line.messageFrom(), line.messageTo());
    }
    return isIn(line.messageText());
  }

  private boolean isIn(byte[] bytes, int from, int to) {
    char first = folded[0];
    int found = 0;
    for (int i = from; i < to; i++) {
      int c = Fold.of(bytes[i]);
      if (found == 0) {
        found = c == first ? 1 : 0;
      } else {
        while (found > 0 && folded[found] != c) {
          found = retry[found];
        }
        found += folded[found] == c ? 1 : 0;
      }
      if (found == folded.length) {
        return true;
      }
    }
    return false;
  }

  private boolean isIn(String text) {
    int found = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = Fold.of(text.charAt(i));
      while (found > 0 && folded[found] != c) {
        found = retry[found];
      }
      found += folded[found] == c ? 1 : 0;
      if (found == folded.length) {
        return true;
      }
    }
    return false;
  }
}
