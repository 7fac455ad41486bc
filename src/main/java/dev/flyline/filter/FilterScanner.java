package dev.flyline.filter;

import java.nio.charset.StandardCharsets;

/** A place in an expression, and what can be read from there on. */
final class FilterScanner {

  /** The longest expression, in bytes of UTF-8. */
  static final int MAX_BYTES = 1024;

  private static final String SPECIAL = "()\"";

  private final String text;
  private int at;

  /** Begins at the start of {@code text}, all of which is looked at for what no filter may have. */
  FilterScanner(String text) throws FilterException {
    this.text = text;
    int bytes = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      if (Character.isISOControl(c) && !isSpace((char) c)) {
        throw new FilterException(
            "a filter has no control characters", i, "use a regular expression: /\\x00/");
      }
      if (c >= 0xD800 && c <= 0xDFFF) {
        throw new FilterException("half of a character", i, "take it out");
      }
      bytes += new String(Character.toChars(c)).getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_BYTES) {
        throw new FilterException(
            "the filter is longer than " + MAX_BYTES + " bytes",
            i,
            "shorten it; one regular expression can stand for many words");
      }
      i += Character.charCount(c);
    }
  }

  /** Whether {@code c} parts terms. */
  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }

  /** Whether {@code text} is read as one run of characters. */
  static boolean isPlain(String text) {
    return !text.isEmpty() && text.chars().noneMatch(c -> isSpace((char) c) || isSpecial((char) c));
  }

  private static boolean isSpecial(char c) {
    return SPECIAL.indexOf(c) >= 0;
  }

  int position() {
    return at;
  }

  boolean atEnd() {
    return at == text.length();
  }

  /** The character here, or 0 at the end. */
  char peek() {
    return atEnd() ? 0 : text.charAt(at);
  }

  void skip(int count) {
    at += count;
  }

  void skipSpace() {
    while (!atEnd() && isSpace(peek())) {
      at++;
    }
  }

  /** Passes {@code c} if it stands here. */
  boolean pass(char c) {
    if (peek() != c) {
      return false;
    }
    at++;
    return true;
  }

  /** Whether {@code word} stands here as a word of its own. */
  boolean isWord(String word) {
    int end = at + word.length();
    return text.startsWith(word, at)
        && (end == text.length() || isSpace(text.charAt(end)) || isSpecial(text.charAt(end)));
  }

  /** Passes {@code word} if it stands here as a word of its own. */
  boolean passWord(String word) {
    if (!isWord(word)) {
      return false;
    }
    at += word.length();
    return true;
  }

  /** Reads up to the next space, parenthesis or quote. */
  String run() {
    int from = at;
    while (!atEnd() && !isSpace(peek()) && !isSpecial(peek())) {
      at++;
    }
    return text.substring(from, at);
  }

  /** Reads the path of a field, up to the colon. */
  String path() {
    int from = at;
    while (!atEnd() && !isSpace(peek()) && !isSpecial(peek()) && peek() != ':') {
      at++;
    }
    return text.substring(from, at);
  }

  /** Reads a phrase, whose quote stands here. */
  String phrase() throws FilterException {
    int from = at++;
    var phrase = new StringBuilder();
    while (!atEnd()) {
      char c = text.charAt(at++);
      if (c == '"') {
        if (phrase.isEmpty()) {
          throw new FilterException("an empty phrase", from, "write what to look for");
        }
        return phrase.toString();
      }
      if (c == '\\') {
        if (peek() != '"' && peek() != '\\') {
          throw new FilterException(
              "a backslash in a phrase stands before a quote or a backslash",
              at - 1,
              "double the backslash");
        }
        c = text.charAt(at++);
      }
      phrase.append(c);
    }
    throw new FilterException("the phrase has no end", from, "close it with a quote");
  }

  /** Reads a regular expression up to its closing slash, the opening one of which stands here. */
  String regex() throws FilterException {
    int from = ++at;
    while (!atEnd() && peek() != '/') {
      at += peek() == '\\' && at + 1 < text.length() ? 2 : 1;
    }
    if (atEnd()) {
      throw new FilterException(
          "the regular expression has no end",
          from - 1,
          "close it with a slash, or quote a word that begins with one: \"/path\"");
    }
    return text.substring(from, at++);
  }
}
