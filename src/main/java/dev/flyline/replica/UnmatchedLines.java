package dev.flyline.replica;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines that wait for their match, first in first out, which can be asked for by their hashes. As a
 * rule there is none or one, so hashes are counted only while there are more than a few.
 */
final class UnmatchedLines<T extends UnmatchedLines.Hashed> {

  /** Looked through one by one. */
  static final int FEW = 16;

  private final ArrayDeque<T> all = new ArrayDeque<>(2);
  private @Nullable Map<Long, Integer> counts; // of all, set while there are, or were, many

  /** What is told apart by a hash. */
  interface Hashed {
    long hash();
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  int size() {
    return all.size();
  }

  /** The first; null if there is none. */
  @Nullable T first() {
    return all.peek();
  }

  void add(T line) {
    all.add(line);
    Map<Long, Integer> known = counts;
    if (known != null) {
      known.merge(line.hash(), 1, Integer::sum);
    } else if (all.size() > FEW) {
      Map<Long, Integer> counted = new HashMap<>();
      all.forEach(one -> counted.merge(one.hash(), 1, Integer::sum));
      counts = counted;
    }
  }

  /** Takes the first; there must be one. */
  T remove() {
    T first = all.remove();
    Map<Long, Integer> known = counts;
    if (all.isEmpty()) {
      counts = null;
    } else if (known != null) {
      known.computeIfPresent(first.hash(), (_, n) -> n == 1 ? null : n - 1);
    }
    return first;
  }

  /** Whether there is one with {@code hash}. */
  boolean contains(long hash) {
    Map<Long, Integer> known = counts;
    if (known != null) {
      return known.containsKey(hash);
    }
    for (T line : all) {
      if (line.hash() == hash) {
        return true;
      }
    }
    return false;
  }

  void clear() {
    all.clear();
    counts = null;
  }

  /** Moves all to {@code into}, in order. */
  void drainTo(Collection<? super T> into) {
    into.addAll(all);
    clear();
  }
}
