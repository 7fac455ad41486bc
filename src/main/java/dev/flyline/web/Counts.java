package dev.flyline.web;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/** Places for each name, the same number for all. Any thread may take and give back. */
final class Counts<K> {

  private final int max;
  private final Map<K, Integer> taken = new ConcurrentHashMap<>();

  /** Makes {@code max} places for each name. */
  Counts(int max) {
    this.max = max;
  }

  /** Takes a place if there is one. */
  boolean take(K name) {
    var granted = new AtomicBoolean();
    taken.compute(
        name,
        (_, count) -> {
          int before = count == null ? 0 : count;
          granted.set(before < max);
          return granted.get() ? Integer.valueOf(before + 1) : count;
        });
    return granted.get();
  }

  /** Takes a place whether there is one or not. */
  void add(K name) {
    taken.merge(name, 1, Integer::sum);
  }

  void giveBack(K name) {
    taken.computeIfPresent(name, (_, count) -> count > 1 ? count - 1 : null);
  }

  /** How many names have taken places. */
  int size() {
    return taken.size();
  }
}
