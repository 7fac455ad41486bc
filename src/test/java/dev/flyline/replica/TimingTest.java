package dev.flyline.replica;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The one place where a time becomes a number of ticks. */
final class TimingTest {

  private static final Timing TIMING = Timing.DEFAULT;
  private static final Duration TICK = TIMING.tick();

  @Test
  void ticks_areRoundedUp() {
    assertThat(TIMING.ticks(Duration.ZERO)).isZero();
    assertThat(TIMING.ticks(ofMillis(1))).isEqualTo(1);
    assertThat(TIMING.ticks(TICK)).isEqualTo(1);
    assertThat(TIMING.ticks(TICK.plusMillis(1))).isEqualTo(2);
    assertThat(TIMING.ticks(TICK.multipliedBy(40))).isEqualTo(40);
  }

  @Test
  void ticksPast_areOneMore() {
    assertThat(TIMING.ticksPast(Duration.ZERO)).isEqualTo(1);
    assertThat(TIMING.ticksPast(TICK)).isEqualTo(2);
    assertThat(TIMING.ticksPast(TICK.plusMillis(1))).isEqualTo(3);
  }

  @Test
  void lasting_isWhatSoManyTicksLast() {
    assertThat(TIMING.lasting(0)).isZero();
    assertThat(TIMING.lasting(TIMING.ticks(TIMING.keep()))).isEqualTo(TIMING.keep());
  }

  @Test
  void farewell_lastsLongerThanTheDrain() {
    Timing spread = TIMING.spreadOver(ofSeconds(40));

    assertThat(spread.farewell()).isEqualTo(ofSeconds(70));
    assertThat(TIMING.lingering(Duration.ZERO).spreadOver(ofSeconds(30))).isEqualTo(TIMING);
  }

  @Test
  void hold_lastsAsLongAsAppsLinger_andNeverLess() {
    assertThat(TIMING.lingering(TIMING.hold().plusSeconds(1)).hold())
        .isEqualTo(TIMING.hold().plusSeconds(1));
    assertThat(TIMING.lingering(ofSeconds(1))).isEqualTo(TIMING);
  }
}
