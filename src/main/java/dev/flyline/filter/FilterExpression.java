package dev.flyline.filter;

import org.jspecify.annotations.Nullable;

/**
 * A filter as people write it, such as {@code timeout -@level:debug OR /5\d\d/}. Two that differ in
 * spelling alone are equal. Immutable; any thread may use it.
 */
public final class FilterExpression {

  /** Lets every line through; the empty expression. */
  public static final FilterExpression ALL = new FilterExpression("", null);

  /** A line of 288 bytes took 0.7 to 4 us, words and levels alike. */
  private static final int TERMS_WEIGHT = 8;

  /** The same line took 5 to 80 us where a regular expression was tried at every character. */
  private static final int REGEX_WEIGHT = 64;

  /** What a character costs in the tree, the search for it, and the canonical form. */
  private static final int BYTES_PER_CHARACTER = 50;

  /** What an instruction costs in a program and in the machines that run it. */
  private static final int BYTES_PER_INSTRUCTION = 400;

  private final String text;
  private final String canonical;
  private final LineTest test;
  private final boolean usesLevels;
  private final int bytes;
  private final int weight;

  private FilterExpression(String text, @Nullable Query query) {
    this.text = text;
    canonical = query == null ? "" : QueryPrinter.print(query);
    test = query == null ? LineTest.EVERYTHING : LineTest.of(query);
    usesLevels = query != null && usesLevels(query);
    weight = query == null ? 1 : LineTest.regexSizes(query) == 0 ? TERMS_WEIGHT : REGEX_WEIGHT;
    bytes =
        query == null
            ? 0
            : text.length() * Character.BYTES
                + canonical.length() * BYTES_PER_CHARACTER
                + LineTest.regexSizes(query) * BYTES_PER_INSTRUCTION;
  }

  /** Reads {@code text}; nothing but space in it lets everything through. */
  public static FilterExpression parse(String text) throws FilterException {
    return text.chars().allMatch(c -> FilterScanner.isSpace((char) c))
            && text.length() <= FilterScanner.MAX_BYTES
        ? ALL
        : new FilterExpression(text, FilterParser.parse(text));
  }

  private static boolean usesLevels(Query query) {
    return switch (query) {
      case Query.All(var parts) -> parts.stream().anyMatch(FilterExpression::usesLevels);
      case Query.Any(var parts) -> parts.stream().anyMatch(FilterExpression::usesLevels);
      case Query.Not(var part) -> usesLevels(part);
      case Query.LevelIn _ -> true;
      case Query.Text _, Query.Matches _, Query.Named _, Query.Field _ -> false;
    };
  }

  /** Whether it is of any interest which level a line has. */
  boolean usesLevels() {
    return usesLevels;
  }

  /** Whether {@code line}, which is of {@code level}, passes. */
  boolean passes(LineView line, Level level) {
    return test.passes(line, level);
  }

  /** What it costs to judge a byte of a line, beside copying one. */
  int weight() {
    return weight;
  }

  /** Roughly what this holds of the heap, in bytes. */
  long bytes() {
    return bytes;
  }

  /** As its author wrote it; empty if it lets everything through. */
  public String text() {
    return text;
  }

  /** The one spelling of all expressions that are equal to this one. */
  @Override
  public String toString() {
    return canonical;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof FilterExpression that && canonical.equals(that.canonical));
  }

  @Override
  public int hashCode() {
    return canonical.hashCode();
  }
}
