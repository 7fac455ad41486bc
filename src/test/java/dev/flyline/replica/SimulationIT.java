package dev.flyline.replica;

import dev.flyline.it.Background;
import dev.flyline.it.SideBySide;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The protocol under 105,000 random interleavings.
 *
 * <p>Of a thousand schedules, so many may tell somebody of a gap. After one fault that is where a
 * standby was not in step yet when its owner died, because machines said the very same line again
 * and again; and where every viewer had gone to a router that was cut off. Viewers who notice only
 * after 40 s that their router was lost are told of none. In floods it is what the rings evict
 * before a viewer comes for it.
 *
 * <p>No viewer on a running router waits for longer than so many milliseconds. After one fault that
 * is the aim of a takeover. Three faults, of which each may come when the one before is about to be
 * over, take twice as long. In a partition, a router that reaches the members that hear the owner,
 * but not the owner, waits for as long as that lasts, here at most 12 s, and then for one more
 * answer of the members, or for their silence. In a flood an owner may die that has just dismissed
 * its standby, 4 MiB behind: others look for 2 s then for what the rings have evicted.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@SideBySide
final class SimulationIT {

  @ParameterizedTest
  @CsvSource({
    "CHANGES,20000,0,5000",
    "ONE_FAULT,45000,2,5000",
    "MANY_FAULTS,15000,210,10000",
    "PARTITIONS,10000,670,16000",
    "LATE_VIEWERS,5000,0,5000",
    "LOSSES,7500,3,5000",
    "FLOODS,2500,460,6000"
  })
  void invariants_hold(Schedule.Kind kind, int schedules, int withGaps, int silenceMs) {
    Background.run(() -> Simulations.check(kind, schedules, withGaps, silenceMs));
  }
}
