package dev.flyline.filter;

/**
 * How filters ignore case: each character is compared in lower case. An ASCII letter equals ASCII
 * letters alone, so ASCII text can be sought among the bytes of UTF-8.
 */
final class Fold {

  private Fold() {}

  /** {@code c} in lower case. */
  static char of(char c) {
    if (c < 0x80) {
      return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
    }
    char lower = Character.toLowerCase(c);
    return lower < 0x80 ? c : lower; // the Kelvin sign is no k
  }

  /** {@code b} in lower case if it is an ASCII letter. */
  static byte of(byte b) {
    return b >= 'A' && b <= 'Z' ? (byte) (b | 0x20) : b;
  }

  /** {@code text} in lower case. */
  static String of(String text) {
    var folded = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      folded.append(of(text.charAt(i)));
    }
    return folded.toString();
  }

  /**
   * Whether {@code text} is {@code folded}, or begins with it.
   *
   * @param folded a text in lower case
   * @param prefix whether a beginning is enough
   */
  static boolean matches(String text, String folded, boolean prefix) {
    int length = folded.length();
    if (prefix ? text.length() < length : text.length() != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (of(text.charAt(i)) != folded.charAt(i)) {
        return false;
      }
    }
    return true;
  }
}
