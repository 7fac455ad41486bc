package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * One hash over the stories of many schedules and what every viewer got in them. A refactoring that
 * changes no behaviour leaves it as it was; CONTRIBUTING.md has the command.
 */
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class SameStoryTest {

  private static final Schedule.Kind[] KINDS = Schedule.Kind.values();

  @Test
  void hash_isTheSameInEveryRun() {
    assertThat(hash(1, 28)).isEqualTo(hash(1, 28));
  }

  @Test
  void hash_differsForOtherSeeds() {
    assertThat(hash(1, 7)).isNotEqualTo(hash(8, 7));
  }

  @Test
  @EnabledIfSystemProperty(named = "sim.hash", matches = "\\d+")
  void hash_ofManySeeds() {
    int seeds = Integer.getInteger("sim.hash");
    long beganNs = System.nanoTime();
    String hash = hash(1, seeds);
    System.out.printf(
        "same story: %d seeds in %d s, hash %s%n",
        seeds, TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - beganNs), hash);
    assertThat(hash).isEqualTo(System.getProperty("sim.expected", hash));
  }

  /** Of {@code count} seeds, which take turns in the kinds of schedules. */
  private static String hash(long first, int count) {
    long[] stories =
        LongStream.range(first, first + count).parallel().map(SameStoryTest::story).toArray();
    long hash = Arrays.stream(stories).reduce(0, (a, b) -> (a ^ b) * 0x9E3779B97F4A7C15L);
    return String.format("%016x", hash);
  }

  private static long story(long seed) {
    var schedule = new Schedule(KINDS[(int) (seed % KINDS.length)], seed);
    return schedule.run().sim.hash();
  }
}
