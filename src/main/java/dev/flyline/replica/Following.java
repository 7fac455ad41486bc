package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The part of a router where somebody views the app: it has a watch at the owner, wherever that is,
 * and keeps its ring in step with the owner's.
 */
final class Following {

  /** For how long an app counts as used after somebody wanted something of it. */
  private static final Duration USE = Duration.ofMinutes(1);

  private final Replica r;
  private final Openings openings;
  private final Countdown use; // for which the app counts as used here
  private Owner.@Nullable Watcher watcher; // set while the app is watched here
  private boolean fresh; // the watch has just begun, so nobody here reads the ring

  Following(Replica replica) {
    this.r = replica;
    this.openings = new Openings(replica);
    this.use = Countdown.started(replica.all.timing.ticksPast(USE));
  }

  boolean watching() {
    return watcher != null;
  }

  /** Whether somebody here may be reading the ring. */
  boolean isRead() {
    return watcher != null && !openings.hasWatch();
  }

  /** Whether nobody here has wanted anything of this app for a minute. */
  boolean isIdle() {
    return !wants() && !r.history.isWaiting() && use.isOver();
  }

  /** Whether somebody here waits for the log. */
  boolean isOpening() {
    return !openings.isEmpty();
  }

  /** Whether somebody here views the app or waits for its log. */
  boolean wants() {
    return watcher != null || isOpening() || r.catchUp.isWaiting();
  }

  // ---- those here ----

  /** Begins a watch. */
  Future<Owner.Answer> watch(Owner.Watcher by) {
    endWatch();
    watcher = by;
    fresh = r.owning() == null && !openings.hasLooks();
    if (r.owning() != null) {
      r.owning().read();
      if (r.natsSide.isConfirmed()) {
        return succeeded();
      }
    }
    return open(openings.addWatch());
  }

  /** The log as it is, without a watch. */
  Future<Owner.Answer> look() {
    return r.owning() != null ? succeeded() : open(openings.addLook());
  }

  private Future<Owner.Answer> succeeded() {
    use.start();
    BlockRing ring = r.localLog.opened();
    return Future.succeededFuture(new Owner.Answer(ring, ring.head()));
  }

  private Future<Owner.Answer> open(Future<Owner.Answer> answer) {
    use.start();
    if (r.owning() == null && r.claiming() == null) {
      r.search.ask();
    }
    return answer;
  }

  /** Ends the watch. */
  void unwatch() {
    endWatch();
    r.viewedMs = r.all.world.nowMs();
    if (r.owning() != null) {
      r.owning().stopReadingIfUnwatched();
    } else if (!r.owner().isEmpty()) {
      r.send(r.owner(), new AppMessage.Unwatch(r.app));
    }
  }

  private void endWatch() {
    watcher = null;
    r.branches.end();
    openings.dropWatch();
  }

  /** The log is here, and what NATS receives from now on will be: tells those who wait. */
  void opened(long head) {
    fresh &= openings.isEmpty();
    openings.opened(head);
  }

  /** The log branched off before its head: whoever waits for it gets the one that is here now. */
  void branched() {
    fresh = false;
  }

  /** Viewers who saw more than the log has in common with it go on after {@code after}. */
  void replaced(BlockRing ring, long after) {
    Owner.Watcher by = watcher;
    if (by != null) {
      r.all.later(() -> by.replaced(ring, after));
    }
  }

  /** Whether what is here is all that there is, but for what is on its way. */
  boolean isInTouch() {
    boolean follows = !r.owner().isEmpty() && !r.all.peers.isSuspect(r.owner());
    return follows && !r.search.isOpen() && r.repair.isDone();
  }

  // ---- the owner ----

  /**
   * The owner itself says how the log stands.
   *
   * @param newTerm whether it is an owner since this moment, as far as this router knows
   */
  void stands(long head, boolean newTerm) {
    boolean expected = r.search.isOfOwner() && !newTerm;
    r.search.found();
    BlockRing ring = r.localLog.ring();
    if (fresh && r.standby() == null && ring != null && ring.head() < head) {
      r.localLog.close();
    }
    fresh = false;
    r.localLog.open(head);
    r.repair.drain();
    reach(head);
    if (!expected) {
      r.search.watchAgain(); // it may know of no watch, or not of one in this term
    }
  }

  /** This router owns the app from here on. */
  void owned() {
    r.search.found();
    fresh = false;
    if (r.natsSide.isConfirmed()) {
      opened(r.localLog.head());
    } else {
      openings.looked(); // only a watch has to wait for NATS
    }
  }

  /** The owner is still the owner, and has committed up to {@code head}. */
  void head(long head) {
    r.search.found();
    if (r.localLog.ring() != null) {
      reach(head);
    }
  }

  /** Gets what is missing up to {@code head}, and tells those who wait when it is here. */
  private void reach(long head) {
    if (r.localLog.head() >= head) {
      opened(head);
      return;
    }
    openings.await(head);
    r.repair.upTo(head);
  }

  /** More is committed: enough for those who wait? */
  void reached() {
    if (r.localLog.head() >= openings.awaited()) {
      opened(openings.awaited());
    }
  }

  // ---- time ----

  /** Whether nobody waits for another router to own the app, or for its lines. */
  boolean hasNothingToDo() {
    return !wants();
  }

  /** Counts ticks that passed while there was nothing to do. */
  void rested(int ticks) {
    if (wants()) {
      use.start();
    } else {
      use.pass(ticks);
    }
  }

  void tick() {
    rested(1);
    r.search.tick();
  }
}
