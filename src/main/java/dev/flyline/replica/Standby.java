package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.time.Duration;

/**
 * The part of a router that is ready to go on where the owner stops: it reads NATS as well, keeps
 * what the owner numbers, and acknowledges it. What it keeps is committed by that, so it shows that
 * at once, as soon as it knows that the owner commits nothing without it.
 *
 * <p>It is in step when NATS confirmed its subscription two seconds ago, both lists of every
 * machine are known to have begun alike, and it has the owner's lines without a hole; it can go on
 * without loss once the owner has confirmed that it commits nothing without it. When the owner
 * dismisses it, it reads on for a while: until another one is in step, it is the best that there
 * is.
 */
final class Standby {

  /** Lines of so long after a subscription may have been published by the owner before it. */
  private static final Duration DOUBT = Duration.ofSeconds(1);

  private final Replica r;
  private final String epoch;
  private final Acknowledging acks;
  private boolean aligned; // both lists of each machine are known to have begun alike
  private boolean doubted; // until a moment ago
  private boolean hole;
  private long committed; // up to where the owner has, as far as is known here
  private boolean enlisted; // the owner commits nothing without this router
  private final Countdown dismissal; // for which this router reads on; over if it is not dismissed
  private Countdown pause = Countdown.over(); // until it claims the app again
  private int pauseTicks; // how long it waited before the last claim; 0 while the owner is heard
  private long handoverAt = -1; // where the owner stopped for this router to go on

  Standby(Replica replica) {
    this.r = replica;
    this.epoch = replica.localLog.epoch();
    this.dismissal = new Countdown(replica.all.timing.ticks(replica.all.timing.keep()));
    this.acks = new Acknowledging(replica, this);
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
    r.natsSide.subscribe();
    if (!numbered) {
      r.natsSide.matching().doubt();
      r.natsSide.unsteady(); // what another owner published does not count
      if (r.natsSide.isConfirmed()) {
        confirmed();
      }
    }
    committed(head);
    ackLater();
  }

  /** The owner wants this router after all, and has committed up to {@code head}. */
  void again(long head) {
    dismissal.stop();
    enlisted = false;
    committed(head);
    ackLater();
  }

  /** Whatever NATS receives from now on will come here. */
  void confirmed() {
    r.natsSide.matching().doubtUntil(r.all.world.nowMs() + DOUBT.toMillis());
  }

  // ---- whether it could go on ----

  /** Whether this router has everything that it would need, as far as it knows itself. */
  boolean inStep() {
    return !hole && reads();
  }

  private boolean reads() {
    if (!r.all.keeps(Rule.BE_IN_STEP_BEFORE_STANDING_BY)) {
      return r.natsSide.isConfirmed();
    }
    return aligned && !r.all.natsAway && r.natsSide.isSteady();
  }

  /** Whether this router could go on without losing a line. */
  boolean canGoOn() {
    return enlisted && (inStep() || (isDismissed() && reads()));
  }

  /** Whether this router could go on, and all that NATS and the owner say is comparable. */
  boolean isSettled() {
    return aligned && !doubted && !isDismissed() && canGoOn();
  }

  /** The owner commits nothing without this router, and has published what it had read before. */
  void enlisted() {
    enlisted = !isDismissed() && inStep();
    commit();
    if (enlisted && doubted) {
      doubted = false;
      r.natsSide.matching().forgetDoubtfulSeen();
    }
  }

  /** One side has lines that the other will never have: both begin anew. */
  void missedLines() {
    enlisted = false;
    aligned = false;
    r.natsSide.matching().clear();
    r.natsSide.matching().doubt();
    confirmed();
    ackLater();
  }

  // ---- lines ----

  /** The owner has committed up to {@code head}. */
  void committed(long head) {
    committed = Math.max(committed, head);
    commit();
    if (committed > r.localLog.last()) {
      hole();
    }
  }

  /**
   * Shows what is committed. If the owner commits nothing without this router, that is all that is
   * here: the owner's log has it, and whoever claims the app asks this router, or is it.
   */
  private void commit() {
    r.localLog.commitTo(isGate() ? r.localLog.last() : Math.min(committed, r.localLog.last()));
  }

  private boolean isGate() {
    return enlisted && acknowledges();
  }

  /** The owner's lines. */
  void lines(AppMessage.Lines lines) {
    LogBatch batch = lines.batch();
    committed = Math.max(committed, lines.committed());
    if (batch.firstSeq() > r.localLog.last() + 1) {
      r.repair.hold(batch);
      hole();
      return;
    }
    take(batch, lines.awaited());
  }

