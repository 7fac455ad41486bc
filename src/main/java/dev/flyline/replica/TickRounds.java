package dev.flyline.replica;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Which replicas have something to do as time passes. The others rest, so that an app to which
 * nothing happens costs nothing: with 10,000 of them, a look at each at every tick was half of what
 * an idle router did.
 *
 * <p>A replica rests when a tick would do no more than count, as long as no one calls it and the
 * circumstances of all stay as they are. Whoever is about to call it {@link #wake}s it, which makes
 * up for the ticks that it has not counted.
 */
final class TickRounds {

  private List<Replica> awake = new ArrayList<>();
  private long ticks;
  private long circumstances;

  /** Time passes for {@code replica} from now on. */
  void add(Replica replica) {
    awake.add(replica);
  }

  /** Lets {@code replica} count what it has missed, and look at the next tick what there is. */
  void wake(Replica replica) {
    if (replica.rests) {
      settle(replica);
      replica.rests = false;
      awake.add(replica);
    }
  }

  /** Lets {@code replica} count what it has missed; it rests on. */
  void settle(Replica replica) {
    if (replica.rests) {
      replica.rested((int) (ticks - replica.countedTick));
      replica.countedTick = ticks;
    }
  }

  /** Those who do not rest, as they are now. */
  List<Replica> awake() {
    return awake;
  }

  /**
   * Lets a tick pass.
   *
   * @param now the circumstances; when they have changed, all must look what there is to do
   * @param tick lets it pass for one and says whether that one may rest; must not throw, for the
   *     others would never be looked at again
   */
  void tick(long now, Iterable<Replica> all, Predicate<Replica> tick) {
    if (now != circumstances) {
      circumstances = now;
      all.forEach(this::wake);
    }
    ticks++;
    List<Replica> due = awake;
    awake = new ArrayList<>(); // those who are woken meanwhile are looked at next time
    for (Replica replica : due) {
      if (replica.forgotten) {
        continue;
      }
      if (tick.test(replica)) {
        replica.rests = true;
        replica.countedTick = ticks;
      } else {
        awake.add(replica);
      }
    }
  }
}
