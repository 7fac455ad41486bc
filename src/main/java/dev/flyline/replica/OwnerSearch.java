package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.Member;
import java.util.List;

/**
 * Finds the app's owner for those who want the log here, and asks it for a watch: the owner that is
 * known, else one after the other of the routers that may own the app. A watch is asked for again
 * before its lease runs out.
 */
final class OwnerSearch {

  /** How often within a tick others may send this one on to another router. */
  private static final int REDIRECTS = 3;

  private final Replica r;
  private final Inquiry inquiry; // for the owner, or of it
  private final Countdown renewal; // until the watch is renewed
  private int attempt; // since an owner answered
  private int redirects; // in this tick

  OwnerSearch(Replica replica) {
    this.r = replica;
    Timing timing = replica.all.timing;
    this.inquiry = new Inquiry(timing.ticksPast(timing.answer()));
    this.renewal = new Countdown(timing.ticks(timing.renew()));
  }

  /** Asks the owner, or whoever may know of one. */
  void ask() {
    if (attempt == 0 && isOwnerAlive()) {
      ask(r.owner());
      return;
    }
    List<Member> order = r.all.peers.order(r.app.value());
    String candidate = order.get(Math.floorMod(attempt, order.size())).node();
    if (candidate.equals(r.all.peers.self())) {
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
    boolean watches = r.following.watching();
    r.send(node, watches ? new AppMessage.Watch(r.app, known) : new AppMessage.Look(r.app));
  }

  /** Tells those who wait here that {@code node} is the owner, and turns to it. */
  void redirect(String node) {
    if (node.equals(r.all.peers.self())) {
      return; // nobody knows better than this router that it is not
    }
    r.ownedBy(node);
    r.askers.redirect();
    attempt = 0;
    if (r.following.wants() && redirects++ < REDIRECTS) {
      ask(node);
    }
  }

  /** Tells the owner that this router watches, which it may not know. */
  void watchAgain() {
    if (r.following.watching() && !r.owner().isEmpty() && !r.isOwner(r.all.peers.self())) {
      ask(r.owner());
    }
  }

  /** Whether the owner is known here, not suspect, and another router. */
  boolean isOwnerAlive() {
    return !r.owner().isEmpty()
        && !r.isOwner(r.all.peers.self())
        && !r.all.peers.isSuspect(r.owner());
  }

  /** Whether it is the owner whose answer is waited for. */
  boolean isOfOwner() {
    return r.isOwner(inquiry.asked());
  }

  /** Whether an answer is waited for. */
  boolean isOpen() {
    return inquiry.isOpen();
  }

  /** The owner has answered, or this router owns the app itself. */
  void found() {
    inquiry.pause();
    attempt = 0;
  }

  void tick() {
    redirects = 0;
    if (!r.following.wants() || r.claiming() != null || r.owning() != null) {
      return;
    }
    boolean overdue = inquiry.tick();
    boolean renewalDue = renewal.tick() && r.following.watching();
    boolean waited = // a suspect will not answer any more
        overdue || (inquiry.isOpen() && r.all.peers.isSuspect(inquiry.asked()));
    boolean lost = r.owner().isEmpty() || r.all.peers.isSuspect(r.owner());
    if (!inquiry.isOpen() && !lost) {
      if (renewalDue || (r.following.isOpening() && waited)) {
        ask();
      }
    } else if (waited) {
      attempt++;
      ask();
    }
  }
}
