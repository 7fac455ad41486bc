package dev.flyline.filter;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that takes time in proportion to the text: RE2's syntax and method. Its
 * program is bounded, and so is the product of program and text for one line. Two of equal source
 * and flag are equal. Immutable; any thread matches.
 */
final class LinearRegex {

  /** The largest size of all the programs of one expression together. */
  static final int MAX_SIZE = 128;

  /**
   * The steps that all the regular expressions of one filter may take for one line: bytes of text
   * times size of program. A step took up to 30 ns where it was measured, so this is 2 ms at the
   * worst; a usual expression takes a few steps per byte.
   */
  static final int STEPS_PER_LINE = 64 * 1024;

  private final String source;
  private final boolean ignoreCase;
  private final Pattern pattern;
  private final int size;
  private final @Nullable TextSearch required; // null if no text is known that must be there

  private LinearRegex(
      String source, boolean ignoreCase, Pattern pattern, int size, @Nullable String required) {
    this.source = source;
    this.ignoreCase = ignoreCase;
    this.pattern = pattern;
    this.size = size;
    this.required = required == null ? null : new TextSearch(required);
  }

  /** Compiles {@code source}, which stands at {@code at} in its filter. */
  static LinearRegex compile(String source, boolean ignoreCase, int at) throws FilterException {
    try {
      if (source.isEmpty()) {
        throw new FilterException("an empty regular expression", at, "write what to match");
      }
      var outline = new RegexOutline(source, ignoreCase, 2 * MAX_SIZE);
      Pattern pattern = Pattern.compile(source, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
      int size = pattern.programSize();
      return new LinearRegex(source, ignoreCase, pattern, size, outline.required());
    } catch (RegexOutline.TooLarge _) {
      throw tooLarge(at);
    } catch (PatternSyntaxException e) {
      throw new FilterException(
          "the regular expression is malformed: " + e.getDescription(),
          at,
          "RE2's syntax holds: no look-around, no back-references");
    }
  }

  static FilterException tooLarge(int at) {
    return new FilterException(
        "the regular expressions are too large",
        at,
        "repeat less: a{20} counts as twenty; words and OR are cheaper");
  }

  /** How large its program is. */
  int size() {
    return size;
  }

  /**
   * Whether the message of {@code line} has a match in it.
   *
   * @param sizes of all the programs that may look at this line; the more, the less of it is read
   */
  boolean matches(LineView line, int sizes) {
    if (required != null && !required.isIn(line)) {
      return false;
    }
    return pattern.matcher(line.messageText(STEPS_PER_LINE / sizes)).find();
  }

  /** As a filter spells it. */
  @Override
  public String toString() {
    return '/' + source + (ignoreCase ? "/i" : "/");
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LinearRegex that
        && ignoreCase == that.ignoreCase
        && source.equals(that.source);
  }

  @Override
  public int hashCode() {
    return source.hashCode();
  }
}
