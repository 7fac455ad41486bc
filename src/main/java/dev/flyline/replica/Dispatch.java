package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.Lineage;
import java.time.Duration;

/** What each message of another router does to a replica. */
final class Dispatch {

  private Dispatch() {}

  static void watch(Replica r, String from, AppMessage.Watch m) {
    if (r.owning() != null) {
      r.owning().watch(from, m.epoch());
    } else {
      ask(r, from, true);
    }
  }

  static void look(Replica r, String from, long question) {
    if (r.owning() != null) {
      r.owning().look(from, question);
    } else if (r.isOwner(from) && !r.localLog.lineage().isEmpty()) {
      r.send(from, r.state(r.localLog.head(), question)); // it asks whether it still is the owner
      if (r.standby() != null) {
        r.standby().ackLater(); // so that it commits what viewers here have seen
      }
    } else {
      ask(r, from, false);
    }
  }

  /** Sends whoever asks to the owner, or finds out who that is. */
  private static void ask(Replica r, String from, boolean watches) {
    if (knowsLiveOwner(r, from) && r.claiming() == null) {
      r.send(from, r.state(r.localLog.head()));
    } else {
      r.askers.add(from, watches);
      r.claim(RoleCause.NO_OWNER);
    }
  }

  /** Whether the owner is known here, not suspect, and neither this router nor {@code from}. */
  private static boolean knowsLiveOwner(Replica r, String from) {
    return !r.isOwner(from) && r.search.isOwnerAlive();
  }

  static void unwatch(Replica r, String from) {
    r.askers.remove(from);
    if (r.owning() != null) {
      r.owning().unwatch(from);
    } else if (r.standby() != null && r.isOwner(from)) {
      r.standDown();
    }
  }

  static void state(Replica r, String from, AppMessage.State m) {
    if (m.lineage().isEmpty()) {
      return;
    }
    int order = r.localLog.compare(m.lineage().newest().epoch());
    if (order < 0) {
      refuse(r, from);
      return;
    }
    if (order > 0) {
      r.newerTerm(m.lineage());
      r.natsSide.clearBacklog();
      r.natsSide.unsubscribeIfUnused();
    } else if (r.owning() != null) {
      r.catchUp.stands(from, m.question(), r.localLog.head()); // it knows of no newer term
      return;
    }
    if (m.owner().equals(from)) {
      ownerLives(r);
      r.ownedBy(from);
      r.askers.redirect();
      if (r.standby() != null) {
        r.standby().committed(m.head());
      }
      r.following.stands(m.head(), order > 0);
      r.catchUp.stands(from, m.question(), m.head());
      r.catchUp.newOwner();
    } else if (order > 0 || !r.isOwner(from)) {
      r.search.redirect(m.owner());
    }
  }

  /** The owner of the newest term is heard, so nobody else may own the app. */
  private static void ownerLives(Replica r) {
    r.dropClaim();
  }

  /** Tells a router that it speaks in an old term. */
  private static void refuse(Replica r, String from) {
    if (!r.owner().isEmpty() && !r.isOwner(from)) {
      r.send(from, r.state(r.localLog.head()));
    }
  }

  /** Whether {@code epoch} is the newest term known here; settles it with the sender if not. */
  private static boolean isCurrent(Replica r, String from, String epoch) {
    int order = r.localLog.compare(epoch);
    if (order < 0) {
      refuse(r, from);
    } else if (order > 0) {
      r.send(from, new AppMessage.Look(r.app));
    }
    return order == 0;
  }

  static void head(Replica r, String from, AppMessage.Head m) {
    if (!isCurrent(r, from, m.epoch()) || r.owning() != null) {
      return;
    }
    ownerLives(r);
    r.ownedBy(from);
    if (r.standby() != null) {
      r.standby().committed(m.head());
    }
    r.following.head(m.head());
  }

  static void lines(Replica r, String from, AppMessage.Lines m) {
    if (!isCurrent(r, from, m.batch().epoch())) {
      if (r.localLog.compare(m.batch().epoch()) > 0) {
        r.repair.hold(m.batch());
      }
      return;
    }
    if (r.owning() != null) {
      return;
    }
    ownerLives(r);
    r.ownedBy(from);
    if (r.standby() != null) {
      r.standby().lines(m);
    } else if (r.following.watching()) {
      r.repair.lines(m.batch());
    } else {
      r.send(from, new AppMessage.Unwatch(r.app));
    }
  }

