package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The replicas of the apps that are at home on one lane, and the way of messages to them. Every
 * method is called on that lane.
 */
public final class Replicas implements Owner {

  /** How many apps one lane hands over at the same time. */
  private static final int HANDOVERS = 25;

  /** Apps whose log is remembered though nobody watches them; each costs some 800 bytes. */
  private static final int REMEMBERED = 50_000;

  final World world;
  final Liveness peers;
  final Timing timing;
  final RingLimits limits;
  final Rings rings;
  private final Set<Rule> broken; // by the simulation, which shows what they are for
  private final Map<AppName, Replica> replicas = new LinkedHashMap<>();
  private final TickRounds tickRounds = new TickRounds();
  private final RoleLog roleLog;
  private final Queue<Acknowledging> acksDue = new ArrayDeque<>(); // each once: it knows
  private final Queue<Runnable> answers = new ArrayDeque<>(); // to be given when a turn has ended
  private final List<Replica> touched = new ArrayList<>(); // in this turn; with assertions alone
  private final Greetings greetings;
  private long claims;
  private long questions;
  private long forgotten;
  private final long tickMs;
  private final long lateMs; // since the last tick: this router stood still
  private final long longMs; // the same, and for so long that others may call it silent
  private long tickedMs;
  private int handovers;
  boolean natsAway;

  /** Begins with no app. */
  public Replicas(
      World world, Liveness peers, Timing timing, RingLimits limits, RingBudget budget) {
    this(world, peers, timing, limits, budget, Set.of());
  }

  Replicas(
      World world,
      Liveness peers,
      Timing timing,
      RingLimits limits,
      RingBudget budget,
      Set<Rule> broken) {
    this.broken = broken;
    this.world = world;
    this.peers = peers;
    this.timing = timing;
    this.tickMs = timing.tick().toMillis();
    this.lateMs = timing.tick().plus(timing.late()).toMillis();
    this.longMs = timing.silence().minus(timing.heartbeat()).toMillis();
    this.limits = limits;
    this.rings = new Rings(limits, budget);
    this.greetings = new Greetings(peers);
    this.tickedMs = world.nowMs();
    this.roleLog = new RoleLog(tickedMs);
  }

  // ---- the feeds of this router ----

  @Override
  public Future<Answer> watch(AppName app, Watcher watcher) {
    enter();
    return turn(replica(app).following.watch(watcher));
  }

  @Override
  public void unwatch(AppName app) {
    enter();
    Replica replica = find(app);
    if (replica != null) {
      replica.following.unwatch();
    }
    leave();
  }

  @Override
  public Future<BlockRing> recent(AppName app) {
    enter();
    return turn(replica(app).following.look()).map(Answer::ring);
  }

  @Override
  public Future<Void> older(AppName app, long from) {
    enter();
    return turn(replica(app).history.older(from));
  }

  @Override
  public Future<Void> newer(AppName app) {
    enter();
    return turn(replica(app).catchUp.newer());
  }

  private <T> Future<T> turn(Future<T> answer) {
    leave();
    return answer;
  }

  // ---- NATS ----

  /**
   * What NATS brought of {@code app}, in order; a mark where lines are missing.
   *
   * @return whether more of it is wanted soon. Who stands by and is in step only compares it with
   *     what the owner says, so it can wait for half a second
   */
  public boolean arrived(AppName app, List<Entry> entries) {
    enter();
    Replica replica = find(app);
    if (replica != null) {
      alone(app, () -> replica.natsSide.arrived(entries));
    }
    leave();
    return replica == null || !replica.natsSide.onlyCompares();
  }

  /** NATS has the subscription to {@code app}, or is away. */
  public void confirmed(AppName app) {
    enter();
    Replica replica = find(app);
    if (replica != null) {
      replica.natsSide.confirmed();
    }
    leave();
  }

  /**
   * NATS refuses the subscription to {@code app}, or no longer: a standby that has it may go on.
   */
  public void refused(AppName app, boolean refused) {
    enter();
    Replica replica = find(app);
    if (replica != null) {
      replica.natsSide.refused(refused);
    }
    leave();
  }

  /** NATS is away: a standby that still reads it may go on. */
  public void natsLost() {
    enter();
    natsAway = true;
    for (Replica replica : replicas.values()) {
      assert touched.add(replica);
      tickRounds.wake(replica);
      replica.natsSide.lost();
    }
    leave();
  }

  /** NATS is there again; the marks of what was missed follow as entries of the apps. */
  public void natsBack() {
    natsAway = false;
  }

  // ---- time ----

  /** To be called every {@link Timing#tick}. */
  public void tick() {
    enter();
    if (world.nowMs() - tickedMs < tickMs / 2) {
      leave();
      return; // a timer that makes up for what it missed does not make time pass
    }
    tickedMs = world.nowMs();
    rings.makeRoom(replicas.values());
    handovers = 0;
    for (Replica replica : tickRounds.awake()) {
      if (replica.owning() != null && replica.owning().handsOver()) {
        handovers++;
      }
    }
    greetings.greet(replicas.values());
    tickRounds.tick(circumstances(), replicas.values(), this::tick);
    leave();
  }

