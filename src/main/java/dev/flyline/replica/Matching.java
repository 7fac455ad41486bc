package dev.flyline.replica;

import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * What a standby knows of lines that NATS has brought and the owner has not published, and of lines
 * that the owner has published and NATS has not brought, machine by machine, first in first out.
 *
 * <p>NATS keeps the order of each machine's lines, so a match discards everything that stands
 * before it on either side. When the owner dies, what NATS alone has brought is to be published,
 * and what the owner alone has published is to be passed over when NATS brings it.
 */
final class Matching {

  private final long maxBytes;
  private final Map<Machine, Lists> machines = new HashMap<>();
  private long order;
  private long bytes;
  private long dropped; // lines that NATS alone had brought and the bound has dropped

  Matching(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  private record Machine(String region, String id) {}

  private record Seen(LogLine line, long hash, long order, long atMs) {}

  private record Published(long hash, long atMs) {}

  /** Both sides of one machine; at most one of them has what the other lacks, but for the young. */
  private static final class Lists {
    final Deque<Seen> seen = new ArrayDeque<>(4);
    final Deque<Published> published = new ArrayDeque<>(4);
    final Map<Long, Integer> seenCount = new HashMap<>(4);
    final Map<Long, Integer> publishedCount = new HashMap<>(4);

    /** Discards what stands before the first match of {@code hash}, and it; returns the bytes. */
    long discardSeen(long hash) {
      long bytes = 0;
      Seen first;
      do {
        first = seen.remove();
        uncount(seenCount, first.hash);
        bytes += first.line.bytes();
      } while (first.hash != hash);
      return bytes;
    }

    void discardPublished(long hash) {
      Published first;
      do {
        first = published.remove();
        uncount(publishedCount, first.hash);
      } while (first.hash != hash);
    }

    static void uncount(Map<Long, Integer> counts, long hash) {
      counts.computeIfPresent(hash, (_, n) -> n == 1 ? null : n - 1);
    }
  }

  /** NATS brought {@code line}. */
  void seen(LogLine line, long nowMs) {
    Lists lists = lists(line);
    long hash = hash(line);
    if (lists.publishedCount.containsKey(hash)) {
      lists.discardPublished(hash);
      return;
    }
    lists.seenCount.merge(hash, 1, Integer::sum);
    lists.seen.add(new Seen(line, hash, order++, nowMs));
    bytes += line.bytes();
    while (bytes > maxBytes) {
      dropOldest();
    }
  }

  /** The owner published {@code line}. */
  void published(LogLine line, long nowMs) {
    Lists lists = lists(line);
    long hash = hash(line);
    if (lists.seenCount.containsKey(hash)) {
      bytes -= lists.discardSeen(hash);
      return;
    }
    lists.published.add(new Published(hash, nowMs));
    lists.publishedCount.merge(hash, 1, Integer::sum);
  }

  /** Forgets what the owner alone published before {@code ms}: NATS will not bring it here. */
  void forgetPublishedBefore(long ms) {
    for (Lists lists : machines.values()) {
      while (!lists.published.isEmpty() && lists.published.element().atMs < ms) {
        lists.discardPublished(lists.published.element().hash);
      }
    }
  }

  /** Forgets everything. */
  void clear() {
    machines.clear();
    bytes = 0;
    dropped = 0;
  }

  /** Forgets what has waited since before {@code beforeMs}: its match will not come. */
  void expire(long beforeMs) {
    for (Iterator<Lists> all = machines.values().iterator(); all.hasNext(); ) {
      Lists lists = all.next();
      while (!lists.seen.isEmpty() && lists.seen.element().atMs < beforeMs) {
        bytes -= lists.discardSeen(lists.seen.element().hash);
      }
      while (!lists.published.isEmpty() && lists.published.element().atMs < beforeMs) {
        lists.discardPublished(lists.published.element().hash);
      }
      if (lists.seen.isEmpty() && lists.published.isEmpty()) {
        all.remove();
      }
    }
  }

  /**
   * Takes what NATS alone has brought, in the order in which it came, after a mark if the bound has
   * dropped some of it. What the owner alone has published stays, to be passed over.
   */
  List<Entry> takeSeen(long nowMs) {
    List<Seen> all = new ArrayList<>();
    for (Lists lists : machines.values()) {
      all.addAll(lists.seen);
      lists.seen.clear();
      lists.seenCount.clear();
    }
    all.sort(Comparator.comparingLong(Seen::order));
    List<Entry> entries = new ArrayList<>(all.size() + 1);
    if (dropped > 0) {
      entries.add(new Mark(GapCause.UPSTREAM, dropped, nowMs));
    }
    all.forEach(seen -> entries.add(seen.line));
    bytes = 0;
    dropped = 0;
    return entries;
  }

  /** Whether {@code line}, which NATS brought, was published by the owner before this one. */
  boolean passOver(LogLine line) {
    Lists lists = machines.get(new Machine(line.region(), line.machine()));
    long hash = hash(line);
    if (lists == null || !lists.publishedCount.containsKey(hash)) {
      return false;
    }
    lists.discardPublished(hash);
    return true;
  }

  /** Whether nothing waits for a match. */
  boolean isEmpty() {
    return machines.values().stream().allMatch(l -> l.seen.isEmpty() && l.published.isEmpty());
  }

  private Lists lists(LogLine line) {
    return machines.computeIfAbsent(new Machine(line.region(), line.machine()), _ -> new Lists());
  }

  private void dropOldest() {
    Lists oldest = null;
    for (Lists lists : machines.values()) {
      if (!lists.seen.isEmpty()
          && (oldest == null || lists.seen.element().order < oldest.seen.element().order)) {
        oldest = lists;
      }
    }
    if (oldest == null) {
      bytes = 0;
      return;
    }
    bytes -= oldest.discardSeen(oldest.seen.element().hash);
    dropped++;
  }

  /** Equal for equal payloads, and for others with a chance that only their sender could raise. */
  private static long hash(LogLine line) {
    var crc = new CRC32C();
    crc.update(line.payload());
    return (crc.getValue() << 32) ^ Arrays.hashCode(line.payload()) ^ line.payload().length;
  }
}
