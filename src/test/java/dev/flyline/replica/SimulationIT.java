package dev.flyline.replica;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The protocol under 100,000 random interleavings.
 *
 * <p>In schedules of one fault a gap is told where a standby was not in step yet when its owner
 * died, which is where machines said the very same line again and again, so that it could not be
 * told which of them both sides had seen; and where every viewer had gone to a router that was cut
 * off. Those are few, and how few is part of what is checked.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class SimulationIT {

  @ParameterizedTest
  @CsvSource({
    "CHANGES,20000,1,5000",
    "ONE_FAULT,45000,5,5000",
    "MANY_FAULTS,15000,200,10000",
    "PARTITIONS,10000,680,16000",
    "LOSSES,7500,5,5000",
    "FLOODS,2500,500,5000"
  })
  void invariants_hold(Schedule.Kind kind, int schedules, int withGaps, int silenceMs) {
    Simulations.check(kind, schedules, withGaps, silenceMs);
  }
}
