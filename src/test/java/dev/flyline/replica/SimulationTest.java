package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The protocol under random interleavings. A failure names its seed; {@code -Dsim.seed=N
 * -Dsim.kind=K} tells that one's story.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class SimulationTest {

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

  @ParameterizedTest
  @CsvSource({
    "CHANGES,20000,true",
    "ONE_FAULT,50000,true",
    "MANY_FAULTS,20000,false",
    "PARTITIONS,10000,false"
  })
  void invariantsHold(Schedule.Kind kind, int schedules, boolean noGaps) {
    long first = Long.getLong("sim.first", 1);
    int count = Integer.getInteger("sim.count", schedules);
    Result[] results =
        LongStream.range(first, first + count)
            .parallel()
            .mapToObj(seed -> run(kind, seed))
            .toArray(Result[]::new);
    long[] silences = Arrays.stream(results).mapToLong(Result::silenceMs).sorted().toArray();
    long withGaps = Arrays.stream(results).filter(r -> r.gaps + r.marks > 0).count();
    System.out.printf(
        "%s: seeds %d to %d, %d with a gap or mark, longest silence p50 %d p99 %d max %d ms%n",
        kind,
        first,
        first + count - 1,
        withGaps,
        silences[silences.length / 2],
        silences[silences.length * 99 / 100],
        silences[silences.length - 1]);
    assertThat(Arrays.stream(results).filter(r -> !r.violation.isEmpty()).limit(10)).isEmpty();
    if (noGaps) {
      assertThat(Arrays.stream(results).filter(r -> r.gaps + r.marks > 0).limit(10)).isEmpty();
    }
  }

  @Test
  void story() {
    String kind = System.getProperty("sim.kind");
    if (kind != null) {
      var schedule = new Schedule(Schedule.Kind.valueOf(kind), Long.getLong("sim.seed", 1));
      try {
        schedule.run();
      } catch (RuntimeException e) {
        schedule.sim.tell(e + " at " + Arrays.toString(e.getStackTrace()));
      }
      schedule.sim.story.forEach(System.out::println);
    }
  }
}
