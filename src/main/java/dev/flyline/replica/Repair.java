package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.LogBatch;
import java.util.ArrayDeque;
import java.util.Queue;

/**
 * Gets what is missing after the last line here. If a batch does not follow that line, whoever has
 * what lies between is asked for it, in chunks and again after a second, and at most {@link
 * #HELD_BYTES} of what comes meanwhile are held.
 */
final class Repair {

  static final long HELD_BYTES = 1 << 20;

  private final Replica r;
  private final Queue<LogBatch> held = new ArrayDeque<>(0);
  private long heldBytes;
  private long known; // how far the owner says that the log goes
  private final Inquiry inquiry; // for the lines that are missing
  private final Countdown unknown; // until what is held of a term not learnt yet is let go

  Repair(Replica replica) {
    this.r = replica;
    this.inquiry = new Inquiry(replica.all.timing.ticksPast(replica.all.timing.answer()));
    this.unknown = Countdown.started(replica.all.timing.ticksPast(replica.all.timing.answer()));
  }

  /** Committed lines from the owner. */
  void lines(LogBatch batch) {
    if (r.localLog.ring() == null) {
      hold(batch);
    } else if (batch.firstSeq() <= r.localLog.last() + 1) {
      r.localLog.deliverRest(batch);
      drain();
    } else {
      hold(batch);
      fetch(r.owner());
    }
  }

  /** Whether nothing is known to be missing. */
  boolean isDone() {
    return !inquiry.isOpen() && held.isEmpty() && known <= r.localLog.head();
  }

  /** Keeps lines that others come before. */
  void hold(LogBatch batch) {
    if (heldBytes + batch.bytes() <= HELD_BYTES) {
      held.add(batch);
      heldBytes += batch.bytes();
    } // else: the owner has it, and what comes next will show that it is missing
  }

  long heldBytes() {
    return heldBytes;
  }

  /** Takes what is held and follows now. */
  void drain() {
    while (!held.isEmpty()) {
      int order = r.localLog.compare(held.element().epoch());
      if (order > 0 || (order == 0 && held.element().firstSeq() > r.localLog.last() + 1)) {
        return; // its term is still to be learnt, or lines before it are still to come
      }
      LogBatch batch = held.remove();
      heldBytes -= batch.bytes();
      if (order == 0) { // else it is of a branch
        take(batch);
      }
    }
  }

  private void take(LogBatch batch) {
    if (r.standby() != null) {
      r.standby().repaired(batch);
    } else {
      r.localLog.deliverRest(batch);
    }
  }

  /** The owner says that the log goes up to {@code head}. */
  void upTo(long head) {
    known = head;
    if (r.localLog.last() < head) {
      fetch(r.owner());
    }
  }

  /** Asks {@code node} for what comes after the last line here, unless that is on its way. */
  void fetch(String node) {
    if (!inquiry.isOpen() && !node.isEmpty() && !node.equals(r.all.peers.self())) {
      inquiry.ask(node);
      r.send(node, new AppMessage.Fetch(r.app, r.localLog.epoch(), r.localLog.last() + 1, 0));
    }
  }

  /** A part of the log that was asked for. */
  void range(String from, AppMessage.Range range) {
    if (!inquiry.isTo(from) || r.localLog.ring() == null) {
      return;
    }
    inquiry.close();
    Claiming claim = r.claiming();
    if (claim != null && claim.fillsFrom(from)) {
      claim.fill(range);
      return;
    }
    AppMessage.Lost lost = range.lost();
    if (range.first() > r.localLog.last() + 1) {
      if (lost == null) { // asked for when there was more here, which was not committed: not taken
        fetch(from);
        return;
      }
      r.localLog.commitTo(r.localLog.last()); // as the owner has, which has let go of it since
      r.localLog.skipTo(range.first() - 1, lost.marks());
    }
    long before = r.localLog.last();
    range.batches().forEach(this::take);
    drain();
    if (r.localLog.last() > before && (range.more() || !held.isEmpty())) {
      fetch(from);
    } else if (held.isEmpty() && r.standby() != null) {
      r.standby().whole();
    }
  }

  /** What was asked for a claim is not taken any more: it may not be committed. */
  void claimDropped() {
    inquiry.close();
  }

  /** The log is in a new term: what was asked for in the one before will not come. */
  void newTerm() {
    inquiry.close();
    known = 0;
  }

  /** This router owns the log: nothing is missing. */
  void owned() {
    inquiry.close();
    held.clear();
    heldBytes = 0;
  }

  /** Lets go of lines of a term of which nothing more was heard: maybe it never was. */
  private void dropUnknown() {
    if (unknown.tickWhile(!held.isEmpty() && r.localLog.compare(held.element().epoch()) > 0)) {
      heldBytes -= held.remove().bytes();
      if (r.localLog.ring() != null) {
        drain();
      }
    }
  }

  boolean hasNothingToDo() {
    return !inquiry.isOpen()
        && held.isEmpty()
        && (r.owning() != null || known <= r.localLog.last());
  }

  void tick() {
    dropUnknown();
    if (inquiry.tick()) {
      inquiry.close();
    }
    boolean fetches = r.claiming() == null && r.owning() == null && r.localLog.ring() != null;
    boolean missing = !held.isEmpty() || known > r.localLog.last();
    if (fetches && missing && !r.all.peers.isSuspect(r.owner())) {
      fetch(r.owner());
    }
  }
}
