package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.Entry;
import dev.flyline.log.Term;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a router begins to own an app: with a claim that nobody contested, or as the heir of the
 * owner before it. Either way it begins a term and announces it to every other router.
 */
final class Takeover {

  private static final Logger log = LoggerFactory.getLogger(Takeover.class);

  private Takeover() {}

  /**
   * The claim has succeeded.
   *
   * @param counter of the term that begins
   * @param complete whether this router has everything that was numbered before
   * @param watching routers that watch the app
   */
  static void claimed(Replica r, long counter, boolean complete, List<String> watching) {
    boolean first = r.localLog.lineage().isEmpty();
    if (!first && !isOwnTerm(r) && r.all.keeps(Rule.HOLD_AFTER_A_TAKEOVER)) {
      hold(r, r.all.timing.hold());
    }
    Term term = begin(r, counter);
    Owning owning = r.own(RoleCause.CLAIMED);
    announce(r);
    if (!complete && !first && r.all.keeps(Rule.MARK_A_LOSS)) {
      log.info("{}: {} begins after {}, maybe with a loss", r.app, term.epoch(), term.after());
      owning.markFailover();
    } else {
      log.debug("{}: {} begins after {}", r.app, term.epoch(), term.after());
    }
    watching.forEach(node -> owning.welcome(node, true));
    goOn(r, owning, complete);
  }

  /** {@code before}, the owner until now, has stopped so that this router goes on. */
  static void handedOver(Replica r, String before) {
    Term term = begin(r, r.localLog.counter() + 1);
    Owning owning = r.own(RoleCause.HANDED_OVER);
    owning.enlistOwnerBefore(before); // before it learns of the term, so that it reads on
    announce(r);
    log.debug("{}: {} begins after {}", r.app, term.epoch(), term.after());
    goOn(r, owning, true);
  }

  /**
   * Whoever owned the app before may have gone with viewers that nobody else knows of: they come
   * back, so the next term reads on for {@code time}, or as long as a hold lasts at most.
   */
  static void hold(Replica r, Duration time) {
    Duration most = r.all.timing.hold();
    Duration bounded = time.compareTo(most) < 0 ? time : most;
    r.held = r.held.compareTo(bounded) < 0 ? bounded : r.held;
  }

  /** Begins the term after the last line that is here, which is committed by that. */
  private static Term begin(Replica r, long counter) {
    r.repair.owned();
    r.history.newTerm();
    r.localLog.commitTo(r.localLog.last());
    return r.localLog.beginTerm(counter);
  }

  private static void announce(Replica r) {
    AppMessage.State announcement = r.state(r.localLog.last());
    r.all.peers.present().forEach(node -> r.send(node, announcement));
  }

  /** Numbers first what NATS has brought and the owner before has not published. */
  private static void goOn(Replica r, Owning owning, boolean complete) {
    r.askers.welcome(owning);
    List<Entry> lines = r.natsSide.takeWaiting();
    if (!complete) {
      r.natsSide.forgetPublished();
    }
    if (r.natsSide.isSubscribed() || owning.isWanted()) {
      owning.read();
      owning.number(lines);
    }
    r.following.owned();
  }

  /** Whether this router began the newest term, and so knows who watched in it. */
  private static boolean isOwnTerm(Replica r) {
    return r.localLog.lineage().newest().node().equals(r.all.peers.self());
  }
}
