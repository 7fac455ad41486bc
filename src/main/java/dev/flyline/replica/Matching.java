package dev.flyline.replica;

import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Machine;
import dev.flyline.log.Mark;
import dev.flyline.replica.MachineLists.Seen;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a standby knows of lines that NATS has brought and the owner has not published, and of lines
 * that the owner has published and NATS has not brought, machine by machine, first in first out.
 *
 * <p>NATS keeps the order of each machine's lines, so a match discards everything that stands
 * before it on either side. When the owner dies, what NATS alone has brought is to be published,
 * and what the owner alone has published is to be passed over when NATS brings it.
 *
 * <p>Lines are told apart by their payloads. Where a subscription begins within a run of equal
 * lines, one side may have begun earlier than the other; see {@link #isAligned}.
 */
final class Matching {

  /** Lines that the owner has published and NATS has not brought; {@link #LOOK} more at most. */
  static final int MAX_PUBLISHED = 65_536;

  /** After so many lines they are counted, machine by machine. */
  static final int LOOK = 4_096;

  private final long maxBytes;
  private final boolean bothSides;
  private final Map<Machine, MachineLists> machines = new HashMap<>();
  private long doubtUntilMs; // what came before may stand on one side and never come on the other
  private boolean doubtful; // whether any machine is
  private long order;
  private long published; // lines that the owner has, ever
  private long bytes;

  /**
   * Begins with nothing.
   *
   * @param maxBytes how much of what NATS alone has brought is kept
   * @param bothSides whether a match discards what stands before it on either side
   */
  Matching(long maxBytes, boolean bothSides) {
    this.maxBytes = maxBytes;
    this.bothSides = bothSides;
  }

  // ---- alignment ----

  /**
   * Says that from now on either side may hold lines of before the subscription, or of another
   * owner, that the other will never have.
   */
  void doubt() {
    doubtUntilMs = Long.MAX_VALUE;
    machines.values().forEach(MachineLists::doubt);
    doubtful = !machines.isEmpty();
  }

  /** Says when the doubt about lines of before ends. */
  void doubtUntil(long ms) {
    doubtUntilMs = ms;
  }

  /**
   * Whether both sides of every machine are known to have begun with the same line. They do if
   * nothing came of it before the doubt ended. Otherwise they do after a line that differed from
   * the one before it on both sides, or once the machine has been quiet for {@code quietMs}, when
   * what the owner alone published is of before.
   */
  boolean isAligned(long nowMs, long quietMs) {
    if (!doubtful) {
      return true;
    }
    boolean all = true;
    for (MachineLists lists : machines.values()) {
      lists.settle(nowMs, quietMs);
      all &= !lists.isDoubtful();
    }
    doubtful = !all;
    return all;
  }

  /** Takes every machine for aligned. */
  void trust() {
    machines.values().forEach(MachineLists::trust);
    doubtful = false;
  }

  /** Forgets what NATS alone brought while there was doubt: the owner had published it before. */
  void forgetDoubtfulSeen() {
    for (MachineLists lists : machines.values()) {
      bytes -= lists.discardSeenBefore(doubtUntilMs);
    }
  }

  // ---- the two sides ----

  /** NATS brought {@code line}. */
  void seen(LogLine line, long nowMs) {
    MachineLists lists = lists(line, nowMs);
    long hash = MachineLists.hash(line);
    if (lists.isNextSeen(hash, nowMs)) {
      bytes -= bothSides ? lists.clearSeen() : 0; // the owner never had these
      return;
    }
    lists.addSeen(line, hash, order++, nowMs);
    bytes += line.bytes();
    while (bytes > maxBytes) {
      dropOldest();
    }
  }

  /**
   * The owner published {@code line}.
   *
   * @return whether that can be kept; if not, NATS lags too far behind the owner to be compared
   */
  boolean published(LogLine line, long nowMs) {
    bytes -= lists(line, nowMs).published(line, nowMs);
    return ++published % LOOK != 0
        || machines.values().stream().mapToInt(MachineLists::published).sum() <= MAX_PUBLISHED;
  }

  /** Whether {@code line}, which NATS brought, was published by the owner before this one. */
  boolean passOver(LogLine line) {
    MachineLists lists = machines.get(Machine.of(line));
    return lists != null && lists.isPublished(line);
  }

  private MachineLists lists(LogLine line, long nowMs) {
    return machines.computeIfAbsent(
        Machine.of(line),
        _ -> {
          boolean doubt = nowMs < doubtUntilMs;
          doubtful |= doubt;
          return new MachineLists(doubt);
        });
  }

  private void dropOldest() {
    MachineLists oldest = null;
    long first = Long.MAX_VALUE;
    for (MachineLists lists : machines.values()) {
      Seen seen = lists.firstSeen();
      if (seen != null && seen.order() < first) {
        first = seen.order();
        oldest = lists;
      }
    }
    bytes = oldest == null ? 0 : bytes - oldest.dropSeen();
  }

  // ---- time and ends ----

  /** Forgets everything. */
  void clear() {
    machines.clear();
    doubtful = false;
    bytes = 0;
  }

  /**
   * Forgets what has waited since before {@code beforeMs}: its match will not come.
   *
   * @param missed whether nobody may have published what NATS alone has brought
   */
  void expire(long beforeMs, boolean missed) {
    for (MachineLists lists : machines.values()) {
      bytes -= lists.expire(beforeMs, missed);
    }
    machines.values().removeIf(MachineLists::isEmpty);
  }

  /**
   * Takes what NATS alone has brought, in the order in which it came, after a mark if the bounds
   * have dropped some of it. What the owner alone has published stays, to be passed over.
   */
  List<Entry> takeSeen(long wallMs) {
    List<Seen> all = new ArrayList<>();
    long dropped = 0;
    for (MachineLists lists : machines.values()) {
      long more = lists.takeSeen(all);
      dropped = dropped < 0 || more < 0 ? Mark.UNKNOWN : dropped + more;
    }
    bytes = 0;
    all.sort(Comparator.comparingLong(Seen::order));
    List<Entry> entries = new ArrayList<>(all.size() + 1);
    if (dropped != 0) {
      entries.add(new Mark(GapCause.UPSTREAM, dropped, wallMs));
    }
    all.forEach(seen -> entries.add(seen.line()));
    return entries;
  }

  /** Whether nothing waits for a match. */
  boolean isEmpty() {
    return machines.values().stream().allMatch(MachineLists::isEmpty);
  }
}
