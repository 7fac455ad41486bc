package dev.flyline.replica;

import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Both sides of one machine: what NATS alone has brought, and what the owner alone published. */
final class MachineLists {

  private final Deque<Seen> seen = new ArrayDeque<>(4);
  private final Deque<Published> published = new ArrayDeque<>(4);
  private final Map<Long, Integer> seenCount = new HashMap<>(4);
  private final Map<Long, Integer> publishedCount = new HashMap<>(4);
  private boolean doubtful;
  private @Nullable Long lastSeen; // hash of the last line on either side; null if there was none
  private @Nullable Long lastPublished;
  private long lastMs;
  private long dropped; // lines that NATS alone had brought and a bound has dropped

  MachineLists(boolean doubtful) {
    this.doubtful = doubtful;
  }

  /** A line that NATS brought; an edge if it is known to differ from the one before it. */
  record Seen(LogLine line, long hash, boolean edge, long order, long atMs) {}

  private record Published(long hash, boolean edge, long atMs) {}

  // ---- alignment ----

  void doubt() {
    doubtful = true;
    lastSeen = null;
    lastPublished = null;
  }

  void trust() {
    doubtful = false;
  }

  boolean isDoubtful() {
    return doubtful;
  }

  /** Ends the doubt if nothing has come for {@code quietMs}. */
  void settle(long nowMs, long quietMs) {
    if (doubtful && nowMs - lastMs >= quietMs) {
      doubtful = false;
      published.clear();
      publishedCount.clear();
    }
  }

  // ---- lines ----

  /** Whether {@code line}, which NATS brought, is one that the owner has published. */
  boolean isNextSeen(LogLine line, long nowMs) {
    long hash = hash(line);
    boolean edge = lastSeen != null && lastSeen != hash;
    if (!publishedCount.containsKey(hash)) {
      return false;
    }
    noteSeen(hash, nowMs);
    doubtful &= !(discardPublished(hash).edge && edge);
    return true;
  }

  void addSeen(LogLine line, long order, long nowMs) {
    long hash = hash(line);
    boolean edge = lastSeen != null && lastSeen != hash;
    noteSeen(hash, nowMs);
    seen.add(new Seen(line, hash, edge, order, nowMs));
    seenCount.merge(hash, 1, Integer::sum);
  }

  private void noteSeen(long hash, long nowMs) {
    lastSeen = hash;
    lastMs = nowMs;
  }

  /** The owner published {@code line}; returns the bytes of what needs no match any more. */
  long published(LogLine line, long nowMs) {
    long hash = hash(line);
    boolean edge = lastPublished != null && lastPublished != hash;
    lastPublished = hash;
    lastMs = nowMs;
    if (!seenCount.containsKey(hash)) {
      published.add(new Published(hash, edge, nowMs));
      publishedCount.merge(hash, 1, Integer::sum);
      return 0;
    }
    published.clear(); // NATS never brought these here
    publishedCount.clear();
    dropped = 0;
    long bytes = 0;
    Seen first;
    do {
      first = removeSeen();
      bytes += first.line.bytes();
    } while (first.hash != hash);
    doubtful &= !(first.edge && edge);
    return bytes;
  }

  /** Whether the owner has published {@code line}; if so, that is settled. */
  boolean isPublished(LogLine line) {
    long hash = hash(line);
    if (!publishedCount.containsKey(hash)) {
      return false;
    }
    discardPublished(hash);
    return true;
  }

  // ---- ends ----

  @Nullable Seen firstSeen() {
    return seen.peek();
  }

  /** Drops the oldest line that NATS alone has brought, for want of room; returns its bytes. */
  long dropSeen() {
    dropped++;
    return removeSeen().line.bytes();
  }

  /** Forgets all that NATS alone has brought; returns the bytes. */
  long clearSeen() {
    dropped = 0;
    return discardSeenBefore(Long.MAX_VALUE);
  }

  long discardSeenBefore(long ms) {
    long bytes = 0;
    while (!seen.isEmpty() && seen.element().atMs < ms) {
      bytes += removeSeen().line.bytes();
    }
    return bytes;
  }

  /** Drops what has waited since before {@code beforeMs}; returns the bytes. */
  long expire(long beforeMs, boolean missed) {
    long bytes = 0;
    while (!seen.isEmpty() && seen.element().atMs < beforeMs) {
      bytes += missed ? dropSeen() : removeSeen().line.bytes();
    }
    while (!published.isEmpty() && published.element().atMs < beforeMs) {
      uncount(publishedCount, published.remove().hash);
    }
    return bytes;
  }

  /**
   * Adds to {@code all} what NATS alone has brought; returns how much a bound has dropped, or
   * {@link Mark#UNKNOWN} if some of that may be what the owner alone published.
   */
  long takeSeen(List<Seen> all) {
    all.addAll(seen);
    seen.clear();
    seenCount.clear();
    long lost = dropped > 0 && !published.isEmpty() ? Mark.UNKNOWN : dropped;
    dropped = 0;
    return lost;
  }

  boolean isEmpty() {
    return seen.isEmpty() && published.isEmpty() && dropped == 0 && !doubtful;
  }

  private Seen removeSeen() {
    Seen first = seen.remove();
    uncount(seenCount, first.hash);
    return first;
  }

  private Published discardPublished(long hash) {
    Published first;
    do {
      first = published.remove();
      uncount(publishedCount, first.hash);
    } while (first.hash != hash);
    return first;
  }

  private static void uncount(Map<Long, Integer> counts, long hash) {
    counts.computeIfPresent(hash, (_, n) -> n == 1 ? null : n - 1);
  }

  /** Equal for equal payloads, and for others with a chance that only their sender could raise. */
  static long hash(LogLine line) {
    var crc = new CRC32C();
    crc.update(line.payload());
    return (crc.getValue() << 32) ^ Arrays.hashCode(line.payload()) ^ line.payload().length;
  }
}
