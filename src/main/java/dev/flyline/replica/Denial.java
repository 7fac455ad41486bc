package dev.flyline.replica;

/**
 * Whether NATS refuses the app to its owner: the app's viewers on this router are told.
 *
 * <p>The owner knows it from NATS and repeats it to every watching router with each answer to a
 * watch. What it says therefore holds for a lease, and only while it is the owner. A refusal of a
 * standby's subscription loses no line, so nobody is told of that.
 */
final class Denial {

  private final Replica r;
  private String by = ""; // the owner that said so last
  private Countdown lease = Countdown.over(); // for which its word holds
  private boolean told; // what the viewers here, and the watchers of an owner, were told last

  Denial(Replica replica) {
    this.r = replica;
  }

  boolean isTold() {
    return told;
  }

  /** The owner says whether NATS refuses it the app. */
  void said(String owner, boolean refused) {
    by = owner;
    lease =
        refused ? Countdown.started(r.all.timing.ticks(r.all.timing.lease())) : Countdown.over();
  }

  /** Tells what has changed. */
  void tick() {
    Owning owning = r.owning();
    boolean heeds = owning == null && r.following.watching() && r.isOwner(by);
    if (heeds) {
      lease.tick();
    } else {
      lease = Countdown.over();
    }
    boolean now = owning != null ? r.natsSide.isRefused() : lease.isRunning();
    if (now == told) {
      return;
    }
    told = now;
    r.all.world.refused(r.app, now);
    if (owning != null) {
      owning.watchers().tell(now);
    }
  }
}
