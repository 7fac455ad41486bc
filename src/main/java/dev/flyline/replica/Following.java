package dev.flyline.replica;

import dev.flyline.bus.PeerMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.log.Member;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a router where somebody views the app: it has a watch at the owner, wherever that is,
 * and keeps its ring in step with the owner's.
 */
final class Following {

  /** How often within a tick others may send this one on to another router. */
  private static final int REDIRECTS = 3;

  /** For how long an app counts as used after somebody wanted something of it. */
  private static final Duration USE = Duration.ofMinutes(1);

  private final Replica r;
  private Owner.@Nullable Watcher watcher; // set while the app is watched here
  private @Nullable Opening watch; // set until the watch has been answered
  private List<Opening> looks = List.of();
  private final Inquiry inquiry; // for the owner, or of it
  private int attempt;
  private int redirects;
  private final Countdown renewal; // until the watch is renewed
  private final Countdown use; // for which the app counts as used here
  private long awaited = Long.MAX_VALUE; // the owner's head, once it has said it
  private boolean fresh; // the watch has just begun, so nobody here reads the ring

  Following(Replica replica) {
    this.r = replica;
    Timing timing = replica.all.timing;
    this.inquiry = new Inquiry(timing.ticksPast(timing.answer()));
    this.renewal = new Countdown(timing.ticks(timing.renew()));
    this.use = Countdown.started(timing.ticksPast(USE));
  }

  /** Somebody here who waits for the log; {@code live} is -1 if there was none when they asked. */
  private record Opening(Promise<Owner.Answer> promise, long live) {

    void answer(BlockRing ring, long head) {
      promise.tryComplete(new Owner.Answer(ring, live >= 0 ? live : head));
    }
  }

  boolean watching() {
    return watcher != null;
  }

  /** Whether somebody here may be reading the ring. */
  boolean isRead() {
    return watcher != null && watch == null;
  }

  /** Whether nobody here has wanted anything of this app for a minute. */
  boolean isIdle() {
    return !wants() && !r.history.isWaiting() && use.isOver();
  }

  private boolean isOpening() {
    return watch != null || !looks.isEmpty();
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
    fresh = r.owning() == null && looks.isEmpty();
    if (r.owning() != null) {
      r.owning().read();
      if (r.natsSide.isConfirmed()) {
        return succeeded();
      }
    }
    Opening opening = opening();
    watch = opening;
    return open(opening);
  }

  /** The log as it is, without a watch. */
  Future<Owner.Answer> look() {
    if (r.owning() != null) {
      return succeeded();
    }
    Opening opening = opening();
    if (looks.isEmpty()) {
      looks = new ArrayList<>(1);
    }
    looks.add(opening);
    return open(opening);
  }

  private Future<Owner.Answer> succeeded() {
    use.start();
    BlockRing ring = r.localLog.opened();
    return Future.succeededFuture(new Owner.Answer(ring, ring.head()));
  }

  private Opening opening() {
    return new Opening(Promise.promise(), r.owning() != null ? r.localLog.head() : -1);
  }

  private Future<Owner.Answer> open(Opening opening) {
    use.start();
    awaited = Long.MAX_VALUE; // until the owner says
    if (r.owning() == null && r.claiming() == null) {
      askOwner();
    }
    return opening.promise.future();
  }

  /** Ends the watch. */
  void unwatch() {
    endWatch();
    r.viewedMs = r.all.world.nowMs();
    if (r.owning() != null) {
      r.owning().stopReadingIfUnwatched();
    } else if (!r.owner().isEmpty()) {
      r.send(r.owner(), new PeerMessage.Unwatch(r.app));
    }
  }

  private void endWatch() {
    watcher = null;
    r.branches.end();
    Opening opening = watch;
    if (opening != null) {
      watch = null;
      r.all.later(() -> opening.promise.tryFail("nobody watches any more"));
    }
  }

