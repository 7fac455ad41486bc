package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.time.Duration;
import java.util.List;

/**
 * The owner's part: numbers what NATS brings, sends it to the standby, and once that has
 * acknowledged it, to everybody who watches.
 *
 * <p>The rules that keep a takeover without loss: with a standby that is in step nothing is
 * committed that it has not acknowledged. A standby that does not acknowledge for a second is
 * dismissed; the seconds are counted in ticks of this router, so that one that was frozen dismisses
 * nobody. An owner without a standby that was frozen asks the others before it commits again.
 */
final class Owning {

  /** A standby that is so far behind is dismissed. */
  static final long MAX_PENDING = 4 << 20;

  /** A batch ends when it holds so many entries or bytes. */
  private static final int BATCH_ENTRIES = 512;

  private static final int BATCH_BYTES = 64 * 1024;

  private final Replica r;
  private final String epoch;
  private final Watchers watchers;
  private final Standbys standbys;
  private final PendingLooks pendingLooks;
  private String heir = ""; // to whom the app is being handed over; empty if to nobody
  private final Countdown handover; // for which the heir is waited for
  private long beganWithMark = -1; // the seq of the mark with which this term began
  private final Countdown
      grace; // for those who watched at the owner before to find this one, or return
  private boolean reading;

  Owning(Replica replica, String epoch) {
    this.r = replica;
    this.epoch = epoch;
    this.watchers = new Watchers(replica);
    this.standbys = new Standbys(replica, this);
    this.pendingLooks = new PendingLooks(replica);
    Timing timing = replica.all.timing;
    this.handover = new Countdown(timing.ticks(timing.handover()));
    int find = timing.ticks(timing.renew().plus(timing.answer().multipliedBy(2)));
    int farewell = replica.all.peers.farewellTicks(); // who has stopped does not watch here
    this.grace = Countdown.started(Math.max(Math.max(find, timing.ticks(replica.held)), farewell));
    replica.held = Duration.ZERO;
  }

  /** The term in which this owner numbers. */
  String epoch() {
    return epoch;
  }

  /** Whether NATS is read for this owner. */
  boolean isReading() {
    return reading;
  }

  /** Whether lines are numbered now. */
  boolean numbers() {
    return reading && heir.isEmpty();
  }

  Watchers watchers() {
    return watchers;
  }

  Standbys standbys() {
    return standbys;
  }

  // ---- lines ----

  /** Numbers {@code entries} and sends them on their way. */
  void number(List<Entry> entries) {
    int from = 0;
    while (from < entries.size()) {
      int to = from;
      int bytes = 0;
      while (to < entries.size() && to - from < BATCH_ENTRIES && bytes < BATCH_BYTES) {
        bytes += entries.get(to++).bytes();
      }
      numberBatch(from == 0 && to == entries.size() ? entries : entries.subList(from, to));
      from = to;
    }
  }

  private void numberBatch(List<Entry> entries) {
    var batch = new LogBatch(r.app, epoch, r.localLog.last() + 1, entries);
    if (standbys.isEmpty()) {
      r.localLog.deliver(batch);
      watchers.send(batch, standbys);
      return;
    }
    r.localLog.append(batch);
    standbys.send(batch);
    commit();
    if (r.localLog.pendingBytes() > MAX_PENDING) {
      standbys.overflowed();
    }
  }

  /** Commits what the standby has; all of it without one that is in step. */
  void commit() {
    long limit = standbys.committable();
    boolean committed = false;
    while (!r.localLog.pending().isEmpty() && r.localLog.pending().element().lastSeq() <= limit) {
      LogBatch batch = r.localLog.pending().element();
      r.localLog.commitTo(batch.lastSeq());
      watchers.send(batch, standbys);
      committed = true;
    }
    if (committed) {
      standbys.committed();
      pendingLooks.reached(r.localLog.head());
    }
  }

  /** Whether anybody waits for what is numbered here, beside {@code node} which stands by. */
  boolean isAwaited(String node) {
    return r.following.wants() || watchers.hasOther(node) || !pendingLooks.isEmpty();
  }

  /** {@code node} asks how the log stands; see {@link PendingLooks} for why. */
  void look(String node, long question) {
    if (pendingLooks.add(node, question)) {
      standbys.hurry();
    } else {
      r.send(node, r.state(r.localLog.head(), question));
    }
  }

  /** A router that stands by says what it has. */
  void acked(String node, AppMessage.Ack ack) {
    standbys.acked(node, ack);
    commit();
  }

  /** Lets {@code node}, the owner before, stand by. */
  void enlistOwnerBefore(String node) {
    standbys.enlistOwnerBefore(node);
  }

