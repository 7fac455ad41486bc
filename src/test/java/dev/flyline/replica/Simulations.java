package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Many schedules of one kind, what came of them, and what must have. */
final class Simulations {

  private Simulations() {}

  /**
   * What came of a schedule.
   *
   * @param violation of an invariant; empty if all held
   * @param gaps that viewers were told, marks among them
   * @param silenceMs the longest that a viewer on a running router waited for a line
   */
  record Result(long seed, String violation, int gaps, long silenceMs) {

    boolean holds() {
      return violation.isEmpty();
    }
  }

  /** Runs one schedule in which no router keeps the rules {@code broken}. */
  static Result run(Schedule.Kind kind, long seed, Set<Rule> broken) {
    Schedule schedule;
    try {
      schedule = new Schedule(kind, seed, broken).run();
    } catch (RuntimeException | AssertionError e) {
      return new Result(seed, e + " at " + e.getStackTrace()[0], 0, 0);
    }
    String violation = "";
    int gaps = 0;
    long silence = 0;
    for (SimViewer viewer : schedule.sim.viewers) {
      if (viewer.violation != null) {
        violation = viewer.violation;
      }
      gaps += viewer.gaps + viewer.marks;
      silence = Math.max(silence, viewer.longestSilenceMs);
    }
    return new Result(seed, violation, gaps, silence);
  }

  /**
   * Runs {@code count} schedules and fails if one breaks an invariant, if more than {@code
   * withGaps} of a thousand told anybody of a gap, or if a viewer on a running router waited for
   * longer than {@code silenceMs}.
   */
  static void check(Schedule.Kind kind, int count, int withGaps, int silenceMs) {
    long first = Long.getLong("sim.first", 1);
    long beganNs = System.nanoTime();
    Result[] results =
        LongStream.range(first, first + count)
            .parallel()
            .mapToObj(seed -> run(kind, seed, Set.of()))
            .sorted(Comparator.comparingLong(Result::silenceMs))
            .toArray(Result[]::new);
    long gaps = Arrays.stream(results).filter(r -> r.gaps > 0).count();
    Result slowest = results[results.length - 1];
    System.out.printf(
        "simulation, %s: seeds %d to %d in %d s, %d with a gap or mark, longest silence p50 %d"
            + " p99 %d max %d ms (seed %d)%n",
        kind,
        first,
        first + count - 1,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs),
        gaps,
        results[results.length / 2].silenceMs,
        results[results.length * 99 / 100].silenceMs,
        slowest.silenceMs,
        slowest.seed);
    if (gaps > 0 && gaps <= 10) {
      System.out.println("  with a gap or mark: seeds " + seedsWithGaps(results));
    }
    assertThat(Arrays.stream(results).filter(r -> !r.holds()).limit(10)).isEmpty();
    assertThat(gaps * 1_000)
        .as("schedules with a gap")
        .isLessThanOrEqualTo((long) count * withGaps);
    assertThat(slowest)
        .matches(r -> r.silenceMs <= silenceMs, "waits at most " + silenceMs + " ms");
  }

  private static List<Long> seedsWithGaps(Result[] results) {
    return Arrays.stream(results).filter(r -> r.gaps > 0).map(r -> r.seed).sorted().toList();
  }
}
