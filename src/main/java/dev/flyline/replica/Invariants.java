package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.LogBatch;

/**
 * What holds of every replica between two turns. Tests and the simulation look at the end of each
 * turn, since they run with assertions; a running router does not.
 */
final class Invariants {

  private final Replica r;

  private Invariants(Replica replica) {
    this.r = replica;
  }

  /**
   * Throws {@link AssertionError} if one is broken; returns true for the sake of {@code assert}.
   */
  static boolean hold(Replica replica) {
    var invariants = new Invariants(replica);
    invariants.parts();
    invariants.owner();
    invariants.standby();
    invariants.log();
    invariants.subscription();
    invariants.bounds();
    return true;
  }

  private void parts() {
    must((r.owning() != null) == is(Role.OWNER), "an owner alone has the owner's part");
    must((r.claiming() != null) == is(Role.CLAIMING), "a claimant alone has a claim");
    must(
        r.standby() == null ? !is(Role.STANDBY) : is(Role.STANDBY) || is(Role.CLAIMING),
        "a standby has the standby's part, and keeps it only while it claims");
  }

  private void owner() {
    String self = r.all.peers.self();
    Owning owning = r.owning();
    must(r.isOwner(self) == is(Role.OWNER), "a router knows whether it is the owner");
    if (owning != null) {
      must(r.localLog.lineage().newest().node().equals(self), "an owner has begun the newest term");
      must(owning.epoch().equals(r.localLog.epoch()), "an owner numbers in the newest term");
      must(!owning.standbys().first().equals(self), "nobody stands by for itself");
      must(
          !owning.standbys().isEmpty() || r.localLog.pending().isEmpty(),
          "without a standby everything is committed at once");
    }
  }

  private void standby() {
    Standby standby = r.standby();
    if (standby != null) {
      must(standby.epoch().equals(r.localLog.epoch()), "a standby stands by in the newest term");
      must(r.natsSide.isSubscribed(), "a standby reads NATS");
    }
  }

  private void log() {
    BlockRing ring = r.localLog.ring();
    long seq = r.localLog.head();
    long bytes = 0;
    for (LogBatch batch : r.localLog.pending()) {
      must(batch.firstSeq() == seq + 1, "what is pending follows the head without a hole");
      seq = batch.lastSeq();
      bytes += batch.bytes();
    }
    must(r.localLog.last() == seq, "the last line is the last of what is pending");
    must(r.localLog.pendingBytes() == bytes, "what is pending is counted");
    must(!is(Role.FOLLOWER) || r.localLog.pending().isEmpty(), "a follower has nothing pending");
    must(is(Role.FOLLOWER) || is(Role.CLAIMING) || ring != null, "owner and standby have a ring");
  }

  private void subscription() {
    boolean subscribed = r.natsSide.isSubscribed();
    Owning owning = r.owning();
    must(subscribed || !r.natsSide.isConfirmed(), "NATS confirms only what was asked for");
    must(!is(Role.FOLLOWER) || !subscribed, "a follower does not read NATS");
    must(owning == null || owning.isReading() == subscribed, "an owner reads what it numbers");
  }

  private void bounds() {
    must(r.askers.size() <= Askers.MOST, "so many routers at most wait for a claim");
    must(r.repair.heldBytes() <= Repair.HELD_BYTES, "so much at most is held for repair");
  }

  private boolean is(Role role) {
    return r.role() == role;
  }

  private void must(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(r.app + " as " + r.role().label() + ": must be that " + what);
    }
  }
}
