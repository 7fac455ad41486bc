package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.LogBatch;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The routers that watch at this owner. Each watch is a lease. One that ran out and was not
 * released is lost: its router froze, or lost its host or its network. Its viewers notice only
 * after 40 s, and then they come back with their position, so the app is held for them.
 */
final class Watchers {

  /** How many routers an app is held for by name; another one takes the place of the oldest. */
  private static final int LOST = 16;

  private final Replica r;
  private Map<String, Watching> all = Map.of(); // one of its own when there is another router
  private Map<String, Watching> lost = Map.of(); // by router: the app is held for its viewers

  Watchers(Replica replica) {
    this.r = replica;
  }

  private static final class Watching {
    Countdown lease = Countdown.over(); // or the hold, once the watch is lost
    boolean told; // that its watch stands
    boolean leaves; // it is about to stop
    long live; // the head when it asked
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** Whether the app is read on for the viewers of a router whose watch was lost. */
  boolean isHeld() {
    return !lost.isEmpty();
  }

  /**
   * How many more ticks the next owner has to hold the app. A silent router's watch has not run out
   * yet, but that router will not watch at the next owner.
   */
  int heldTicks() {
    int most = lost.values().stream().mapToInt(watching -> watching.lease.left()).max().orElse(0);
    boolean silent =
        all.entrySet().stream()
            .anyMatch(one -> !one.getValue().leaves && r.all.peers.isSuspect(one.getKey()));
    return silent && r.all.keeps(Rule.HOLD_AFTER_A_LOST_WATCH)
        ? Math.max(most, r.all.timing.ticks(r.all.timing.hold()))
        : most;
  }

  /** Whether another router than {@code node} watches. */
  boolean hasOther(String node) {
    return all.size() > (all.containsKey(node) ? 1 : 0);
  }

  boolean contains(String node) {
    return all.containsKey(node);
  }

  List<String> names() {
    return new ArrayList<>(all.keySet());
  }

  /** Notes that {@code node} watches, and that it knows the log of {@code epoch}. */
  void renew(String node, String epoch) {
    found(node);
    Watching watching = all.get(node);
    if (watching == null) {
      watching = new Watching();
      watching.live = r.localLog.head();
      if (all.isEmpty()) {
        all = new LinkedHashMap<>(4);
      }
      all.put(node, watching);
    }
    int lease = lease(node);
    if (watching.lease.left() < lease) {
      watching.lease = Countdown.started(lease);
    }
    if (!epoch.equals(r.localLog.epoch())) {
      watching.told = false;
      watching.live = r.localLog.head();
    }
  }

  /** A router that stops has sent its viewers away, and they come back, to whatever router. */
  private int lease(String node) {
    Timing timing = r.all.timing;
    return timing.ticks(r.all.peers.isStopping(node) ? timing.farewell() : timing.lease());
  }

  /** Answers {@code node}, unless NATS has not confirmed yet that all lines will come. */
  void answer(String node) {
    Watching watching = all.get(node);
    if (watching == null) {
      return;
    }
    if (watching.told) {
      r.send(node, new AppMessage.Head(r.app, r.localLog.epoch(), r.localLog.head()));
    } else if (r.natsSide.isConfirmed()) {
      watching.told = true;
      r.send(node, r.state(watching.live));
    }
    if (watching.told && r.denial.isTold()) {
      r.send(node, refusal(true));
    }
  }

  /** Tells all that NATS refuses the app to this owner, or no longer. */
  void tell(boolean refused) {
    all.keySet().forEach(node -> r.send(node, refusal(refused)));
  }

  private AppMessage refusal(boolean refused) {
    return new AppMessage.Refused(r.app, r.localLog.epoch(), refused);
  }

  /** NATS has the subscription: answers all who wait for that. */
  void confirmed() {
    all.forEach(
        (node, watching) -> {
          if (!watching.told) {
            answer(node);
          }
        });
  }

  /** Sends them what is committed; those who stand by have it already. */
  void send(LogBatch batch, Standbys standbys) {
    if (all.isEmpty()) {
      return;
    }
    var lines = new AppMessage.Lines(batch, batch.lastSeq(), false);
    for (String node : all.keySet()) {
      if (!standbys.has(node) && r.all.peers.isMember(node)) {
        r.send(node, lines);
      }
    }
  }

  /** {@code node} has no viewer any more. */
  void remove(String node) {
    if (r.all.peers.isStopping(node)) {
      return;
    }
    if (contains(node)) {
      all.remove(node);
    }
    found(node);
  }

  /** A router whose watch may have been lost is there again and speaks for its viewers. */
  private void found(String node) {
    if (isHeld()) {
      lost.remove(node);
    }
  }

  private void lose(String node, Watching watching) {
    if (!r.all.keeps(Rule.HOLD_AFTER_A_LOST_WATCH)) {
      return;
    }
    if (!isHeld()) {
      lost = new LinkedHashMap<>(4);
    }
    if (lost.size() == LOST) {
      lost.remove(lost.keySet().iterator().next());
    }
    watching.lease = Countdown.started(r.all.timing.ticks(r.all.timing.hold()));
    lost.put(node, watching);
  }

  /** This router stood still, and so may have missed that they renewed. */
  void stoodStill() {
    all.values().forEach(watching -> watching.lease.prolong());
    lost.values().forEach(watching -> watching.lease.prolong());
  }

  void tick() {
    if (isHeld()) {
      lost.values().removeIf(watching -> watching.lease.tick());
    }
    if (all.isEmpty()) {
      return;
    }
    for (Iterator<Map.Entry<String, Watching>> some = all.entrySet().iterator(); some.hasNext(); ) {
      Map.Entry<String, Watching> one = some.next();
      Watching watching = one.getValue();
      if (!watching.leaves && r.all.peers.isStopping(one.getKey())) {
        watching.leaves = true;
        watching.lease = Countdown.started(lease(one.getKey()));
      } else if (watching.lease.tick()) {
        some.remove();
        if (!watching.leaves) { // else its viewers had the time to come back
          lose(one.getKey(), watching);
        }
      }
    }
  }
}
