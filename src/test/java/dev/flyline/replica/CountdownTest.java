package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What both kinds of countdowns do, and what each does alone. */
final class CountdownTest {

  private static final int LENGTH = 3;

  private final Countdown countdown = new Countdown(LENGTH);
  private final SharedCountdown shared = new SharedCountdown(LENGTH);

  @Test
  void newOne_isOver() {
    assertThat(countdown.isOver()).isTrue();
    assertThat(countdown.isRunning()).isFalse();
    assertThat(countdown.left()).isZero();
    assertThat(shared.isOver()).isTrue();
    assertThat(shared.left()).isZero();
  }

  @Test
  void startedOne_isOverWithItsLastTick() {
    assertThat(ticks(Countdown.started(LENGTH))).containsExactly(false, false, true);
    assertThat(ticks(Countdown.started(1))).containsExactly(true, true, true);
  }

  @Test
  void oneOfNoLength_isOverAtOnce() {
    assertThat(Countdown.started(0).isOver()).isTrue();
    assertThat(Countdown.started(0).tick()).isTrue();
  }

  @Test
  void overForEver_staysSoWhateverHappens() {
    Countdown over = Countdown.over();

    over.start();
    over.prolong();

    assertThat(over.tick()).isTrue();
    assertThat(over.tickWhile(false)).isTrue();
    assertThat(over.isOver()).isTrue();
  }

  @Test
  void start_beginsAnewAtFullLength() {
    countdown.start();
    shared.start();
    countdown.tick();
    shared.pass(1);
    assertThat(countdown.left()).isEqualTo(LENGTH - 1);
    assertThat(shared.left()).isEqualTo(LENGTH - 1);

    countdown.start();
    shared.start();

    assertThat(countdown.left()).isEqualTo(LENGTH);
    assertThat(countdown.isRunning()).isTrue();
    assertThat(shared.left()).isEqualTo(LENGTH);
    assertThat(shared.isOver()).isFalse();
  }

  @Test
  void stop_isOverAtOnce() {
    countdown.start();
    shared.start();

    countdown.stop();
    shared.stop();

    assertThat(countdown.isOver()).isTrue();
    assertThat(shared.isOver()).isTrue();
  }

  @Test
  void ticksBeyondTheEnd_areForgotten() {
    countdown.start();
    shared.start();

    countdown.pass(LENGTH + 5);
    shared.pass(LENGTH + 5);

    assertThat(countdown.left()).isZero();
    assertThat(shared.left()).isZero();
    countdown.prolong();
    assertThat(countdown.isOver()).as("over is not prolonged").isTrue();
  }

  @Test
  void manyTicksAtOnce_areWorthThatManyTicks() {
    countdown.start();
    shared.start();

    countdown.pass(LENGTH - 1);
    shared.pass(LENGTH - 1);

    assertThat(countdown.isOver()).isFalse();
    assertThat(shared.isOver()).isFalse();
    shared.pass(1);
    assertThat(countdown.tick()).isTrue();
    assertThat(shared.isOver()).isTrue();
  }

  @Test
  void prolong_lastsOneTickLonger() {
    countdown.start();

    countdown.prolong();

    assertThat(countdown.left()).isEqualTo(LENGTH + 1);
    countdown.start();
    assertThat(countdown.left()).as("once").isEqualTo(LENGTH);
  }

  @Test
  void tickWhile_beginsAnewWheneverTheConditionFails() {
    countdown.start();
    assertThat(countdown.tickWhile(true)).isFalse();
    assertThat(countdown.tickWhile(true)).isFalse();
    assertThat(countdown.tickWhile(false)).isFalse();

    assertThat(countdown.tickWhile(true)).isFalse();
    assertThat(countdown.tickWhile(true)).isFalse();
    assertThat(countdown.tickWhile(true)).isTrue();
    assertThat(countdown.tickWhile(true)).as("over until the condition fails").isTrue();
    assertThat(countdown.tickWhile(false)).isFalse();
  }

  /** What each of so many ticks as it lasts says. */
  private static List<Boolean> ticks(Countdown countdown) {
    List<Boolean> over = new ArrayList<>();
    for (int i = 0; i < LENGTH; i++) {
      over.add(countdown.tick());
    }
    return over;
  }
}
