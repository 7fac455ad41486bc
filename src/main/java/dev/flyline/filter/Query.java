package dev.flyline.filter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A filter expression as a tree. Two filters with equal trees let the same lines through. */
sealed interface Query {

  /** At least two, of which all must hold; none of them another {@code All}. */
  record All(List<Query> parts) implements Query {
    public All {
      parts = List.copyOf(parts);
    }
  }

  /** At least two, of which one must hold; none of them another {@code Any}. */
  record Any(List<Query> parts) implements Query {
    public Any {
      parts = List.copyOf(parts);
    }
  }

  /** Must not hold; never another {@code Not}. */
  record Not(Query part) implements Query {}

  /** The message has this text in it, in lower case here. */
  record Text(String text) implements Query {}

  /** The message matches. */
  record Matches(LinearRegex regex) implements Query {}

  /** The line's level is one of these. */
  record LevelIn(Level least, Level most) implements Query {}

  /** A name that came with the line is this one. */
  record Named(Name name, Word word) implements Query {}

  /** A field of the envelope or of the message passes. */
  record Field(String path, Wanted wanted) implements Query {}

  /** The names that come with a line. */
  enum Name {
    REGION("region"),
    MACHINE("machine"),
    PROVIDER("provider");

    private final String label;

    Name(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /** What a field must be. */
  sealed interface Wanted {}

  /** There is such a field, whatever it holds. */
  record Present() implements Wanted {}

  /**
   * A text, or with {@code prefix} the beginning of one.
   *
   * @param text in lower case
   */
  record Word(String text, boolean prefix) implements Wanted {}

  /**
   * A number between two.
   *
   * @param least null for no lower bound
   * @param most null for no upper bound
   */
  record Range(@Nullable Num least, boolean orLeast, @Nullable Num most, boolean orMost)
      implements Wanted {}
}
