package dev.flyline.filter;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A tree made ready to judge lines. Immutable; any thread may use it. */
@FunctionalInterface
interface LineTest {

  /** Lets everything through. */
  LineTest EVERYTHING = (_, _) -> true;

  /**
   * Whether a line passes.
   *
   * @param line the line
   * @param level the line's level
   */
  boolean passes(LineView line, Level level);

  /** The test that {@code query} asks for. */
  static LineTest of(Query query) {
    return of(query, Math.max(1, regexSizes(query)));
  }

  private static LineTest of(Query query, int sizes) {
    return switch (query) {
      case Query.All(var parts) -> {
        LineTest[] tests = cheapestFirst(parts, sizes);
        yield (line, level) -> all(tests, line, level);
      }
      case Query.Any(var parts) -> {
        LineTest[] tests = cheapestFirst(parts, sizes);
        yield (line, level) -> any(tests, line, level);
      }
      case Query.Not(var part) -> {
        LineTest test = of(part, sizes);
        yield (line, level) -> !test.passes(line, level);
      }
      case Query.Text(var text) -> {
        var search = new TextSearch(text);
        yield (line, _) -> search.isIn(line);
      }
      case Query.Matches(var regex) -> (line, _) -> regex.matches(line, sizes);
      case Query.LevelIn(var least, var most) ->
          (_, level) -> level.compareTo(least) >= 0 && level.compareTo(most) <= 0;
      case Query.Named(var name, var word) -> named(name, word);
      case Query.Field(var path, var wanted) -> field(path, wanted);
    };
  }

  private static boolean all(LineTest[] tests, LineView line, Level level) {
    for (LineTest test : tests) {
      if (!test.passes(line, level)) {
        return false;
      }
    }
    return true;
  }

  private static boolean any(LineTest[] tests, LineView line, Level level) {
    for (LineTest test : tests) {
      if (test.passes(line, level)) {
        return true;
      }
    }
    return false;
  }

  private static LineTest named(Query.Name name, Query.Word word) {
    String text = word.text();
    boolean prefix = word.prefix();
    return switch (name) {
      case REGION -> (line, _) -> Fold.matches(line.line().region(), text, prefix);
      case MACHINE -> (line, _) -> Fold.matches(line.line().machine(), text, prefix);
      case PROVIDER -> {
        byte[] path = "event.provider".getBytes(StandardCharsets.US_ASCII);
        yield (line, _) -> {
          var found = new JsonValue();
          return line.findInEnvelope(path, found)
              && found.matches(value -> isWord(value, word, null));
        };
      }
    };
  }

  private static LineTest field(String name, Query.Wanted wanted) {
    byte[] path = name.getBytes(StandardCharsets.UTF_8);
    return switch (wanted) {
      case Query.Present() -> (line, _) -> line.find(path, new JsonValue());
      case Query.Word word -> {
        Num number = word.prefix() ? null : Num.parse(word.text());
        yield field(path, value -> isWord(value, word, number));
      }
      case Query.Range range -> field(path, value -> isWithin(value, range));
    };
  }

  private static LineTest field(byte[] path, Predicate<JsonValue> test) {
    return (line, _) -> {
      var found = new JsonValue();
      return line.find(path, found) && found.matches(test);
    };
  }

  private static boolean isWord(JsonValue value, Query.Word word, @Nullable Num number) {
    String text = value.text();
    if (number != null && !value.isString()) {
      Num actual = Num.parse(text);
      return actual != null && actual.compareTo(number) == 0;
    }
    return Fold.matches(text, word.text(), word.prefix());
  }

  private static boolean isWithin(JsonValue value, Query.Range range) {
    Num number = Num.parse(value.text());
    if (number == null) {
      return false;
    }
    Num least = range.least();
    Num most = range.most();
    return (least == null || number.compareTo(least) > (range.orLeast() ? -1 : 0))
        && (most == null || number.compareTo(most) < (range.orMost() ? 1 : 0));
  }

  // ---- what tests cost ----

  private static LineTest[] cheapestFirst(List<Query> parts, int sizes) {
    return parts.stream()
        .sorted(Comparator.comparingInt(LineTest::cost))
        .map(part -> of(part, sizes))
        .toArray(LineTest[]::new);
  }

  private static int cost(Query query) {
    return switch (query) {
      case Query.All(var parts) -> parts.stream().mapToInt(LineTest::cost).sum();
      case Query.Any(var parts) -> parts.stream().mapToInt(LineTest::cost).sum();
      case Query.Not(var part) -> cost(part);
      case Query.LevelIn _ -> 0;
      case Query.Named(var name, _) -> name == Query.Name.PROVIDER ? 4 : 1;
      case Query.Text _ -> 2;
      case Query.Field _ -> 4;
      case Query.Matches _ -> 100;
    };
  }

  /** The sizes of all programs of {@code query} together. */
  static int regexSizes(Query query) {
    return switch (query) {
      case Query.All(var parts) -> parts.stream().mapToInt(LineTest::regexSizes).sum();
      case Query.Any(var parts) -> parts.stream().mapToInt(LineTest::regexSizes).sum();
      case Query.Not(var part) -> regexSizes(part);
      case Query.Matches(var regex) -> regex.size();
      case Query.LevelIn _, Query.Named _, Query.Text _, Query.Field _ -> 0;
    };
  }
}
