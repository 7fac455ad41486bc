package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** A router of the simulation: the protocol's own code in a made-up process. */
final class SimRouter implements World, Owner.Watcher {

  private static final RingLimits LIMITS = new RingLimits(10_000, 1 << 20, Duration.ofMinutes(15));

  final String node;
  final Peer self;
  final Peers peers;
  private final Sim sim;
  private final Replicas replicas;
  private final Queue<Runnable> frozenInbox = new ArrayDeque<>();
  private boolean alive = true;
  private boolean frozen;
  private boolean watched;
  private boolean forgotten; // by Hazelcast
  private boolean waking;
  boolean refusesConnections;
  boolean silentDeath; // members learn only from their own clocks
  @Nullable BlockRing ring; // set while the app is watched and its log is here
  private int watchers;
  private int watches; // how often it has been watched

  SimRouter(Sim sim, String node, String address, String region) {
    this.sim = sim;
    this.node = node;
    this.self = new Peer(node, address, region);
    this.peers = new Peers(self, Timing.DEFAULT);
    this.replicas =
        new Replicas(this, peers, Timing.DEFAULT, LIMITS, new RingBudget(Long.MAX_VALUE));
  }

  @Override
  public String toString() {
    return node;
  }

  boolean isAlive() {
    return alive;
  }

  boolean isFrozen() {
    return frozen;
  }

  void start() {
    peers.members(members());
    tickLater(sim.between(1, Timing.DEFAULT.tick()));
    heartbeatLater(sim.between(1, Timing.DEFAULT.heartbeat()));
  }

  private List<Peer> members() {
    return sim.alive().stream()
        .filter(r -> r == this || (!sim.isCut(this, r) && !r.forgotten && !forgotten))
        .map(r -> r.self)
        .toList();
  }

  /** Hazelcast tells of changes when it has noticed. */
  void membersChangedSoon() {
    sim.after(sim.between(5, 400), () -> inbox(() -> peers.members(members())));
  }

  /** Does what comes from outside, now or when this router is thawed. */
  void inbox(Runnable action) {
    if (frozen) {
      frozenInbox.add(action);
    } else if (alive) {
      action.run();
    }
  }

  private void tickLater(long ms) {
    sim.after(
        ms,
        () -> {
          if (alive) {
            inbox(this::tick);
            tickLater(Timing.DEFAULT.tick() + sim.between(0, 10));
          }
        });
  }

  private void tick() {
    peers.tick(sim.nowMs);
    replicas.tick();
  }

  private void heartbeatLater(long ms) {
    sim.after(
        ms,
        () -> {
          if (alive) {
            if (!frozen) {
              peers.others().forEach(peer -> sim.heartbeat(this, peer.node()));
            }
            heartbeatLater(Timing.DEFAULT.heartbeat());
          }
        });
  }

  // ---- faults ----

  void kill(boolean connectionsAreRefused) {
    sim.tell("kill " + node);
    alive = false;
    refusesConnections = connectionsAreRefused;
    frozenInbox.clear();
    sim.nats.gone(this);
    for (SimRouter other : sim.routers) {
      if (sim.chance(0.5)) {
        sim.resetConnection(node, other.node); // what was on its way goes with the process
      }
      if (other.isAlive() && connectionsAreRefused) {
        other.membersChangedSoon();
      } else if (other.isAlive()) {
        sim.after(12_000, other::membersChangedSoon);
      }
    }
    viewers().forEach(SimViewer::lostRouter);
  }

  void freeze(boolean isFrozen) {
    sim.tell((isFrozen ? "freeze " : "thaw ") + node);
    frozen = isFrozen;
    if (!isFrozen) {
      if (forgotten) {
        rejoin();
      }
      viewers().forEach(SimViewer::waitsFromHere);
      List<Runnable> waiting = new ArrayList<>(frozenInbox);
      frozenInbox.clear();
      int tick = sim.random.nextInt(waiting.size() + 1); // some of it before the first tick
      boolean ticked = false;
      for (int i = 0; i < waiting.size(); i++) {
        if (i == tick) {
          ticked = true;
          tick();
        }
        waiting.get(i).run();
      }
      if (!ticked) {
        tick();
      }
    }
  }

