package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import java.util.Map;

/**
 * The part of a router that is ready to go on where the owner stops: it reads NATS as well, keeps
 * what the owner numbers, and acknowledges it.
 *
 * <p>It is in step when NATS confirmed its subscription two seconds ago and it has the owner's
 * lines without a hole; it can go on without loss once the owner has confirmed that it commits
 * nothing without it.
 */
final class Standby {

  /** Lines of so long after a subscription may have been published by the owner before it. */
  private static final int DOUBT_MS = 1_000;

  private final Replica r;
  private final String epoch;
  private boolean enlisted; // the owner commits nothing without this router
  private boolean toldReady; // the owner has been told that this router is in step
  private boolean aligned; // both lists of each machine are known to have begun alike
  private boolean doubted; // until a moment ago
  private boolean ackDue;
  private boolean hole;
  private long handoverAt =
      -1; // where the owner stopped for this router to go on; -1 if it did not

  Standby(Replica replica) {
    this.r = replica;
    this.epoch = replica.epoch();
  }

  String epoch() {
    return epoch;
  }

  /**
   * Begins; the owner has committed up to {@code head}, and what follows comes of itself.
   *
   * @param numbered whether this router numbered the lines until now, so that nothing is in doubt
   */
  void start(long head, boolean numbered) {
    aligned = numbered;
    r.subscribe();
    if (!numbered) {
      r.matching().doubt();
      r.confirmedTicks = 0; // what another owner published does not count
      if (r.confirmed) {
        confirmed();
      }
    }
    if (r.last < head) {
      hole();
      r.following.fetch(r.owner);
    }
    ackLater();
  }

  /** The owner has committed up to {@code head}. */
  void committed(long head) {
    r.commitTo(Math.min(head, r.last));
    if (head > r.last) {
      hole();
      r.following.fetch(r.owner);
    }
  }

  /** Whether this router has everything that it would need, as far as it knows itself. */
  boolean inStep() {
    return r.confirmed
        && !hole
        && !r.all.natsAway
        && aligned
        && r.confirmedTicks >= r.all.timing.ticks(r.all.timing.settle());
  }

  /** Whatever NATS receives from now on will come here. */
  void confirmed() {
    r.matching().doubtUntil(r.all.world.nowMs() + DOUBT_MS);
  }

  /** Whether this router could go on without losing a line. */
  boolean canGoOn() {
    return enlisted && inStep();
  }

  /** The owner's lines, committed up to {@code committed}. */
  void lines(LogBatch batch, long committed) {
    if (batch.firstSeq() > r.last + 1) {
      hole();
      r.following.hold(batch);
      r.following.fetch(r.owner);
      return;
    }
    take(batch);
    r.commitTo(committed);
  }

  private void hole() {
    hole = true;
    enlisted = false;
  }

  private void take(LogBatch batch) {
    if (batch.lastSeq() > r.last) {
      LogBatch fresh = batch.slice(Math.max(batch.firstSeq(), r.last + 1), batch.lastSeq());
      r.append(fresh);
      published(fresh);
      goOnIfAsked();
    }
    ackLater();
  }

  /** Notes that the lines of {@code batch} are numbered. */
  void published(LogBatch batch) {
    for (Entry entry : batch.entries()) {
      if (entry instanceof LogLine line) {
        r.matching().published(line, r.all.world.nowMs());
      }
    }
  }

  /** A part of the log that was missing. */
  void repaired(LogBatch batch) {
    if (batch.firstSeq() <= r.last + 1) {
      take(batch);
    }
  }

  /** Nothing is missing any more before what comes next. */
  void whole() {
    if (hole) {
      hole = false;
      ackLater();
    }
  }

  /** The owner commits nothing without this router, and has published what it had read before. */
  void enlisted() {
    enlisted = inStep();
    if (enlisted && doubted) {
      doubted = false;
      r.matching().forgetDoubtfulSeen();
    }
  }

  /** NATS was away from here, or brought too much: lines are missing that the owner may have. */
  void missedLines() {
    enlisted = false;
    aligned = false;
    r.matching().clear();
    r.matching().doubt();
    confirmed();
    ackLater();
  }

  private void ackLater() {
    if (!ackDue) {
      ackDue = true;
      r.all.ackLater(this);
    }
  }

  /** Tells the owner what is here; not while this router claims the app. */
  void ack() {
    ackDue = false;
    if (r.standby == this && r.claiming == null) {
      toldReady = inStep();
      r.send(r.owner, new PeerMessage.Ack(r.app, epoch, r.last, toldReady, enlisted));
    }
  }

  /** Sees whether NATS's lines and the owner's are known to have begun with the same one. */
  private void align() {
    Timing timing = r.all.timing;
    if (!aligned && r.confirmed && r.confirmedTicks >= timing.ticks(timing.settle())) {
      aligned = r.matching().isAligned(r.all.world.nowMs(), DOUBT_MS);
      if (!aligned && r.confirmedTicks >= timing.ticks(timing.keep())) {
        aligned = true; // a machine that says the same again and again: docs/cluster.md
        r.matching().trust();
      }
      doubted = aligned;
    }
  }

  void tick() {
    if (r.all.peers.isSuspect(r.owner)) {
      r.claim(false);
      return;
    }
    align();
    if (inStep() != toldReady || (inStep() && !enlisted)) {
      ackLater();
    }
    if (hole) {
      r.following.fetch(r.owner);
    } else {
      r.following.fillHistory();
    }
  }

  /** This router was frozen: it proves anew that it is in step. */
  void stoodStill() {
    enlisted = false;
    r.confirmedTicks = 0;
    handoverAt = -1;
    ackLater();
  }

  /** The owner stopped after {@code last}, so that this router goes on. */
  void handover(long last) {
    if (canGoOn()) { // else the owner takes it back
      handoverAt = last;
      goOnIfAsked();
    }
  }

  private void goOnIfAsked() {
    if (handoverAt >= 0 && r.last >= handoverAt) {
      r.own(r.lineage.newest().counter() + 1, true, Map.of(), r.owner);
    }
  }
}
