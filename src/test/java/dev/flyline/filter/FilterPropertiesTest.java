package dev.flyline.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.LogLine;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What holds of any filter and any line. The seed of a run is a part of each failure; {@code
 * -Dflyline.filter.seed} takes one up again, and {@code -Dflyline.filter.pairs} looks at more.
 */
@Timeout(300)
final class FilterPropertiesTest {

  private static final long SEED = Long.getLong("flyline.filter.seed", System.nanoTime());
  private static final int PAIRS = Integer.getInteger("flyline.filter.pairs", 100_000);
  private static final int LINES = 50;

  private final RandomFilters filters = new RandomFilters(SEED);

  @Test
  void printedAndReadAgain_isTheSameTree() throws FilterException {
    for (int i = 0; i < 20_000; i++) {
      Query query = filters.query(3);
      String printed = QueryPrinter.print(query);
      if (printed.length() > 900 || terms(query) > FilterParser.MAX_TERMS) {
        continue;
      }
      Query read = parsed(printed);
      if (read != null) {
        assertThat(read).as(printed + ", seed " + SEED).isEqualTo(query);
        assertThat(QueryPrinter.print(read)).isEqualTo(printed);
      }
    }
  }

  /** Null if the regular expressions, each small enough, are too large together. */
  private static @Nullable Query parsed(String printed) throws FilterException {
    try {
      return FilterParser.parse(printed);
    } catch (FilterException e) {
      if (e.detail().contains("regular expressions are too large")) {
        return null;
      }
      throw new AssertionError(printed + ", seed " + SEED + ": " + e.detail(), e);
    }
  }

  private static int terms(Query query) {
    return switch (query) {
      case Query.All(var parts) -> parts.stream().mapToInt(FilterPropertiesTest::terms).sum();
      case Query.Any(var parts) -> parts.stream().mapToInt(FilterPropertiesTest::terms).sum();
      case Query.Not(var part) -> terms(part);
      default -> 1;
    };
  }

  @Test
  void lines_passAsTheNaiveEvaluatorSays() {
    int passed = 0;
    var view = new LineView();
    for (int i = 0; i < PAIRS / LINES; i++) {
      Query query = filters.query(2);
      LineTest test = LineTest.of(query);
      for (int n = 0; n < LINES; n++) {
        LogLine line = filters.line();
        Level level = new TraceLevels(LineJudge.NOTHING_BEFORE).next(view.of(line));
        boolean expected = new NaiveFilter(line, level).passes(query);
        assertThat(test.passes(view.of(line), level))
            .as(
                () ->
                    QueryPrinter.print(query)
                        + "\n"
                        + new String(line.payload(), StandardCharsets.UTF_8)
                        + "\nseed "
                        + SEED)
            .isEqualTo(expected);
        passed += expected ? 1 : 0;
      }
    }
    assertThat(passed).as("seed " + SEED).isBetween(PAIRS / 20, PAIRS * 19 / 20);
  }

  /** A judge keeps what it needs of earlier lines; that must not show in later ones. */
  @Test
  void judge_saysOfRunsWhatItSaysOfTheWhole() throws FilterException {
    FilterExpression errors = FilterExpression.parse("@level:>=error OR a -@level:info");
    var filter = new LineFilter(Set.of(), Set.of(), errors);
    var random = new Random(SEED);
    for (int i = 0; i < 200; i++) {
      List<LogLine> lines = Stream.generate(filters::line).limit(60).toList();
      List<Boolean> whole = judged(filter, lines, 0, lines.size());
      var cut = new ArrayList<Boolean>();
      for (int from = 0; from < lines.size(); ) {
        int to = Math.min(lines.size(), from + 1 + random.nextInt(20));
        cut.addAll(judged(filter, lines, from, to));
        from = to;
      }
      assertThat(cut).as("seed " + SEED).isEqualTo(whole);
    }
  }

  private static List<Boolean> judged(LineFilter filter, List<LogLine> lines, int from, int to) {
    var judge = new LineJudge(filter, back -> back > from ? null : lines.get(from - back));
    return lines.subList(from, to).stream().map(judge::passes).toList();
  }
}
