package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;

/** Many schedules of one kind, what came of them, and what must have. */
final class Simulations {

  private Simulations() {}

  /** What came of many schedules. */
  private record Result(long seed, String violation, int gaps, int marks, long silenceMs) {}

  private static Result run(Schedule.Kind kind, long seed) {
    Schedule schedule;
    try {
      schedule = new Schedule(kind, seed).run();
    } catch (RuntimeException e) {
      return new Result(seed, e + " at " + e.getStackTrace()[0], 0, 0, 0);
    }
    String violation = "";
    int gaps = 0;
    int marks = 0;
    long silence = 0;
    for (SimViewer viewer : schedule.sim.viewers) {
      if (viewer.violation != null) {
        violation = viewer.violation;
      }
      gaps += viewer.gaps;
      marks += viewer.marks;
      silence = Math.max(silence, viewer.longestSilenceMs);
    }
    return new Result(seed, violation, gaps, marks, silence);
  }

  /**
   * Runs {@code count} schedules and fails if one breaks an invariant, or if more than {@code
   * withGaps} of a thousand told anybody of a gap.
   */
  static void check(Schedule.Kind kind, int count, int withGaps) {
    long first = Long.getLong("sim.first", 1);
    long beganNs = System.nanoTime();
    Result[] results =
        LongStream.range(first, first + count)
            .parallel()
            .mapToObj(seed -> run(kind, seed))
            .toArray(Result[]::new);
    long[] silences = Arrays.stream(results).mapToLong(Result::silenceMs).sorted().toArray();
    long gaps = Arrays.stream(results).filter(r -> r.gaps + r.marks > 0).count();
    System.out.printf(
        "simulation, %s: seeds %d to %d in %d s, %d with a gap or mark, longest silence p50 %d"
            + " p99 %d max %d ms%n",
        kind,
        first,
        first + count - 1,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs),
        gaps,
        silences[silences.length / 2],
        silences[silences.length * 99 / 100],
        silences[silences.length - 1]);
    assertThat(Arrays.stream(results).filter(r -> !r.violation.isEmpty()).limit(10)).isEmpty();
    assertThat(gaps * 1_000)
        .as("schedules with a gap")
        .isLessThanOrEqualTo((long) count * withGaps);
  }
}
