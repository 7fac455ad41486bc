package dev.flyline.feed;

import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the owner for older entries, again and again, as long as somebody needs them: for each app
 * one question at a time, and the answer serves all who wait. Belongs to the apps' home lane.
 */
final class Refill {

  private final Owner owner;
  private final Lane lane;
  private final Map<AppName, List<Wait>> asking = new HashMap<>();

  Refill(Owner owner, Lane lane) {
    this.owner = owner;
    this.lane = lane;
  }

  /** Somebody for whom the ring is being filled; {@code log} gives null if it is not any more. */
  private record Wait(Need need, Supplier<@Nullable BlockRing> log, Promise<BlockRing> prepared) {

    boolean isOver() {
      BlockRing ring = log.get();
      return ring == null || need.isCovered(ring);
    }

    long from() {
      BlockRing ring = log.get();
      return ring == null ? 0 : need.from(ring);
    }

    void end() {
      BlockRing ring = log.get();
      if (ring != null) {
        prepared.complete(ring);
      } else {
        prepared.fail("nobody watches any more");
      }
    }
  }

  /**
   * Succeeds with the log when it holds what is needed or all that its owner has. A position that
   * it does not hold is not taken for another branch's before the owner has been asked.
   */
  Future<BlockRing> prepare(Need need, Supplier<@Nullable BlockRing> log) {
    var wait = new Wait(need, log, Promise.promise());
    BlockRing ring = log.get();
    if (ring != null && need.isForeign(ring)) {
      owner.newer(need.request().app()).onComplete(_ -> fill(wait));
    } else {
      fill(wait);
    }
    return wait.prepared.future();
  }

  private void fill(Wait wait) {
    AppName app = wait.need.request().app();
    List<Wait> others = asking.get(app);
    if (wait.isOver()) {
      wait.end();
    } else if (others != null) {
      others.add(wait);
    } else {
      var waits = new ArrayList<Wait>();
      waits.add(wait);
      asking.put(app, waits);
      ask(app);
    }
  }

  /** The answer is looked at in a task of its own: many may come one after the other. */
  private void ask(AppName app) {
    long from = Long.MAX_VALUE;
    for (Wait wait : asking.getOrDefault(app, List.of())) {
      from = Math.min(from, wait.from());
    }
    owner
        .older(app, from)
        .onComplete(result -> lane.later(() -> answered(app, result.succeeded())));
  }

  private void answered(AppName app, boolean more) {
    List<Wait> waits = asking.getOrDefault(app, List.of());
    List<Wait> over = waits.stream().filter(wait -> !more || wait.isOver()).toList();
    waits.removeAll(over);
    if (waits.isEmpty()) {
      asking.remove(app);
    } else {
      ask(app);
    }
    over.forEach(Wait::end);
  }
}