  /** Hazelcast takes this router for dead, and this one will take the others for dead. */
  void forget() {
    if (frozen && alive) {
      sim.tell("forgotten " + node);
      forgotten = true;
      sim.routers.forEach(SimRouter::membersChangedSoon);
    }
  }

  private void rejoin() {
    peers.members(List.of(self));
    sim.after(
        sim.between(1_000, 5_000),
        () -> {
          sim.tell("merged " + node);
          forgotten = false;
          viewers().forEach(SimViewer::waitsFromHere);
          sim.routers.forEach(SimRouter::membersChangedSoon);
        });
  }

  private List<SimViewer> viewers() {
    return sim.viewers.stream().filter(viewer -> viewer.isAt(this)).toList();
  }

  void stop() {
    sim.tell("stop " + node);
    peers.stop();
    sim.after(2_000, () -> viewers().forEach(SimViewer::lostRouter));
    leaveWhenIdle(sim.nowMs + 12_000);
  }

  private void leaveWhenIdle(long limitMs) {
    sim.after(
        250,
        () -> {
          if (!alive) {
            return;
          }
          boolean lastOne = sim.alive().size() == 1;
          boolean viewed = !viewers().isEmpty();
          if ((!viewed && replicas.isIdle()) || lastOne || sim.nowMs > limitMs) {
            sim.tell("left " + node);
            alive = false;
            refusesConnections = true;
            sim.nats.gone(this);
            sim.routers.forEach(SimRouter::membersChangedSoon);
          } else {
            leaveWhenIdle(limitMs);
          }
        });
  }

  // ---- messages ----

  void receive(String from, PeerMessage message) {
    peers.heard(from, peers.isStopping(from));
    if (Boolean.getBoolean("sim.trace")) {
      sim.tell(from + " > " + node + " " + message);
    }
    replicas.received(from, message);
  }

  void heard(String from, boolean stopping) {
    peers.heard(from, stopping);
  }

  void refused(String to) {
    inbox(() -> peers.refused(to));
  }

  // ---- viewers here ----

  void watch() {
    watchers++;
    if (!watched) {
      watched = true;
      int number = ++watches;
      replicas
          .watch(Sim.APP, this)
          .onSuccess(
              answer -> {
                if (!watched || watches != number) {
                  return;
                }
                ring = answer.ring();
                viewers().forEach(viewer -> viewer.opened(answer.ring(), answer.live()));
              });
    }
  }

  void unwatch() {
    watchers--;
    if (watchers == 0) {
      sim.after(
          1_000,
          () ->
              inbox(
                  () -> {
                    if (watchers == 0 && watched) {
                      watched = false;
                      ring = null;
                      replicas.unwatch(Sim.APP);
                    }
                  }));
    }
  }

  Replicas replicas() {
    return replicas;
  }

  // ---- what the protocol needs ----

  @Override
  public void replaced(BlockRing newer, long after) {
    ring = newer;
    viewers().forEach(viewer -> viewer.replaced(newer, after));
  }

  @Override
  public long nowMs() {
    return sim.nowMs;
  }

  @Override
  public long wallMs() {
    return sim.nowMs;
  }

  @Override
  public void send(String to, PeerMessage message) {
    sim.send(this, to, message);
  }

  @Override
  public void subscribe(AppName app) {
    sim.nats.subscribe(this);
  }

  @Override
  public void unsubscribe(AppName app) {
    sim.nats.unsubscribe(this);
  }

  @Override
  public void failed(AppName app, RuntimeException cause) {
    throw cause;
  }

  @Override
  public void committed(LogBatch batch) {
    if (!waking) { // as the event bus: after the turn
      waking = true;
      sim.after(
          0,
          () ->
              inbox(
                  () -> {
                    waking = false;
                    viewers().forEach(SimViewer::read);
                  }));
    }
  }

  void natsConfirmed() {
    replicas.confirmed(Sim.APP);
  }

  void natsBrought(Entry entry) {
    replicas.arrived(Sim.APP, List.of(entry));
  }

  void natsLost() {
    replicas.natsLost();
  }

  void natsBack() {
    replicas.natsBack();
  }
}