  /** Lets a tick pass for {@code replica}; true if it may rest. */
  private boolean tick(Replica replica) {
    assert touched.add(replica);
    boolean[] rests = {false}; // nor after a fault
    alone(
        replica.app,
        () -> {
          replica.tick();
          rests[0] = replica.hasNothingToDo();
        });
    return rests[0];
  }

  /** What may give every replica something to do, beside what it is told and what it waits for. */
  private long circumstances() {
    return peers.version() * 4L + (peers.isCalm() ? 2 : 0) + (natsAway ? 1 : 0);
  }

  /** Lets go of lines that arrived before {@code beforeMs}, and of what nobody needs. */
  public void expire(long beforeMs) {
    rings.letGo();
    int unwatched = 0;
    for (Replica replica : replicas.values()) {
      tickRounds.settle(replica); // for how long nobody has wanted anything of it
      BlockRing ring = replica.localLog.ring();
      if (ring != null) {
        ring.expire(beforeMs);
      }
      if (!replica.isPlaying()) {
        unwatched++;
      }
    }
    int tooMany = unwatched - REMEMBERED;
    for (Replica replica : List.copyOf(replicas.values())) { // longest known first
      boolean gone = replica.isForgettable();
      if (!replica.isPlaying() && tooMany > 0) {
        tooMany--;
        replica.localLog.clear();
      }
      if (gone) {
        forgotten = Math.max(forgotten, replica.localLog.counter());
        replicas.remove(replica.app);
        replica.forgotten = true;
      }
    }
  }

  /** A router that was frozen learns so before it does anything else. */
  private void enter() {
    long nowMs = world.nowMs();
    if (nowMs - tickedMs > lateMs) {
      boolean forLong = nowMs - tickedMs > longMs;
      tickedMs = nowMs;
      if (keeps(Rule.DOUBT_SILENCE)) {
        peers.stoodStill();
      }
      for (Replica replica : List.copyOf(replicas.values())) {
        assert touched.add(replica);
        tickRounds.wake(replica);
        replica.stoodStill(forLong);
      }
    }
  }

  /** Does what was put off to the end of a turn; whoever is called may call back. */
  private void leave() {
    assert invariantsHold();
    for (Acknowledging due = acksDue.poll(); due != null; due = acksDue.poll()) {
      due.now();
    }
    for (Runnable answer = answers.poll(); answer != null; answer = answers.poll()) {
      answer.run();
    }
  }

  private boolean invariantsHold() {
    touched.forEach(Invariants::hold);
    touched.clear();
    return true;
  }

  /** Does {@code answer}, which calls those who use this, at the end of the turn. */
  void later(Runnable answer) {
    answers.add(answer);
  }

  // ---- what replicas share ----

  void ackLater(Acknowledging due) {
    acksDue.add(due);
  }

  /** The highest counter of a term that is not remembered; this router must not use it again. */
  long forgotten() {
    return forgotten;
  }

  /** Whether {@code rule} is kept, as it is by every router that runs. */
  boolean keeps(Rule rule) {
    return !broken.contains(rule);
  }

  /** Tells operators that this router's role for {@code app} has changed. */
  void roleChanged(AppName app, Role from, Role to, RoleCause cause) {
    roleLog.changed(app, from, to, cause, world.nowMs());
    world.roleChanged(to, cause);
  }

  long nextClaim() {
    return ++claims;
  }

  /** Names a question; never 0. */
  long nextQuestion() {
    return ++questions;
  }

  boolean mayHandOver() {
    return handovers < HANDOVERS;
  }

  void handingOver() {
    handovers++;
  }

  /** What is here of {@code app}; null if this router has nothing to do with it. */
  @Nullable Replica find(AppName app) {
    Replica replica = replicas.get(app);
    if (replica != null) {
      assert touched.add(replica);
      tickRounds.wake(replica);
    }
    return replica;
  }

  private Replica replica(AppName app) {
    Replica known = find(app);
    if (known != null) {
      return known;
    }
    var replica = new Replica(app, this);
    replicas.put(app, replica);
    tickRounds.add(replica);
    assert touched.add(replica);
    return replica;
  }

  // ---- other routers ----

  /** What another router says. */
  public void received(String from, AppMessage message) {
    received(from, List.of(message));
  }

  /** What another router says at once, in the order in which it said it. */
  public void received(String from, List<AppMessage> messages) {
    enter();
    for (AppMessage message : messages) {
      if (Incoming.isPlausible(message)) {
        alone(message.app(), () -> take(from, message));
      }
      leave(); // each is a turn
    }
  }

  private void take(String from, AppMessage message) {
    Replica replica = find(message.app());
    boolean news = replica == null && Incoming.isNews(this, from, message);
    Incoming.take(news ? replica(message.app()) : replica, from, message);
  }

  /** Lets no fault in what is done for one app keep other apps from what is theirs. */
  private void alone(AppName app, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      world.failed(app, e);
    }
  }

  // ---- for those who look ----

  /** Whether this router plays no part any more that another one would miss. */
  public boolean isIdle() {
    return replicas.values().stream()
        .noneMatch(r -> r.standby() != null || (r.owning() != null && r.owning().isReading()));
  }

  /** What operators see of every app. */
  public List<AppStatus> status() {
    return replicas.values().stream()
        .map(AppStatus::of)
        .filter(status -> !status.role().equals("none"))
        .toList();
  }
}
