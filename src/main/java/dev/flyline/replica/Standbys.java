package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who stands by for this owner. There is one standby, without whose acknowledgement nothing is
 * committed once it is in step; and at times another one that is to take its place when it is in
 * step itself.
 */
final class Standbys {

  private final Replica r;
  private final Owning owning;
  private @Nullable Slot standby;
  private @Nullable Slot joining; // to become the standby when it is in step
  private String dismissed = ""; // a moment ago
  private final Countdown avoidance; // for which the dismissed one is not chosen again
  private int placedVersion = -1; // of the members, when the placement was last looked at
  private boolean wantsHandover; // the app belongs elsewhere

  Standbys(Replica replica, Owning owning) {
    this.r = replica;
    this.owning = owning;
    this.avoidance = new Countdown(replica.all.timing.ticks(replica.all.timing.silence()));
  }

  /** A router that stands by, or is about to. */
  private static final class Slot {
    final String node;
    boolean gate; // nothing is committed that it has not acknowledged
    boolean ready; // it says that it could go on
    boolean shows; // it knows that it is the gate, so what it has is committed, for it as well
    boolean headDue; // it does not know yet what is committed
    long acked;
    final Countdown owing; // an acknowledgement, until it is dismissed for that
    final Countdown patience; // for one that joins

    Slot(String node, Timing timing) {
      this.node = node;
      this.owing = Countdown.started(timing.ticksPast(timing.dismissal()));
      this.patience = Countdown.started(timing.ticksPast(timing.keep().multipliedBy(2)));
    }
  }

  // ---- who ----

  private @Nullable Slot slot(String node) {
    return standby != null && standby.node.equals(node)
        ? standby
        : joining != null && joining.node.equals(node) ? joining : null;
  }

  boolean has(String node) {
    return slot(node) != null;
  }

  boolean isEmpty() {
    return standby == null && joining == null;
  }

  /** Who stands by, or is about to; empty if nobody. */
  String first() {
    return standby != null ? standby.node : joining != null ? joining.node : "";
  }

  /** Whether nothing is committed without the standby. */
  boolean isGated() {
    return standby != null && standby.gate;
  }

  /** Whether the standby could go on without losing a line. */
  boolean inStep() {
    boolean able = standby != null && standby.gate && standby.ready;
    return able || (!isEmpty() && !r.all.keeps(Rule.HAND_OVER_IN_STEP));
  }

  /** Up to where lines may be committed. */
  long committable() {
    boolean waits = r.all.keeps(Rule.COMMIT_ON_ACKNOWLEDGEMENT);
    return waits && standby != null && standby.gate ? standby.acked : r.localLog.last();
  }

  // ---- lines ----

  /** Sends numbered lines to those who stand by. */
  void send(LogBatch batch) {
    if (standby != null) {
      boolean awaited = !standby.shows || owning.isAwaited(standby.node);
      r.send(standby.node, new AppMessage.Lines(batch, r.localLog.head(), awaited));
    }
    if (joining != null) {
      r.send(joining.node, new AppMessage.Lines(batch, r.localLog.head(), true));
    }
  }

  /** Lets the standby acknowledge what it has now. */
  void hurry() {
    if (isGated()) {
      r.send(first(), new AppMessage.Look(r.app));
    }
  }

  /** The standby is too far behind. */
  void overflowed() {
    if (standby != null) {
      dismiss(standby);
    }
  }

  /**
   * More is committed. Those who show the lines to people learn that at once, if they cannot know
   * it before this owner does.
   */
  void committed() {
    headDue(standby);
    headDue(joining);
  }

  private void headDue(@Nullable Slot slot) {
    if (slot == null || slot.shows) {
      return;
    }
    if (owning.watchers().contains(slot.node)) {
      sendHead(slot);
    } else {
      slot.headDue = true;
    }
  }

  private void sendHead(Slot slot) {
    slot.headDue = false;
    r.send(slot.node, new AppMessage.Head(r.app, r.localLog.epoch(), r.localLog.head()));
  }

  /** {@code node} says what it has. */
  void acked(String node, AppMessage.Ack ack) {
    Slot slot = slot(node);
    if (slot == null) {
      r.send(node, new AppMessage.Release(r.app, r.localLog.epoch()));
      return;
    }
    slot.acked = Math.clamp(ack.head(), slot.acked, Math.max(slot.acked, r.localLog.last()));
    slot.owing.start();
    slot.ready = ack.inStep();
    slot.headDue |= slot.shows && !ack.enlisted();
    slot.shows = ack.enlisted();
    if (slot.ready && !ack.enlisted() && !isHeldUp(slot)) {
      confirm(slot);
    }
  }

  /** One that leaves goes when its place is taken, but has older lines yet that are wanted here. */
  private boolean isHeldUp(Slot slot) {
    return slot == joining
        && standby != null
        && r.all.peers.isStopping(standby.node)
        && !r.localLog.opened().complete();
  }

