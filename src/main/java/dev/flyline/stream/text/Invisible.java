package dev.flyline.stream.text;

/**
 * Characters that a terminal does not show, and by which a text can look like another one: controls
 * but for the tab, formatting (bidirectional overrides, zero-width joiners and spaces, tags),
 * separators of lines and paragraphs, variation selectors and fillers (Unicode Standard, sections
 * 23.2 to 23.9; "Trojan Source", CVE-2021-42574).
 */
final class Invisible {

  private Invisible() {}

  static boolean is(int codePoint) {
    if (codePoint < 0x7F) {
      return codePoint < ' ' && codePoint != '\t';
    }
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> isIgnorable(codePoint);
    };
  }

  /** What Unicode calls default ignorable beside formatting, whether or not it is assigned yet. */
  private static boolean isIgnorable(int c) {
    return c == 0x034F // combining grapheme joiner
        || c == 0x115F // Hangul fillers
        || c == 0x1160
        || c == 0x3164
        || c == 0xFFA0
        || (c >= 0x17B4 && c <= 0x17B5) // Khmer vowels that nobody writes
        || (c >= 0x180B && c <= 0x180F) // Mongolian selectors
        || (c >= 0x2060 && c <= 0x206F)
        || (c >= 0xFE00 && c <= 0xFE0F) // variation selectors
        || (c >= 0xFFF0 && c <= 0xFFFB)
        || (c >= 0xE0000 && c <= 0xE0FFF); // tags, more variation selectors
  }

  /**
   * Whether {@code codePoint} chooses between the text and the emoji style of the character before
   * it; one of them after a character is everyday writing.
   */
  static boolean isStyleSelector(int codePoint) {
    return codePoint == 0xFE0E || codePoint == 0xFE0F;
  }

  /** A backslash, and {@code x1b} or {@code u{202e}}. */
  static String escape(int codePoint) {
    String hex = Integer.toHexString(codePoint);
    return codePoint > 0xFF ? "\\u{" + hex + '}' : "\\x" + (codePoint < 0x10 ? "0" : "") + hex;
  }
}
