package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The one place where a time becomes a number of ticks. */
final class TimingTest {

  private static final Timing TIMING = Timing.DEFAULT;

  @Test
  void ticks_areRoundedUp() {
    int tick = TIMING.tick();
    assertThat(TIMING.ticks(0)).isZero();
    assertThat(TIMING.ticks(1)).isEqualTo(1);
    assertThat(TIMING.ticks(tick)).isEqualTo(1);
    assertThat(TIMING.ticks(tick + 1)).isEqualTo(2);
    assertThat(TIMING.ticks(40 * tick)).isEqualTo(40);
  }

  @Test
  void ticksPast_areOneMore() {
    assertThat(TIMING.ticksPast(0)).isEqualTo(1);
    assertThat(TIMING.ticksPast(TIMING.tick())).isEqualTo(2);
    assertThat(TIMING.ticksPast(TIMING.tick() + 1)).isEqualTo(3);
  }
}