  // ---- watches ----

  /** A router watches, for the first time or still. */
  void watch(String node, String knownEpoch) {
    watchers.renew(node, knownEpoch);
    read();
    watchers.answer(node);
  }

  /** A router that has waited for this term. */
  void welcome(String node, boolean watches) {
    if (watches) {
      watch(node, "");
    } else {
      r.send(node, r.state(r.localLog.head()));
    }
  }

  /** Whether anybody watches, or did so until their router was lost. */
  boolean isWanted() {
    return !watchers.isEmpty() || watchers.isHeld() || r.following.watching();
  }

  /** For how long whoever owns the app next has to read it, whether it is watched or not. */
  private Duration held() {
    return r.all.timing.lasting(Math.max(grace.left(), watchers.heldTicks()));
  }

  void unwatch(String node) {
    watchers.remove(node);
    stopReadingIfUnwatched();
  }

  /** NATS has the subscription: whatever it receives from now on comes. */
  void confirmed() {
    watchers.confirmed();
    r.following.opened(r.localLog.head());
  }

  /** Reads the app from NATS if it is not read yet. */
  void read() {
    if (reading) {
      return;
    }
    reading = true;
    if (r.localLog.last() > 0 && !r.natsSide.isSubscribed() && beganWithMark != r.localLog.last()) {
      number(List.of(new Mark(GapCause.UNWATCHED, Mark.UNKNOWN, r.all.world.wallMs())));
    }
    r.natsSide.subscribe();
    if (r.natsSide.isConfirmed()) {
      confirmed();
    }
  }

  /** Begins the term with a mark: what the owner before had numbered last is not known here. */
  void markFailover() {
    beganWithMark = r.localLog.last() + 1;
    number(List.of(new Mark(GapCause.FAILOVER, Mark.UNKNOWN, r.all.world.wallMs())));
  }

  void stopReadingIfUnwatched() {
    if (!reading || isWanted() || grace.isRunning()) {
      return;
    }
    standbys.endAll();
    commit();
    heir = "";
    reading = false;
    r.viewedMs = r.all.world.nowMs();
    r.natsSide.unsubscribeIfUnused();
  }

  // ---- time ----

  /** Leases run out, and so does the time that those have who watch; only then this one stops. */
  boolean hasNothingToDo() {
    boolean settled = !reading || (isWanted() && standbys.hasNothingToDo());
    return settled && heir.isEmpty() && watchers.isEmpty() && !watchers.isHeld();
  }

  /** Counts ticks that passed while there was nothing to do. */
  void rested(int ticks) {
    grace.pass(ticks);
  }

  void tick() {
    watchers.tick();
    grace.tick();
    stopReadingIfUnwatched();
    if (!heir.isEmpty() && handover.tick()) {
      reclaim(RoleCause.HEIR_SILENT); // the heir may have begun, and its word may be lost
      return;
    }
    if (numbers()) {
      standbys.tick();
    }
  }

  // ---- handover ----

  /** Numbers nothing more, so that {@code node} goes on. */
  void handOver(String node) {
    if (!r.all.mayHandOver()) {
      return;
    }
    heir = node;
    handover.start();
    r.all.handingOver();
    Duration held = held();
    if (held.isPositive() && r.all.keeps(Rule.HAND_OVER_THE_HOLD)) {
      r.send(node, new AppMessage.Hold(r.app, epoch, held.toMillis()));
    }
    r.send(node, new AppMessage.Handover(r.app, epoch, r.localLog.last()));
  }

  /** NATS is away from here: a standby that still reads it goes on instead. */
  void natsLost() {
    if (numbers() && standbys.inStep() && r.all.keeps(Rule.HAND_OVER_WITHOUT_NATS)) {
      handOver(standbys.first());
    }
  }

  /** Others may have gone on without this router; it asks before it commits anything more. */
  void stoodStill(boolean forLong) {
    watchers.stoodStill();
    boolean asks = forLong || !standbys.isGated();
    if (reading && asks && r.all.keeps(Rule.ASK_AFTER_STANDING_STILL)) {
      reclaim(RoleCause.STOOD_STILL);
    }
  }

  private void reclaim(RoleCause cause) {
    standbys.releaseJoining();
    r.held = held();
    watchers.names().forEach(node -> r.askers.add(node, true));
    r.reclaim(cause);
  }

  boolean handsOver() {
    return !heir.isEmpty();
  }

  /** Whether the log goes on with {@code node} right where this owner stopped for it. */
  boolean isHandedTo(String node, long after) {
    return heir.equals(node) && after == r.localLog.last();
  }
}
