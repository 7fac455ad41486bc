package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class WheelTest {

  private static final long TICK = 250;

  private final Wheel<Thing> wheel = new Wheel<>(TICK, 0);
  private final List<Thing> looked = new ArrayList<>();

  private static final class Thing extends Wheel.Rider {
    private long dueMs;

    Thing(long dueMs) {
      this.dueMs = dueMs;
    }
  }

  private List<Thing> turn(long nowMs) {
    looked.clear();
    wheel.turn(
        nowMs,
        (thing, _) -> {
          looked.add(thing);
          return thing.dueMs;
        });
    return looked;
  }

  @Test
  void newcomer_isLookedAtAtTheNextTickAndThenWhenItIsDue() {
    var thing = new Thing(2_100);
    wheel.add(thing);

    assertThat(turn(TICK)).containsExactly(thing);
    assertThat(turn(2_000)).isEmpty();
    assertThat(turn(2_250)).containsExactly(thing);
  }

  @Test
  void whoIsDueBeyondTheWheel_isLookedAtOnItsWayThere() {
    var thing = new Thing(3_600_000);
    wheel.add(thing);
    turn(TICK);

    assertThat(turn(62 * TICK)).isEmpty();
    assertThat(turn(64 * TICK)).containsExactly(thing);
    assertThat(wheel.size()).isEqualTo(1);
  }

  @Test
  void whoIsHastened_isLookedAtAtTheNextTick() {
    var thing = new Thing(10_000);
    wheel.add(thing);
    turn(TICK);
    wheel.hasten(thing);

    assertThat(turn(2 * TICK)).containsExactly(thing);
  }

  @Test
  void whoIsRemovedOrNeverDueAgain_waitsNoLonger() {
    var removed = new Thing(1_000);
    wheel.add(removed);
    wheel.remove(removed);
    wheel.remove(removed);
    wheel.hasten(removed);
    var done = new Thing(Wheel.Look.NEVER);
    wheel.add(done);

    assertThat(turn(TICK)).containsExactly(done);
    assertThat(turn(100 * TICK)).isEmpty();
    assertThat(wheel.size()).isZero();
  }

  /**
   * After a pause every slot is looked at, and whoever is always due does not make that endless.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, TICK, Long.MAX_VALUE - 1})
  void pause_isMadeUpFor(long dueMs) {
    for (int i = 0; i < 500; i++) {
      wheel.add(new Thing(dueMs));
      turn(i * TICK / 10);
    }

    assertThat(turn(1_000_000 * TICK)).hasSizeGreaterThanOrEqualTo(500);
    assertThat(wheel.all()).hasSize(500);
  }

  @Test
  void clockThatIsSetBack_holdsNobodyForLongerThanOneRound() {
    turn(1_000_000);
    var thing = new Thing(1_000_000);
    wheel.add(thing);
    turn(1_000_000 + TICK);

    turn(400_000);
    thing.dueMs = 400_100;
    int seen = 0;
    for (long now = 400_000; now <= 400_000 + Wheel.SLOTS * TICK; now += TICK) {
      seen += turn(now).size();
    }
    assertThat(seen).isPositive();
  }

  @Test
  void anyOrder_looksAtNobodyLate() {
    var random = new Random(7);
    var all = new ArrayList<Thing>();
    long now = 0;
    for (int step = 0; step < 20_000; step++) {
      now += random.nextInt(600);
      if (all.size() < 200) {
        var thing = new Thing(now + random.nextInt(30_000));
        all.add(thing);
        wheel.add(thing);
      }
      Thing any = all.get(random.nextInt(all.size()));
      switch (random.nextInt(10)) {
        case 0 -> wheel.hasten(any);
        case 1 -> {
          all.remove(any);
          wheel.remove(any);
        }
        default -> {}
      }
      long at = now;
      wheel.turn(
          at,
          (thing, _) -> {
            if (thing.dueMs <= at) {
              thing.dueMs = at + 1 + random.nextInt(30_000);
            }
            return thing.dueMs;
          });
      long tick = at / TICK * TICK;
      assertThat(all).noneMatch(thing -> thing.dueMs <= tick - TICK);
      assertThat(wheel.size()).isEqualTo(all.size());
    }
    assertThat(wheel.all()).containsExactlyInAnyOrderElementsOf(all);
  }
}
