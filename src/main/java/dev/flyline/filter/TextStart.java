package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a level off the start of a text: off a marker such as {@code ERROR}, {@code [error]} or
 * {@code panic:}, which may have a timestamp, a thread or a process before it, or off {@code
 * level=} among key=value pairs. Used anew for each text, by one thread.
 */
final class TextStart {

  /** Words that name a level only in capitals; else they are words of a sentence. */
  private static final Set<String> SHOUTED =
      Set.of("fine", "finer", "finest", "failure", "alert", "panic", "emergency", "verbose", "inf");

  /** Words that name a level only with a colon behind. */
  private static final Set<String> NEEDS_COLON =
      Set.of("LOG", "ALERT", "FAILURE", "NOTICE", "FINE");

  private static final Set<String> LEVEL_KEYS = Set.of("level", "lvl", "severity", "loglevel");

  /** What may stand before a marker: times, threads, processes, names. */
  private static final int MAX_STEPS = 12;

  private static final int MAX_NAMES = 3;
  private static final int MAX_BRACKET = 100;

  private final TextCursor text = new TextCursor();
  private boolean timed; // a timestamp has been passed
  private int names; // how many names have been passed
  private int at;

  /** Looks at {@code bytes} from {@code from} to {@code to}. */
  TextStart of(byte[] bytes, int from, int to) {
    text.of(bytes, from, to);
    return this;
  }

  /** The level that the text states; null if it states none. */
  @Nullable Level level() {
    timed = false;
    names = 0;
    at = text.skipSpace(0);
    Level level = FirstBytes.level(text, at);
    for (int step = 0; level == null && step < MAX_STEPS && at < text.length(); step++) {
      int before = at;
      level = here();
      if (at == before) {
        break;
      }
    }
    boolean harmless = level == null || level == Level.INFO;
    return harmless && AccessLog.failed(text) ? Level.ERROR : level;
  }

  /** The level that stands here; else passes what may stand before one. */
  private @Nullable Level here() {
    Level level = marker(at);
    if (level == null) {
      level = Thrown.level(text, at);
    }
    if (level == null && AccessLog.failed(text, at)) {
      level = Level.ERROR;
    }
    if (level != null) {
      return level;
    }
    int end = Timestamps.skip(text, at);
    if (end > at) {
      timed = true;
      at = skipSeparators(end);
      return null;
    }
    if (text.at(at) == '[' || text.at(at) == '(' || text.at(at) == '<') {
      return bracket();
    }
    int equals = pair(at);
    return equals > 0 ? pairLevel(equals) : name();
  }

  private int skipSeparators(int from) {
    int i = text.skipSpace(from);
    while (i < text.length()
        && "-|:,".indexOf(text.at(i)) >= 0
        && (text.isSpace(i + 1) || i > from || text.at(i) == ':' || text.at(i) == ',')) {
      i = text.skipSpace(i + 1);
    }
    return i;
  }

  // ---- markers ----

  /** The level of a word that stands at {@code i} as loggers write it. */
  private @Nullable Level marker(int i) {
    int end = text.skipLetters(i);
    if (end - i < Level.MIN_WORD || end - i > Level.MAX_WORD) {
      return null;
    }
    String word = text.substring(i, end);
    Level level = Level.named(word);
    return level != null && isMarker(word, end) ? level : null;
  }

  private boolean isMarker(String word, int end) {
    boolean colon = text.at(end) == ':' || text.at(end) == ']' || text.at(end) == '|';
    if (text.isUpper(end - 1)) { // and so all of it
      return colon || (isBreak(end) && !NEEDS_COLON.contains(word));
    }
    if (SHOUTED.contains(Fold.of(word)) || word.equals("log")) {
      return false;
    }
    boolean dash = text.isSpace(end) && text.at(end + 1) == '-' && text.isSpace(end + 2);
    boolean wide = text.isSpace(end) && text.isSpace(end + 1);
    return colon || dash || wide || text.at(end) == '\t' || (timed && isBreak(end));
  }

