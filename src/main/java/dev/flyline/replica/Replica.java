package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One app on one router: what this router has of its log, and which part it plays.
 *
 * <p>The parts: {@link Owning} numbers the lines and says what is committed. {@link Standby} reads
 * along and is ready to go on. {@link Following} gets committed lines because somebody here views
 * the app. {@link Claiming} asks the others whether it may own the app. A replica may stand by and
 * follow at once; owning excludes the others. Belongs to the app's home lane.
 */
final class Replica {

  private static final Logger log = LoggerFactory.getLogger(Replica.class);

  final AppName app;
  final Replicas all;
  final LocalLog localLog;
  final NatsSide natsSide;
  final OwnerSearch search;
  final Following following;
  final Repair repair;
  final History history;
  final CatchUp catchUp;
  final Branches branches;
  final Denial denial;
  final Askers askers;

  // Written by become() alone.
  private Role role = Role.FOLLOWER;
  private @Nullable Owning owning; // set for an owner
  private @Nullable Standby standby; // set for a standby, also while it claims
  private @Nullable Claiming claiming; // set for a claimant

  private String owner = ""; // as far as this router knows; empty if it does not

  long viewedMs; // when the last viewer of any router left, as far as this one had to do with it
  Duration held = Duration.ZERO; // for which the next term here is read, watched or not
  boolean rests; // has nothing to do until somebody calls it: see TickRounds
  long countedTick; // the last tick that it has counted, while it rests
  boolean forgotten; // there is no such replica any more

  Replica(AppName app, Replicas all) {
    this.app = app;
    this.all = all;
    this.localLog = new LocalLog(this);
    this.natsSide = new NatsSide(this);
    this.search = new OwnerSearch(this);
    this.following = new Following(this);
    this.repair = new Repair(this);
    this.history = new History(this);
    this.catchUp = new CatchUp(this);
    this.branches = new Branches(this);
    this.denial = new Denial(this);
    this.askers = new Askers(this);
  }

  // ---- the role ----

  Role role() {
    return role;
  }

  /** The owner's part; null for any other role. */
  @Nullable Owning owning() {
    return owning;
  }

  /** The standby's part, also while it claims; null for any other role. */
  @Nullable Standby standby() {
    return standby;
  }

  /** The claimant's part; null for any other role. */
  @Nullable Claiming claiming() {
    return claiming;
  }

  /**
   * Changes the role; nothing else does. Makes the new part, which the caller starts, and lets go
   * of what only the old one needed.
   */
  private void become(Role to, RoleCause cause) {
    Role from = role;
    Claiming claim = claiming;
    if (!cause.allows(from, to)) {
      log.error("{}: {} to {} by {}: please report it", app, from, to, cause);
      assert false : from + " to " + to + " by " + cause;
    }
    role = to;
    standby =
        switch (cause) {
          case ENLISTED -> new Standby(this);
          case NO_OWNER, OWNER_SILENT, BETTER_CLAIM, CLAIM_DROPPED -> standby;
          case STOOD_STILL, HEIR_SILENT, CLAIMED, HANDED_OVER, RELEASED, NEWER_TERM -> null;
        };
    claiming =
        to != Role.CLAIMING
            ? null
            : claim != null ? claim : new Claiming(this, all.nextClaim(), from == Role.OWNER);
    owning = to == Role.OWNER ? new Owning(this, localLog.epoch()) : null;
    if (to == Role.OWNER) {
      owner = all.peers.self();
    } else if (from == Role.OWNER) {
      owner = "";
    }
    if (cause == RoleCause.CLAIM_DROPPED || cause == RoleCause.RELEASED) {
      letGo(claiming == null ? claim : null);
    }
    all.roleChanged(app, from, to, cause);
  }

  /** Lets go of what a part that has ended here needed, {@code dropped} if it was a claim. */
  private void letGo(@Nullable Claiming dropped) {
    if (dropped != null) {
      natsSide.clearBacklog();
    }
    if (standby == null) {
      localLog.dropPending(); // numbered here, or filled in: never shown to anybody
    }
    if (dropped != null && dropped.isFilling()) {
      repair.claimDropped();
    }
    natsSide.unsubscribeIfUnused();
  }

  String owner() {
    return owner;
  }

  /** Notes that {@code node}, another router, owns the app. */
  void ownedBy(String node) {
    owner = node;
  }

  boolean isOwner(String node) {
    return owner.equals(node);
  }