  private void hole() {
    hole = true;
    enlisted &= isDismissed();
    r.repair.fetch(r.owner());
  }

  private void take(LogBatch batch, boolean awaited) {
    if (batch.lastSeq() > r.localLog.last() && !r.localLog.isFull()) {
      LogBatch fresh =
          batch.slice(Math.max(batch.firstSeq(), r.localLog.last() + 1), batch.lastSeq());
      r.localLog.append(fresh);
      acks.took(fresh.bytes());
      published(fresh);
    }
    commit();
    goOnIfAsked();
    if (awaited || !isGate() || acks.isMuch()) {
      ackLater();
    }
  }

  /** Notes that the lines of {@code batch} are numbered. */
  void published(LogBatch batch) {
    for (Entry entry : batch.entries()) {
      switch (entry) {
        case LogLine line -> {
          if (!r.natsSide.matching().published(line, r.all.world.nowMs())) {
            missedLines();
          }
        }
        case Mark mark -> {
          if (mark.cause() == GapCause.UNWATCHED) {
            r.natsSide.unsteady(); // the owner has read anew
            missedLines();
          }
        }
      }
    }
  }

  /** A part of the log that was missing. */
  void repaired(LogBatch batch) {
    if (batch.firstSeq() <= r.localLog.last() + 1) {
      take(batch, true);
    }
  }

  /** Nothing is missing any more before what comes next. */
  void whole() {
    if (hole) {
      hole = false;
      ackLater();
    }
  }

  // ---- acknowledging ----

  /** Whether what comes from the owner is acknowledged; not while this router claims the app. */
  boolean acknowledges() {
    return r.claiming() == null && !isDismissed();
  }

  /** Whether the owner has said that it commits nothing without this router. */
  boolean isEnlisted() {
    return enlisted;
  }

  /** Acknowledges what is here when the turn ends. */
  void ackLater() {
    acks.later();
  }

  // ---- time ----

  void tick() {
    if (isDismissed() && dismissal.tick()) {
      r.standDown();
      return;
    }
    pause.tick();
    if (r.all.peers.isSuspect(r.owner())) {
      if (pause.isOver()) { // or others hear the owner still
        claimAgainLater();
        r.claim(RoleCause.OWNER_SILENT);
      }
      return;
    }
    pauseTicks = 0;
    align();
    acks.tick();
    if (hole) {
      r.repair.fetch(r.owner());
    } else {
      r.history.fill();
    }
  }

  /**
   * Those who still heard the owner a moment ago will soon not; who hears it for longer is asked
   * less and less often.
   */
  private void claimAgainLater() {
    int longest = r.all.timing.ticks(r.all.timing.answer());
    pauseTicks = Math.clamp(2L * pauseTicks, 1, longest);
    pause = Countdown.started(pauseTicks);
  }

  /** Sees whether NATS's lines and the owner's are known to have begun with the same one. */
  private void align() {
    if (aligned || !r.natsSide.isSteady()) {
      return;
    }
    Matching lists = r.natsSide.matching();
    boolean apart = !lists.isAligned(r.all.world.nowMs(), DOUBT.toMillis());
    if (apart && r.all.keeps(Rule.ALIGN_LISTS)) {
      if (!r.natsSide.isSteadyForLong()) {
        return;
      }
      lists.trust(); // a machine that says the same again and again: docs/cluster.md
    }
    aligned = true;
    doubted = true;
  }

  /** Whether the owner has dismissed this router, which reads on for a while. */
  private boolean isDismissed() {
    return dismissal.isRunning();
  }

  /** The owner dismisses this router. */
  void dismissed() {
    if (canGoOn() && r.all.keeps(Rule.READ_ON_WHEN_DISMISSED)) {
      dismissal.start();
      handoverAt = -1;
      r.search.watchAgain(); // what is here already is committed without this router
    } else {
      r.standDown();
    }
  }

  /** This router was frozen: it proves anew that it is in step. */
  void stoodStill() {
    enlisted = false;
    r.natsSide.unsteady();
    handoverAt = -1;
    ackLater();
  }

  // ---- handover ----

  /** The owner stopped after {@code last}, so that this router goes on. */
  void handover(long last) {
    boolean able = canGoOn() || !r.all.keeps(Rule.HAND_OVER_IN_STEP);
    if (able && !isDismissed()) { // else the owner takes it back
      handoverAt = last;
      goOnIfAsked();
    }
  }

  private void goOnIfAsked() {
    if (handoverAt >= 0 && r.localLog.last() >= handoverAt) {
      r.history.source(r.owner()); // of what has not come yet
      Takeover.handedOver(r, r.owner());
    }
  }
}
