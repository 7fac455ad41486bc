package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The routers that watch at this owner. Each watch is a lease. */
final class Watchers {

  private final Replica r;
  private final Map<String, Watching> all = new LinkedHashMap<>(4);

  Watchers(Replica replica) {
    this.r = replica;
  }

  private static final class Watching {
    int ticksLeft;
    boolean told; // that its watch stands
    long live; // the head when it asked
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  boolean contains(String node) {
    return all.containsKey(node);
  }

  List<String> names() {
    return new ArrayList<>(all.keySet());
  }

  /** Notes that {@code node} watches, and that it knows the log of {@code epoch}. */
  void renew(String node, String epoch) {
    Watching watching = all.get(node);
    if (watching == null) {
      watching = new Watching();
      watching.live = r.copy.head();
      all.put(node, watching);
    }
    watching.ticksLeft = r.all.timing.ticks(r.all.timing.lease());
    if (!epoch.equals(r.copy.epoch())) {
      watching.told = false;
      watching.live = r.copy.head();
    }
  }

  /** Answers {@code node}, unless NATS has not confirmed yet that all lines will come. */
  void answer(String node) {
    Watching watching = all.get(node);
    if (watching == null) {
      return;
    }
    if (watching.told) {
      r.send(node, new PeerMessage.Head(r.app, r.copy.epoch(), r.copy.head()));
    } else if (r.reading.isConfirmed()) {
      watching.told = true;
      r.send(node, r.state(watching.live));
    }
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
  void send(LogBatch batch, Slots slots) {
    if (all.isEmpty()) {
      return;
    }
    var lines = new PeerMessage.Lines(batch, batch.lastSeq());
    for (String node : all.keySet()) {
      if (!slots.has(node)) {
        r.send(node, lines);
      }
    }
  }

  void remove(String node) {
    all.remove(node);
  }

  /** This router stood still, and so may have missed that they renewed. */
  void stoodStill() {
    all.values().forEach(watching -> watching.ticksLeft++);
  }

  void tick() {
    for (Iterator<Watching> some = all.values().iterator(); some.hasNext(); ) {
      if (--some.next().ticksLeft <= 0) {
        some.remove();
      }
    }
  }
}
