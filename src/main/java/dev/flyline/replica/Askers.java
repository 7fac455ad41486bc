package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import java.util.LinkedHashMap;
import java.util.Map;

/** The routers that have asked this one who owns the app, and wait for the outcome of its claim. */
final class Askers {

  /** How many may wait; any other asks again, since it gets no answer. */
  static final int MOST = 1_000;

  private final Replica r;
  private Map<String, Boolean> all = Map.of(); // whether they want to watch, or just to know

  Askers(Replica replica) {
    this.r = replica;
  }

  int size() {
    return all.size();
  }

  /** Remembers to tell {@code node}, which wants to watch the app or just to know its owner. */
  void add(String node, boolean watches) {
    if (all.size() < MOST) {
      if (all.isEmpty()) {
        all = new LinkedHashMap<>(2);
      }
      all.put(node, watches);
    }
  }

  /** Forgets {@code node}, which has no viewer any more. */
  void remove(String node) {
    if (!all.isEmpty()) {
      all.remove(node);
    }
  }

  /** This router owns the app: all have found their owner. */
  void welcome(Owning owning) {
    Map<String, Boolean> welcomed = all;
    all = Map.of();
    welcomed.forEach(owning::welcome);
  }

  /** Tells all who owns the app, as far as this router knows. */
  void redirect() {
    if (!r.localLog.lineage().isEmpty()) { // else they ask again when they have waited in vain
      AppMessage.State state = r.state(r.localLog.head());
      all.keySet().stream().filter(node -> !r.isOwner(node)).forEach(node -> r.send(node, state));
    }
    all = Map.of();
  }
}
