package dev.flyline.replica;

import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/** Both sides of one machine: what NATS alone has brought, and what the owner alone published. */
final class MachineLists {

  private final UnmatchedLines<Seen> seen = new UnmatchedLines<>();
  private final UnmatchedLines<Published> published = new UnmatchedLines<>();
  private boolean doubtful;
  private boolean anySeen; // whether there was a last line on either side, and its hash
  private boolean anyPublished;
  private long lastSeen;
  private long lastPublished;
  private long lastMs;
  private long dropped; // lines that NATS alone had brought and a bound has dropped

  MachineLists(boolean doubtful) {
    this.doubtful = doubtful;
  }

  /** A line that NATS brought; an edge if it is known to differ from the one before it. */
  record Seen(LogLine line, long hash, boolean edge, long order, long atMs)
      implements UnmatchedLines.Hashed {}

  private record Published(long hash, boolean edge, long atMs) implements UnmatchedLines.Hashed {}

  // ---- alignment ----

  void doubt() {
    doubtful = true;
    anySeen = false;
    anyPublished = false;
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
    }
  }

  // ---- lines ----

  /** Whether the line of {@code hash}, which NATS brought, is one that the owner has published. */
  boolean isNextSeen(long hash, long nowMs) {
    if (!published.contains(hash)) {
      return false;
    }
    boolean edge = isEdgeOfSeen(hash);
    noteSeen(hash, nowMs);
    doubtful &= !(discardPublished(hash).edge && edge);
    return true;
  }

  void addSeen(LogLine line, long hash, long order, long nowMs) {
    seen.add(new Seen(line, hash, isEdgeOfSeen(hash), order, nowMs));
    noteSeen(hash, nowMs);
  }

  private boolean isEdgeOfSeen(long hash) {
    return anySeen && lastSeen != hash;
  }

  private void noteSeen(long hash, long nowMs) {
    anySeen = true;
    lastSeen = hash;
    lastMs = nowMs;
  }

  /** The owner published {@code line}; returns the bytes of what needs no match any more. */
  long published(LogLine line, long nowMs) {
    long hash = hash(line);
    boolean edge = anyPublished && lastPublished != hash;
    anyPublished = true;
    lastPublished = hash;
    lastMs = nowMs;
    if (!seen.contains(hash)) {
      published.add(new Published(hash, edge, nowMs));
      return 0;
    }
    published.clear(); // NATS never brought these here
    dropped = 0;
    long bytes = 0;
    Seen first;
    do {
      first = seen.remove();
      bytes += first.line.bytes();
    } while (first.hash != hash);
    doubtful &= !(first.edge && edge);
    return bytes;
  }

  /** Whether the owner has published {@code line}; if so, that is settled. */
  boolean isPublished(LogLine line) {
    long hash = hash(line);
    if (!published.contains(hash)) {
      return false;
    }
    discardPublished(hash);
    return true;
  }

  /** How many lines the owner has published that NATS has not brought. */
  int published() {
    return published.size();
  }

  // ---- ends ----

  @Nullable Seen firstSeen() {
    return seen.first();
  }

  /** Drops the oldest line that NATS alone has brought, for want of room; returns its bytes. */
  long dropSeen() {
    dropped++;
    return seen.remove().line.bytes();
  }

  /** Forgets all that NATS alone has brought; returns the bytes. */
  long clearSeen() {
    dropped = 0;
    return discardSeenBefore(Long.MAX_VALUE);
  }

  long discardSeenBefore(long ms) {
    long bytes = 0;
    for (Seen one = seen.first(); one != null && one.atMs < ms; one = seen.first()) {
      bytes += seen.remove().line.bytes();
    }
    return bytes;
  }

  /** Drops what has waited since before {@code beforeMs}; returns the bytes. */
  long expire(long beforeMs, boolean missed) {
    long bytes = 0;
    for (Seen one = seen.first(); one != null && one.atMs < beforeMs; one = seen.first()) {
      bytes += missed ? dropSeen() : seen.remove().line.bytes();
    }
    Published old = published.first();
    while (old != null && old.atMs < beforeMs) {
      published.remove();
      old = published.first();
    }
    return bytes;
  }

  /**
   * Adds to {@code all} what NATS alone has brought; returns how much a bound has dropped, or
   * {@link Mark#UNKNOWN} if some of that may be what the owner alone published.
   */
  long takeSeen(List<Seen> all) {
    seen.drainTo(all);
    long lost = dropped > 0 && !published.isEmpty() ? Mark.UNKNOWN : dropped;
    dropped = 0;
    return lost;
  }

  boolean isEmpty() {
    return seen.isEmpty() && published.isEmpty() && dropped == 0 && !doubtful;
  }

  private Published discardPublished(long hash) {
    Published first;
    do {
      first = published.remove();
    } while (first.hash != hash);
    return first;
  }

  /** Equal for equal payloads, and for others with a chance that only their sender could raise. */
  static long hash(LogLine line) {
    var crc = new CRC32C();
    crc.update(line.payload());
    return (crc.getValue() << 32) ^ Arrays.hashCode(line.payload()) ^ line.payload().length;
  }
}
