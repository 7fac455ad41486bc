package dev.flyline.auth;

import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue that serves addresses in turn, one entry each, so that an address with many
 * entries delays another by one of them at most. Belongs to one thread.
 */
final class FairQueue<T> {

  private final int max;
  private final int maxPerAddress;
  private final Map<String, Line<T>> lines = new LinkedHashMap<>(); // the next address first
  private int size;

  /** The entries of one address, the oldest first; never empty while it is in the map. */
  private record Line<T>(String address, ArrayDeque<T> entries) {}

  FairQueue(int max, int maxPerAddress) {
    this.max = max;
    this.maxPerAddress = maxPerAddress;
  }

  /**
   * Adds {@code entry} and returns the one that finds no place: none, {@code entry} itself, or in a
   * full queue the newest entry of the address that has the most.
   */
  @Nullable T offer(String address, T entry) {
    var own = lines.computeIfAbsent(address, _ -> new Line<>(address, new ArrayDeque<>()));
    if (own.entries.size() >= maxPerAddress) {
      return entry;
    }
    own.entries.add(entry);
    size++;
    return size > max ? take(longest(own), true) : null;
  }

  /** Takes the oldest entry of the address whose turn it is; null if the queue is empty. */
  @Nullable T poll() {
    if (lines.isEmpty()) {
      return null;
    }
    var next = lines.values().iterator().next();
    T entry = take(next, false);
    if (lines.remove(next.address) != null) {
      lines.put(next.address, next); // behind all others
    }
    return entry;
  }

  int size() {
    return size;
  }

  /** The line with the most entries; {@code own} if none has more. */
  private Line<T> longest(Line<T> own) {
    var longest = own;
    for (var line : lines.values()) {
      if (line.entries.size() > longest.entries.size()) {
        longest = line;
      }
    }
    return longest;
  }

  private T take(Line<T> line, boolean newest) {
    T entry = newest ? line.entries.removeLast() : line.entries.removeFirst();
    size--;
    if (line.entries.isEmpty()) {
      lines.remove(line.address);
    }
    return entry;
  }
}