  /** The log is here, and what NATS receives from now on will be: tells those who wait. */
  void opened(long head) {
    awaited = Long.MAX_VALUE;
    if (!isOpening()) {
      return;
    }
    fresh = false;
    List<Opening> all = new ArrayList<>(looks);
    if (watch != null) {
      all.add(watch);
    }
    looks = List.of();
    watch = null;
    BlockRing ring = r.localLog.opened();
    all.forEach(opening -> r.all.later(() -> opening.answer(ring, head)));
  }

  /** Others' watches apart, this router owns the app and need not wait for NATS to look at it. */
  private void looked() {
    BlockRing ring = r.localLog.opened();
    looks.forEach(opening -> r.all.later(() -> opening.answer(ring, ring.head())));
    looks = List.of();
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
    return follows && !inquiry.isOpen() && r.repair.isDone();
  }

  // ---- the owner ----

  /** Asks the owner, or whoever may know of one. */
  private void askOwner() {
    Liveness peers = r.all.peers;
    boolean known = !r.owner().isEmpty() && !r.isOwner(peers.self()) && !peers.isSuspect(r.owner());
    if (known && attempt == 0) {
      ask(r.owner());
      return;
    }
    List<Member> order = peers.order(r.app.value());
    String candidate = order.get(Math.floorMod(attempt, order.size())).node();
    if (candidate.equals(peers.self())) {
      inquiry.pause();
      r.claim(RoleCause.NO_OWNER);
    } else {
      ask(candidate);
    }
  }

  private void ask(String node) {
    inquiry.ask(node);
    renewal.start();
    String known = r.localLog.ring() == null ? "" : r.localLog.epoch();
    r.send(
        node, watcher != null ? new PeerMessage.Watch(r.app, known) : new PeerMessage.Look(r.app));
  }

  /** Somebody says who the owner is. */
  void redirected(String owner) {
    attempt = 0;
    if (wants() && !owner.equals(r.all.peers.self()) && redirects++ < REDIRECTS) {
      ask(owner);
    }
  }

  /**
   * The owner itself says how the log stands.
   *
   * @param newTerm whether it is an owner since this moment, as far as this router knows
   */
  void stands(long head, boolean newTerm) {
    boolean expected = r.isOwner(inquiry.asked()) && !newTerm;
    answered();
    BlockRing ring = r.localLog.ring();
    if (fresh && r.standby() == null && ring != null && ring.head() < head) {
      r.localLog.close();
    }
    fresh = false;
    r.localLog.open(head);
    r.repair.drain();
    reach(head);
    if (!expected) {
      watchAgain(); // it may know of no watch, or not of one in this term
    }
  }

  /** This router owns the app from here on. */
  void owned() {
    answered();
    fresh = false;
    if (r.natsSide.isConfirmed()) {
      opened(r.localLog.head());
    } else {
      looked();
    }
  }

  /** The owner is still the owner, and has committed up to {@code head}. */
  void head(long head) {
    answered();
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
    awaited = head;
    r.repair.upTo(head);
  }

  /** More is committed: enough for those who wait? */
  void reached() {
    if (r.localLog.head() >= awaited) {
      opened(awaited);
    }
  }

  /** Tells the owner that this router watches, which it may not know. */
  void watchAgain() {
    if (watcher != null && !r.owner().isEmpty() && !r.isOwner(r.all.peers.self())) {
      ask(r.owner());
    }
  }

  private void answered() {
    inquiry.pause();
    attempt = 0;
  }

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
    redirects = 0;
    rested(1);
    if (!wants() || r.claiming() != null || r.owning() != null) {
      return;
    }
    boolean overdue = inquiry.tick();
    renewal.tick();
    boolean waited = // a suspect will not answer any more
        overdue || (inquiry.isOpen() && r.all.peers.isSuspect(inquiry.asked()));
    boolean lost = r.owner().isEmpty() || r.all.peers.isSuspect(r.owner());
    if (!inquiry.isOpen() && !lost) {
      if (watcher != null ? renewal.isOver() || (isOpening() && waited) : isOpening() && waited) {
        askOwner();
      }
    } else if (waited) {
      attempt++;
      askOwner();
    }
  }
}