  private void confirm(Slot slot) {
    if (r.all.natsAway) { // what both have missed is told before the standby counts as in step
      owning.number(List.of(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, r.all.world.wallMs())));
    }
    slot.gate = true;
    r.send(slot.node, new AppMessage.Enlisted(r.app, r.localLog.epoch()));
    if (slot == joining) {
      end(standby);
      standby = slot;
      joining = null;
      placedVersion = -1;
    }
  }

  // ---- coming and going ----

  /** Sends {@code node} the log from the last committed line on, so that it can stand by. */
  void enlist(String node) {
    joining = new Slot(node, r.all.timing);
    r.send(node, new AppMessage.Enlist(r.app, r.localLog.lineage(), r.localLog.head()));
    for (LogBatch batch : r.localLog.pending()) {
      r.send(node, new AppMessage.Lines(batch, r.localLog.head(), true));
    }
  }

  /**
   * Lets {@code node}, which has handed the app over, stand by. It has all that was numbered, and
   * nothing is committed without it from the first line on: if this owner dies at once, nobody has
   * seen a line that {@code node} lacks.
   */
  void enlistOwnerBefore(String node) {
    enlist(node);
    standby = joining;
    joining = null;
    if (standby != null) {
      standby.gate = true;
    }
    r.send(node, new AppMessage.Enlisted(r.app, r.localLog.epoch()));
  }

  private void dismiss(Slot slot) {
    release(slot);
    dismissed = slot.node;
    avoidance.start();
    if (slot == standby) {
      standby = null;
    } else {
      joining = null;
    }
    owning.commit();
  }

  /** Nobody can take the place of a standby that is about to leave: it need not wait for that. */
  private void letGo() {
    end(standby);
    standby = null;
    owning.commit();
  }

  private void release(@Nullable Slot slot) {
    if (slot != null) {
      r.send(slot.node, new AppMessage.Release(r.app, r.localLog.epoch()));
    }
  }

  /** Goes on without the one that was to take the standby's place. */
  void releaseJoining() {
    release(joining);
    joining = null;
  }

  private void end(@Nullable Slot slot) {
    if (slot != null) {
      r.send(slot.node, new AppMessage.Unwatch(r.app));
    }
  }

  /** Needs nobody any more. */
  void endAll() {
    end(standby);
    end(joining);
    standby = null;
    joining = null;
    placedVersion = -1;
  }

  // ---- time ----

  /** Whether all is as it should be: a standby that has everything, or nobody who could be one. */
  boolean hasNothingToDo() {
    Liveness peers = r.all.peers;
    if (isEmpty()) {
      return peers.isAlone() && avoidance.isOver();
    }
    Slot slot = standby;
    return slot != null
        && joining == null
        && slot.gate
        && !slot.headDue
        && slot.acked >= r.localLog.last()
        && avoidance.isOver()
        && placedVersion == placing()
        && !wantsHandover
        && !peers.isStopping(slot.node)
        && !peers.isSuspect(slot.node)
        && !mustGo();
  }

  /** Whether another router should own the app, wherever it belongs. */
  private boolean mustGo() {
    boolean unread = r.all.natsAway || r.natsSide.isRefused();
    boolean away = unread && r.all.keeps(Rule.HAND_OVER_WITHOUT_NATS);
    return r.all.peers.isStopping() || away;
  }

  /** What the placement depends on: the members, and whether they have stayed the same. */
  private int placing() {
    return r.all.peers.version() * 2 + (r.all.peers.isCalm() ? 1 : 0);
  }

  void tick() {
    tick(standby);
    tick(joining);
    place();
  }

  private void tick(@Nullable Slot slot) {
    if (slot == null) {
      return;
    }
    slot.patience.tick();
    if (slot.headDue) {
      sendHead(slot);
    }
    boolean late = slot.owing.tickWhile(slot.acked < r.localLog.last());
    boolean joinsTooLong = slot == joining && slot.patience.isOver();
    if (late || joinsTooLong || r.all.peers.isSuspect(slot.node)) {
      dismiss(slot);
    }
  }

  /** Sees to it that there is a standby, and that the app is where it belongs. */
  private void place() {
    avoidance.tick();
    Liveness peers = r.all.peers;
    boolean leaves = standby != null && peers.isStopping(standby.node);
    if (inStep() && mustGo() && !leaves) {
      owning.handOver(first());
      return;
    }
    if (isEmpty() && peers.isAlone()) {
      return; // it belongs here, and nobody can stand by
    }
    int version = placing();
    if (isGated() && version == placedVersion && !wantsHandover && !leaves) {
      return;
    }
    placedVersion = version;
    String best = peers.order(r.app.value()).getFirst().node();
    wantsHandover = peers.isCalm() && !best.equals(peers.self());
    if (wantsHandover && isGated() && first().equals(best)) {
      if (inStep()) {
        owning.handOver(best);
      }
    } else if (joining == null) {
      enlistNext(best, leaves);
    }
  }

  private void enlistNext(String best, boolean leaves) {
    Liveness peers = r.all.peers;
    String now = standby != null ? standby.node : "";
    if (wantsHandover) {
      if (!now.equals(best)) {
        enlist(best);
      }
    } else if (now.isEmpty() || leaves) {
      String but = now.isEmpty() && avoidance.isRunning() ? dismissed : now;
      Optional<String> next = peers.standby(r.app.value(), peers.self(), but);
      next.ifPresent(this::enlist);
      if (next.isEmpty() && leaves && r.localLog.opened().complete()) {
        letGo();
      }
    } else if (peers.isCalm()) { // each line waits for it, so a near one is worth the change
      String but = avoidance.isRunning() ? dismissed : "";
      peers
          .standby(r.app.value(), peers.self(), but)
          .filter(better -> !better.equals(now))
          .ifPresent(this::enlist);
    }
  }
}