  void send(String node, AppMessage message) {
    all.world.send(node, message);
  }

  /** What this router knows of the app, for whoever asks. */
  AppMessage.State state(long head) {
    return state(head, 0);
  }

  /** The same, for whoever has put {@code question}. */
  AppMessage.State state(long head, long question) {
    return new AppMessage.State(app, localLog.lineage(), owner, head, question);
  }

  // ---- parts ----

  /** Begins to ask whether this router may own the app, unless it owns or claims it already. */
  void claim(RoleCause cause) {
    if (role != Role.OWNER && role != Role.CLAIMING) {
      reclaim(cause);
    }
  }

  /** The same as the owner until now, which asks whether it still is. */
  void reclaim(RoleCause cause) {
    become(Role.CLAIMING, cause);
    Objects.requireNonNull(claiming).start();
  }

  /** Gives the claim up. Feeds that wait for it ask another router, or ask again. */
  void dropClaim() {
    if (role == Role.CLAIMING) {
      become(standby != null ? Role.STANDBY : Role.FOLLOWER, RoleCause.CLAIM_DROPPED);
    }
  }

  /** Stands by for the owner of the newest term; returns the part, which is to be started. */
  Standby standBy() {
    become(role == Role.CLAIMING ? Role.CLAIMING : Role.STANDBY, RoleCause.ENLISTED);
    return Objects.requireNonNull(standby);
  }

  /** Owns the app in the term that has begun here; see {@link Takeover}. */
  Owning own(RoleCause cause) {
    become(Role.OWNER, cause);
    all.world.hurry(app);
    return Objects.requireNonNull(owning);
  }

  /** Learns that another router has begun a newer term. */
  void newerTerm(Lineage newer) {
    if (role != Role.FOLLOWER) {
      become(Role.FOLLOWER, RoleCause.NEWER_TERM);
    }
    learn(newer);
  }

  /** Learns, as a claimant, of a newer term, and goes on with the claim. */
  void newerTermClaimed(Lineage newer) {
    become(Role.CLAIMING, RoleCause.NEWER_TERM);
    learn(newer);
  }

  private void learn(Lineage newer) {
    localLog.learn(newer);
    repair.newTerm();
    history.newTerm();
  }

  /** Stands by no longer. What is here and not committed is asked for again if anybody views it. */
  void standDown() {
    become(claiming != null ? Role.CLAIMING : Role.FOLLOWER, RoleCause.RELEASED);
    search.watchAgain();
  }

  void tick() {
    natsSide.tick();
    if (claiming != null) {
      claiming.tick();
    }
    repair.tick();
    history.tick();
    catchUp.tick();
    branches.tick();
    if (owning != null) {
      history.fill();
      owning.tick();
    } else if (standby != null) {
      standby.tick();
    }
    following.tick();
    denial.tick();
  }

  /**
   * Whether nothing happens here, however much time passes, unless somebody calls or the
   * circumstances change that {@link Replicas} names: a tick would only count.
   */
  boolean hasNothingToDo() {
    return claiming == null
        && standby == null
        && natsSide.hasNothingToDo()
        && repair.hasNothingToDo()
        && history.hasNothingToDo()
        && catchUp.hasNothingToDo()
        && branches.hasNothingToDo()
        && (owning != null ? owning.hasNothingToDo() : following.hasNothingToDo());
  }

  /** Counts ticks that passed while there was nothing to do. */
  void rested(int ticks) {
    natsSide.rested(ticks);
    following.rested(ticks);
    if (owning != null) {
      owning.rested(ticks);
    }
  }

  /** This router was frozen, so others may have gone on without it. */
  void stoodStill(boolean forLong) {
    dropClaim();
    if (owning != null) {
      owning.stoodStill(forLong);
    }
    if (standby != null) {
      standby.stoodStill();
    }
  }

  /** Whether this router does anything for the app now. */
  boolean isPlaying() {
    return readsOrClaims() || !following.isIdle();
  }

  /** Whether somebody views the app here, or anywhere and this router owns it or stands by. */
  boolean isViewed() {
    return readsOrClaims() || following.wants() || history.isWaiting();
  }

  private boolean readsOrClaims() {
    return standby != null || claiming != null || (owning != null && owning.isReading());
  }

  /** Whether nothing is left that anybody could miss. */
  boolean isForgettable() {
    return !isPlaying() && localLog.isEmpty();
  }
}
