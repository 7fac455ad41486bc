package dev.flyline.filter;

import org.jspecify.annotations.Nullable;

/**
 * What can be said of a regular expression without compiling it: how large its program will be, and
 * a text that must be in whatever it matches.
 *
 * <p>The library writes counted repeats out, so that 24 characters can ask for a program of a
 * million instructions. This reads just enough of the syntax to count them first. Where it is not
 * sure it counts too many, and names no text.
 */
final class RegexOutline {

  /** How deep groups may nest; the library's compiler recurses. */
  private static final int MAX_DEPTH = 16;

  /** What a Unicode class such as {@code \pL} counts for; its table is long. */
  private static final int UNICODE_CLASS = 24;

  private static final int MIN_REQUIRED = 2;

  private final String source;
  private final int limit;
  private final boolean mayFold;
  private int at;
  private int depth;
  private boolean alternatives; // outside of groups
  private final StringBuilder run = new StringBuilder(); // literal characters in a row
  private String required = "";

  /** Thrown where the program would be larger than the limit. */
  static final class TooLarge extends Exception {
    private static final long serialVersionUID = 1;

    TooLarge() {
      super("", null, false, false);
    }
  }

  private final int size;

  /**
   * Reads {@code source}.
   *
   * @param ignoreCase whether it is matched so from the beginning
   * @param limit the largest size that is of interest
   */
  RegexOutline(String source, boolean ignoreCase, int limit) throws TooLarge {
    this.source = source;
    this.limit = limit;
    this.mayFold = ignoreCase || source.contains("(?");
    this.size = alternatives();
    endRun();
  }

  /** At least what the program's size will be, roughly. */
  int size() {
    return size;
  }

  /** An ASCII text that is in whatever matches, in some case; null if none is known. */
  @Nullable String required() {
    return alternatives || required.length() < MIN_REQUIRED ? null : required;
  }

  private int alternatives() throws TooLarge {
    int total = 0;
    while (at < source.length() && source.charAt(at) != ')') {
      if (source.charAt(at) == '|') {
        alternatives |= depth == 0;
        at++;
        total = bounded(total + 2L); // also for a branch that is empty
      } else {
        total = bounded((long) total + repeated(atom()));
      }
    }
    if (depth == 0 && at < source.length()) { // a parenthesis too many, as the library will say
      at = source.length();
    }
    return Math.max(1, total);
  }

  private int bounded(long count) throws TooLarge {
    if (count > limit) {
      throw new TooLarge();
    }
    return (int) count;
  }

  /** Passes one atom and returns its size. */
  private int atom() throws TooLarge {
    char c = source.charAt(at++);
    return switch (c) {
      case '(' -> group();
      case '[' -> bracketed();
      case '\\' -> escape();
      default -> literal(c);
    };
  }

  private int literal(char c) {
    boolean foldsFar = mayFold && "kKsS".indexOf(c) >= 0; // also to the Kelvin sign, the long s
    if (depth == 0 && c >= ' ' && c < 0x7F && !foldsFar && ".^$*+?{}".indexOf(c) < 0) {
      run.append(c);
    } else {
      endRun();
    }
    return 1;
  }

  private void endRun() {
    if (run.length() > required.length()) {
      required = run.toString();
    }
    run.setLength(0);
  }

  private int group() throws TooLarge {
    endRun();
    if (++depth > MAX_DEPTH) {
      throw new TooLarge();
    }
    boolean captures = at == source.length() || source.charAt(at) != '?';
    if (!captures) {
      captures = source.startsWith("?P", at) || source.startsWith("?<", at);
      while (at < source.length() && ":>)".indexOf(source.charAt(at)) < 0) {
        at++;
      }
      at += at < source.length() && source.charAt(at) != ')' ? 1 : 0;
    }
    int inside = alternatives();
    at += at < source.length() ? 1 : 0;
    depth--;
    return bounded(inside + (captures ? 2L : 0L));
  }

  private int bracketed() throws TooLarge {
    endRun();
    int total = 1;
    at += at < source.length() && source.charAt(at) == '^' ? 1 : 0;
    boolean first = true;
    while (at < source.length() && (first || source.charAt(at) != ']')) {
      first = false;
      if (source.startsWith("[:", at) && source.indexOf(":]", at) > 0) {
        at = source.indexOf(":]", at) + 2;
      } else if (source.charAt(at++) == '\\' && at < source.length()) {
        char letter = source.charAt(at++);
        total = bounded(total + (letter == 'p' || letter == 'P' ? UNICODE_CLASS : 0));
      }
    }
    at++;
    return total;
  }

  private int escape() throws TooLarge {
    if (at == source.length()) {
      return 1;
    }
    char letter = source.charAt(at++);
    if (letter < 0x80 && !Character.isLetterOrDigit(letter)) {
      return depth == 0 && letter >= ' ' ? quoted(letter) : 1;
    }
    endRun();
    if (letter == 'Q') {
      int end = source.indexOf("\\E", at);
      int length = (end < 0 ? source.length() : end) - at;
      at = end < 0 ? source.length() : end + 2;
      return bounded(1L + length);
    }
    boolean unicode = letter == 'p' || letter == 'P';
    if ((unicode || letter == 'x') && at < source.length() && source.charAt(at) == '{') {
      int end = source.indexOf('}', at);
      at = end < 0 ? source.length() : end + 1;
    } else if (unicode && at < source.length()) {
      at++;
    }
    return unicode ? UNICODE_CLASS : 1;
  }

  private int quoted(char letter) {
    run.append(letter);
    return 1;
  }

  /** Passes the repeats behind an atom and returns the size of all. */
  private int repeated(int atom) throws TooLarge {
    long total = atom;
    while (at < source.length()) {
      char c = source.charAt(at);
      if (c == '*' || c == '?' || c == '+') {
        at++;
        optional(c != '+');
        total++;
      } else if (c == '{') {
        int end = counted();
        if (end < 0) {
          break;
        }
        String counts = source.substring(at + 1, end - 1);
        optional(source.startsWith("{0", at));
        at = end;
        total = (total + (counts.contains(",") ? 1 : 0)) * most(counts);
      } else {
        break;
      }
      bounded(total);
    }
    return bounded(total);
  }

  /** A repeat ends a run of literal characters, with or without the last of them. */
  private void optional(boolean withoutLast) {
    if (withoutLast && !run.isEmpty()) {
      run.setLength(run.length() - 1);
    }
    endRun();
  }

  /** The index after the counted repeat that begins here, or -1 if it is none. */
  private int counted() {
    int i = at + 1;
    while (i < source.length() && (isDigit(source.charAt(i)) || source.charAt(i) == ',')) {
      i++;
    }
    boolean counts = i > at + 1 && isDigit(source.charAt(at + 1));
    return counts && i < source.length() && source.charAt(i) == '}' ? i + 1 : -1;
  }

  private static long most(String counts) {
    long most = 1;
    for (String count : counts.split(",", -1)) {
      most =
          Math.max(most, count.length() > 4 ? 10_000 : count.isEmpty() ? 1 : Long.parseLong(count));
    }
    return most;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