  static void ack(Replica r, String from, AppMessage.Ack m) {
    if (isCurrent(r, from, m.epoch()) && r.owning() != null) {
      r.owning().acked(from, m);
    }
  }

  static void enlist(Replica r, String from, AppMessage.Enlist m) {
    int order = r.localLog.compare(m.lineage().newest().epoch());
    if (order < 0) {
      refuse(r, from);
      return;
    }
    boolean handedOver =
        order > 0
            && r.owning() != null
            && r.all.keeps(Rule.MATCH_AFTER_HANDOVER)
            && r.owning().isHandedTo(from, m.lineage().newest().after());
    if (order > 0) {
      r.newerTerm(m.lineage());
    } else if (r.owning() != null) {
      return;
    }
    r.ownedBy(from);
    if (r.standby() != null) {
      r.standby().again(m.head());
    } else {
      standBy(r, m.head(), handedOver);
    }
    r.following.stands(m.head(), order > 0);
    r.catchUp.newOwner();
  }

  private static void standBy(Replica r, long head, boolean handedOver) {
    r.localLog.open(head);
    Standby standby = r.standBy();
    standby.start(head, handedOver);
    if (handedOver) {
      r.natsSide.matchBacklog(); // what NATS has brought since this router stopped numbering
    } else {
      r.natsSide.clearBacklog();
    }
  }

  static void enlisted(Replica r, AppMessage.Enlisted m) {
    if (r.standby() != null && r.standby().epoch().equals(m.epoch())) {
      r.standby().enlisted();
    }
  }

  static void release(Replica r, AppMessage.Release m) {
    if (r.standby() != null && r.standby().epoch().equals(m.epoch())) {
      r.standby().dismissed();
    }
  }

  static void hold(Replica r, String from, AppMessage.Hold m) {
    if (r.standby() != null && r.isOwner(from) && r.standby().epoch().equals(m.epoch())) {
      Takeover.hold(r, Duration.ofMillis(m.ms()));
    }
  }

  static void refused(Replica r, String from, AppMessage.Refused m) {
    if (isCurrent(r, from, m.epoch()) && r.isOwner(from)) {
      r.denial.said(from, m.refused());
    }
  }

  static void handover(Replica r, String from, AppMessage.Handover m) {
    if (r.standby() != null && r.isOwner(from) && r.standby().epoch().equals(m.epoch())) {
      r.standby().handover(m.last());
    }
  }

  static void claim(Replica r, String from, AppMessage.Claim m) {
    int order = r.localLog.compare(newestEpoch(m.lineage()));
    boolean older = order > 0; // what is known here
    boolean inStep = m.inStep() && order >= 0; // in an older term it counts for nothing
    String owner = "";
    boolean better = false;
    if (r.owning() != null) {
      owner = older ? "" : r.all.peers.self();
    } else if (!older && knowsLiveOwner(r, from)) {
      owner = r.owner();
    } else if (r.claiming() != null) {
      better = r.claiming().isBetterThan(from, inStep, older);
      if (!better) {
        r.dropClaim();
      }
    } else if (r.standby() != null && r.standby().canGoOn() && !older && !inStep) {
      better = true;
    }
    r.send(
        from,
        new AppMessage.ClaimAnswer(
            r.app,
            m.id(),
            r.localLog.lineage(),
            r.localLog.last(),
            owner,
            better,
            r.following.watching()));
    if (better) {
      r.claim(RoleCause.BETTER_CLAIM);
    }
  }

  private static String newestEpoch(Lineage lineage) {
    return lineage.isEmpty() ? "" : lineage.newest().epoch();
  }

  static void claimAnswer(Replica r, String from, AppMessage.ClaimAnswer m) {
    if (r.claiming() != null) {
      r.claiming().answered(from, m);
    }
  }

  static void fetch(Replica r, String from, AppMessage.Fetch m) {
    BlockRing ring = r.localLog.ring();
    if (ring == null || (!m.epoch().isEmpty() && r.localLog.compare(m.epoch()) != 0)) {
      refuse(r, from);
      return;
    }
    r.send(from, new RangeAnswer(r, ring).to(from, m));
  }

  static void range(Replica r, String from, AppMessage.Range m) {
    boolean current =
        r.localLog.compare(m.epoch()) == 0 || !r.all.keeps(Rule.REFUSE_PARTS_OF_OTHER_TERMS);
    if (current && (r.owning() == null || m.backwards())) {
      if (m.backwards()) {
        r.history.range(m);
      } else {
        r.repair.range(from, m);
      }
    } // else: of a log that is not this one any more; asked for again after a while
  }
}
