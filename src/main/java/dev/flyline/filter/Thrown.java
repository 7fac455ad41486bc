package dev.flyline.filter;

import org.jspecify.annotations.Nullable;

/** Recognizes how languages announce what nobody has caught. */
final class Thrown {

  private static final byte[][] STARTS = {
    TextStart.ascii("panic: "),
    TextStart.ascii("Traceback (most recent call last)"),
    TextStart.ascii("Unhandled"),
    TextStart.ascii("Uncaught "),
    TextStart.ascii("uncaught "),
    TextStart.ascii("Exception in "),
    TextStart.ascii("fatal error:"),
    TextStart.ascii("Fatal error:"),
    TextStart.ascii("Internal Server Error:")
  };

  private static final byte[] ERROR = TextStart.ascii("Error");
  private static final byte[] EXCEPTION = TextStart.ascii("Exception");
  private static final byte[] WARNING = TextStart.ascii("Warning");
  private static final byte[] DOTNET_FAILURE = TextStart.ascii("fail: ");

  private Thrown() {}

  static @Nullable Level level(TextCursor text, int at) {
    if (!text.isLetter(at) && text.at(at) != '_') {
      return null;
    }
    for (byte[] start : STARTS) {
      if (text.at(at) == start[0] && text.begins(at, start)) {
        return Level.ERROR;
      }
    }
    return text.begins(at, DOTNET_FAILURE) ? Level.ERROR : named(text, at);
  }

  /** {@code java.lang.IllegalStateException: …}, {@code KeyError: …}, {@code A::BError (…}. */
  private static @Nullable Level named(TextCursor text, int at) {
    int end = at;
    boolean path = false;
    while (isName(text, end)) {
      boolean colons = text.at(end) == ':';
      path |= colons || text.at(end) == '.';
      end += colons ? 2 : 1;
    }
    boolean colon = text.at(end) == ':';
    boolean open = text.at(end) == ' ' && text.at(end + 1) == '(';
    if (!colon && !(path && (open || end == text.length()))) {
      return null;
    }
    if (ends(text, at, end, ERROR) || ends(text, at, end, EXCEPTION)) {
      return Level.ERROR;
    }
    return colon && ends(text, at, end, WARNING) ? Level.WARN : null;
  }

  private static boolean isName(TextCursor text, int i) {
    return text.isLetter(i)
        || text.isDigit(i)
        || text.at(i) == '_'
        || text.at(i) == '$'
        || text.at(i) == '.'
        || (text.at(i) == ':' && text.at(i + 1) == ':' && text.isLetter(i + 2));
  }

  private static boolean ends(TextCursor text, int at, int end, byte[] word) {
    return end - word.length >= at && text.begins(end - word.length, word);
  }
}
