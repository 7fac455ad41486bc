package dev.flyline.replica;

import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one router gets of an app from NATS: its subscription, what it has brought that nobody has
 * numbered, and what the owner has numbered that it has not brought.
 */
public final class NatsSide {

  private final Replica r;
  private final Backlog backlog;
  private @Nullable Matching matching; // while this router stands by, and a while after a takeover
  private boolean subscribed;
  private boolean confirmed;
  private boolean refused; // NATS refuses the subscription
  private Countdown settling = Countdown.over(); // until what NATS brings counts as steady
  private Countdown doubting = Countdown.over(); // until it is steady beyond doubt

  NatsSide(Replica replica) {
    this.r = replica;
    this.backlog = new Backlog(replica.all.limits.bytes());
  }

  // ---- the subscription ----

  /** Reads NATS no longer unless a part that this router plays needs it. */
  void unsubscribeIfUnused() {
    Owning owning = r.owning();
    Claiming claiming = r.claiming();
    boolean reads =
        owning != null
            ? owning.isReading()
            : r.standby() != null || (claiming != null && claiming.goesOn);
    if (!reads) {
      unsubscribe();
    }
  }

  boolean isSubscribed() {
    return subscribed;
  }

  /** Whether NATS has the subscription, or is away. */
  boolean isConfirmed() {
    return confirmed;
  }

  /** Whether nothing was missed and nothing in doubt for {@link Timing#settle} of running. */
  boolean isSteady() {
    return confirmed && !refused && settling.isOver();
  }

  /** Whether it has been so for {@link Timing#keep}. */
  boolean isSteadyForLong() {
    return isSteady() && doubting.isOver();
  }

  /** NATS refuses the subscription, or no longer. */
  void refused(boolean now) {
    refused = now && subscribed;
    unsteady();
  }

  boolean isRefused() {
    return refused;
  }

  /** What came before does not count as steady. */
  void unsteady() {
    if (subscribed) {
      Timing timing = r.all.timing;
      settling = Countdown.started(timing.ticks(timing.settle()));
      doubting = Countdown.started(timing.ticks(timing.keep()));
    }
  }

  void subscribe() {
    if (!subscribed) {
      subscribed = true;
      confirmed = false;
      unsteady();
      r.all.world.subscribe(r.app);
    }
  }

  /** Reads no longer, and forgets what was brought. */
  private void unsubscribe() {
    matching = null;
    backlog.clear();
    if (subscribed) {
      subscribed = false;
      confirmed = false;
      refused = false;
      r.all.world.unsubscribe(r.app);
    }
  }

  /** NATS has the subscription, or is away: whatever it receives from now on comes. */
  void confirmed() {
    if (!subscribed || confirmed) {
      return;
    }
    confirmed = true;
    unsteady();
    if (r.owning() != null) {
      r.owning().confirmed();
    }
    if (r.standby() != null) {
      r.standby().confirmed();
    }
  }

  /** NATS is away from here: lines are missing from now on. */
  void lost() {
    unsteady();
    if (r.standby() != null) {
      r.standby().missedLines();
    }
    if (r.owning() != null) {
      r.owning().natsLost();
    }
  }

  // ---- lines ----

  /** Takes what NATS brought, in order. */
  void arrived(List<Entry> entries) {
    Owning owning = r.owning();
    Claiming claiming = r.claiming();
    if (owning != null && owning.numbers()) {
      owning.number(passOver(entries));
    } else if (owning != null || (claiming != null && claiming.goesOn)) {
      backlog.addAll(entries, r.all.world.wallMs()); // until it is clear who numbers it
    } else if (subscribed) { // else: on its way when the subscription ended
      match(entries);
    }
  }

  /** Whether what NATS brings is only compared with what the owner says, and nothing in doubt. */
  boolean onlyCompares() {
    return r.standby() != null && r.claiming() == null && r.standby().isSettled();
  }

  void clearBacklog() {
    backlog.clear();
  }

  /** Looks for each of {@code entries}, which NATS brought, among what the owner has published. */
  private void match(List<Entry> entries) {
    for (Entry entry : entries) {
      switch (entry) {
        case LogLine line -> matching().seen(line, r.all.world.nowMs());
        case Mark _ -> missed();
      }
    }
  }

  /** Lines are missing here: nothing of before can be matched any more. */
  private void missed() {
    unsteady();
    if (r.standby() != null) {
      r.standby().missedLines();
    } else if (matching != null) {
      matching.clear();
    }
  }

  /** What had to wait while this router did not number is matched against the new owner's lines. */
  void matchBacklog() {
    match(backlog.take(r.all.world.wallMs()));
  }

  Matching matching() {
    Matching lists = matching;
    if (lists == null) {
      lists = new Matching(r.all.limits.bytes(), r.all.keeps(Rule.DISCARD_ON_BOTH_SIDES));
      matching = lists;
    }
    return lists;
  }

  /** What of {@code entries}, which NATS brought, the owner before has not numbered. */
  private List<Entry> passOver(List<Entry> entries) {
    Matching lists = matching;
    return lists == null
        ? entries
        : entries.stream()
            .filter(entry -> !(entry instanceof LogLine line && lists.passOver(line)))
            .toList();
  }

  /** Lets everything through from now on: what is known of the owner before may be wrong. */
  void forgetPublished() {
    matching = null;
  }

  /** What NATS has brought and nobody has numbered, as far as this router knows. */
  List<Entry> takeWaiting() {
    long wallMs = r.all.world.wallMs();
    List<Entry> entries = passOver(backlog.take(wallMs));
    return !entries.isEmpty() || matching == null ? entries : matching.takeSeen(wallMs);
  }

  // ---- time ----

  boolean hasNothingToDo() {
    return matching == null;
  }

  /** Counts ticks that passed while there was nothing to do. */
  void rested(int ticks) {
    if (confirmed) {
      settling.pass(ticks);
      doubting.pass(ticks);
    }
  }

  void tick() {
    rested(1);
    Matching lists = matching;
    if (lists != null) {
      boolean missed =
          r.owning() == null && (r.claiming() != null || r.all.peers.isSuspect(r.owner()));
      lists.expire(r.all.world.nowMs() - r.all.timing.keep().toMillis(), missed);
      if (r.owning() != null && r.owning().numbers() && lists.isEmpty()) {
        matching = null;
      }
    }
  }
}
