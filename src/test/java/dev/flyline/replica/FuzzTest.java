package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * A router whose peers say anything that can be said. A failure names its seed; {@code
 * -Dfuzz.seed=N} tells that one's story, {@code -Dfuzz.first} and {@code -Dfuzz.count} choose many.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
final class FuzzTest {

  @Test
  void router_holdsItsOwnWhateverPeersSay() {
    long first = Long.getLong("fuzz.first", 1);
    long count = Long.getLong("fuzz.count", 40);
    long beganNs = System.nanoTime();
    long received = 0;
    int ratio = 0;
    Map<String, Integer> roles = new HashMap<>();
    List<String> failures = new ArrayList<>();
    for (long seed = first; seed < first + count; seed++) {
      var fuzz = new Fuzz(seed, false);
      try {
        fuzz.run();
      } catch (RuntimeException | AssertionError e) {
        failures.add("seed " + seed + ": " + e + " at " + at(e));
      }
      received += fuzz.received();
      ratio = Math.max(ratio, fuzz.highestRatio);
      fuzz.roles.forEach((role, n) -> roles.merge(role, n, Integer::sum));
    }
    System.out.printf(
        "fuzz: seeds %d to %d in %d ms, %d messages, parts played %s, at most %d sent for 100%n",
        first,
        first + count - 1,
        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs),
        received,
        roles,
        ratio);
    assertThat(failures.stream().limit(10)).as("%d failures", failures.size()).isEmpty();
  }

  /** A seed's story is that of the run that failed: telling it changes nothing. */
  @Test
  void story_tellsOfEveryStep_andChangesNothing() {
    var silent = new Fuzz(1, false);
    var told = new Fuzz(1, true);
    silent.run();
    told.run();
    assertThat(silent.story()).isEmpty();
    assertThat(told.story()).hasSizeGreaterThan(1_000).anyMatch(what -> what.contains(" says "));
    assertThat(told.received()).isEqualTo(silent.received());
    assertThat(told.roles).isEqualTo(silent.roles);
    assertThat(told.highestRatio).isEqualTo(silent.highestRatio);
  }

  @Test
  @EnabledIfSystemProperty(named = "fuzz.seed", matches = "\\d+")
  void story_ofOneSeed_isPrinted() {
    var fuzz = new Fuzz(Long.getLong("fuzz.seed", 1), true);
    try {
      assertThatCode(fuzz::run).doesNotThrowAnyException();
    } finally {
      fuzz.story().forEach(System.out::println);
    }
  }

  private static String at(Throwable e) {
    return Arrays.stream(e.getStackTrace())
        .filter(frame -> frame.getClassName().startsWith("dev.flyline"))
        .limit(6)
        .toList()
        .toString();
  }
}