  /** Whether a word ends at {@code i}, and what follows does not belong to it. */
  private boolean isBreak(int i) {
    return i == text.length() || text.isSpace(i) || text.at(i) == '[' || text.at(i) == '/';
  }

  // ---- what may stand before ----

  private @Nullable Level bracket() {
    char closing = text.at(at) == '[' ? ']' : text.at(at) == '(' ? ')' : '>';
    int end = text.find(closing, at + 1, at + MAX_BRACKET);
    if (end < 0) {
      return null;
    }
    Level level = closing == ']' ? inside(at + 1, end) : null;
    at = skipSeparators(end + 1);
    return level;
  }

  /** The level in {@code [error]}, {@code [core:error]} or {@code [<time> ERROR name]}. */
  private @Nullable Level inside(int from, int to) {
    int i = text.skipSpace(from);
    int time = Timestamps.skip(text, i);
    if (time > i) {
      timed = true;
      i = skipSeparators(time);
    }
    int end = text.skipLetters(i);
    int colon = text.find(':', i, to);
    if (colon > 0 && time <= from && text.skipLetters(colon + 1) == to) {
      i = colon + 1;
      end = to;
    }
    int rest = text.skipSpace(end);
    boolean closed = rest == to;
    boolean leads = text.isUpper(i) && (text.isSpace(end) || text.at(end) == '/');
    boolean known = end - i >= Level.MIN_WORD && end - i <= Level.MAX_WORD && (closed || leads);
    Level level = known ? Level.named(text.substring(i, end)) : null;
    boolean isLog = level != null && Fold.matches(text.substring(i, end), "log", false);
    return isLog ? null : level;
  }

  /** The index of the equals sign if a key and one stand at {@code i}, else 0. */
  private int pair(int i) {
    int end = i;
    while (text.isLetter(end) || text.isDigit(end) || "_.-".indexOf(text.at(end)) >= 0) {
      end++;
    }
    return end > i && text.at(end) == '=' && !text.isSpace(end + 1) ? end : 0;
  }

  /** Passes a pair; the level if the pair is one. */
  private @Nullable Level pairLevel(int equals) {
    String key = equals - at > Level.MAX_WORD ? "" : text.substring(at, equals);
    boolean quoted = text.at(equals + 1) == '"';
    int from = quoted ? equals + 2 : equals + 1;
    int end = quoted ? endOfQuote(from) : text.skipToken(from);
    Level level = null;
    if (LEVEL_KEYS.contains(key) && end - from <= Level.MAX_WORD) {
      level = Level.named(text.substring(from, Math.min(end, text.length())));
    }
    names = 0; // there may be many pairs
    at = skipSeparators(quoted ? end + 1 : end);
    return level;
  }

  private int endOfQuote(int from) {
    int i = from;
    while (i < text.length() && text.at(i) != '"') {
      i += text.at(i) == '\\' ? 2 : 1;
    }
    return Math.min(i, text.length());
  }

  /** Passes a host, a process or a logger between the time and the level. */
  private @Nullable Level name() {
    int end = text.skipToken(at);
    int dot = text.find('.', at, end);
    if (timed && dot > 0 && text.isUpper(dot + 1)) { // production.ERROR:
      Level level = marker(dot + 1);
      if (level != null) {
        return level;
      }
    }
    if (timed && names < MAX_NAMES && isName(end)) {
      names++;
      at = skipSeparators(end);
    }
    return null;
  }

  /** Whether what ends at {@code end} is a name and no word of a message: something says so. */
  private boolean isName(int end) {
    boolean number = text.skipDigits(at) == end;
    boolean host = text.at(text.skipToken(text.skipSpace(end)) - 1) == ':'; // host process[1]:
    boolean dash = text.at(end + 1) == '-' && text.isSpace(end + 2);
    return number || host || dash || text.at(end - 1) == ':';
  }

  /** For tests and messages. */
  @Override
  public String toString() {
    return text.substring(0, text.length());
  }

  static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }
}
