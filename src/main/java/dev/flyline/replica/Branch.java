package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Machine;
import dev.flyline.log.Mark;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What was shown here of a branch that is no part of the log any more, and how far the log has to
 * come until it holds all of that.
 *
 * <p>Both sides of a partition read the same lines from NATS and number them on their own. Whoever
 * saw this side's numbers goes on where the log has the last of these lines of every machine: NATS
 * keeps each machine's order, so what comes after was not shown here. What other machines had in
 * between on the log's side alone is within the gap that is told.
 */
final class Branch {

  private final Map<Machine, Long> lastShown = new HashMap<>(); // the hash of each one's last line
  private final Map<Machine, Long> missing; // those whose last line the log does not have yet
  private long after;
  private long leftAfter; // where viewers went on in the log
  private final Countdown patience; // until what is missing is given up

  /**
   * Begins to look for what {@code ring} has shown after {@code valid}.
   *
   * @param before a branch that viewers left before, if something of it was not found: this log may
   *     have it
   * @param ticks after which what has not been found is given up: the log does not have it
   */
  Branch(BlockRing ring, long valid, @Nullable Branch before, int ticks) {
    this.patience = Countdown.started(ticks);
    this.after = valid;
    for (LogBatch batch :
        RingSlices.from(ring, Math.max(valid + 1, ring.oldest()), Integer.MAX_VALUE)) {
      shown(batch);
    }
    if (before != null) {
      Map<Machine, Long> still = new HashMap<>(before.missing);
      still.keySet().removeAll(machines(ring, before.leftAfter)); // shown more of these since
      lastShown.putAll(still); // what viewers passed over then came before these
    }
    missing = new HashMap<>(lastShown);
  }

  private void shown(LogBatch batch) {
    for (Entry entry : batch.entries()) {
      if (entry instanceof LogLine line) {
        lastShown.put(Machine.of(line), MachineLists.hash(line));
      }
    }
  }

  /** The machines of which {@code ring} has lines after {@code seq}. */
  private static Set<Machine> machines(BlockRing ring, long seq) {
    Set<Machine> machines = new HashSet<>();
    for (LogBatch batch :
        RingSlices.from(ring, Math.max(seq + 1, ring.oldest()), Integer.MAX_VALUE)) {
      for (Entry entry : batch.entries()) {
        if (entry instanceof LogLine line) {
          machines.add(Machine.of(line));
        }
      }
    }
    return machines;
  }

  /** The log has {@code batch}. */
  void has(LogBatch batch) {
    long seq = batch.firstSeq();
    for (Entry entry : batch.entries()) {
      switch (entry) {
        case LogLine line -> {
          if (missing.remove(Machine.of(line), MachineLists.hash(line))) {
            after = Math.max(after, seq);
          }
        }
        case Mark mark -> {
          if (mark.cause() == GapCause.FAILOVER) {
            missing.putAll(lastShown); // whoever went on here may say again what came before
          }
        }
      }
      seq++;
    }
  }

  /** Lets a tick pass. */
  void tick() {
    patience.tick();
  }

  /** Whether the log has all that was shown, or will not get it. */
  boolean isFound() {
    return isWhole() || patience.isOver();
  }

  /** Whether the log has all that was shown. */
  boolean isWhole() {
    return missing.isEmpty();
  }

  /**
   * Leaves the branch; returns the seq after which nothing is in the log that was shown in it.
   *
   * @param head the log's, up to which all is skipped if something was never found
   */
  long leave(long head) {
    leftAfter = isWhole() ? after : Math.max(after, head);
    return leftAfter;
  }
}
