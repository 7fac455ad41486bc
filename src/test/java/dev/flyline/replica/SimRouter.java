package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Member;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.stream.Collectors;

/** A router of the simulation: the protocol's own code in a made-up process. */
final class SimRouter implements World {

  /** -Dsim.trace tells every message and every change of a role. */
  private static final boolean TRACE = Boolean.getBoolean("sim.trace");

  private static final int TICK_MS = Math.toIntExact(Timing.DEFAULT.tick().toMillis());
  private static final int HEARTBEAT_MS = Math.toIntExact(Timing.DEFAULT.heartbeat().toMillis());
  private static final RingLimits LIMITS = new RingLimits(10_000, 1 << 20, Duration.ofMinutes(15));

  final String node;
  final Member self;
  final Liveness peers;
  private final Sim sim;
  private final Replicas replicas;
  private final Queue<Runnable> frozenInbox = new ArrayDeque<>();
  private boolean alive = true;
  private boolean frozen;
  private boolean forgotten; // by Hazelcast
  boolean refusesConnections;
  boolean silentDeath; // members learn only from their own clocks
  private final Map<AppName, SimFeed> feeds = new LinkedHashMap<>();
  private final Map<String, Sim.Link> links = new HashMap<>(); // to other routers
  private Set<String> known = Set.of(); // to the bus

  SimRouter(Sim sim, String node, String address, String region) {
    this.sim = sim;
    this.node = node;
    this.self = new Member(node, address, region);
    this.peers = new Liveness(self, Timing.DEFAULT);
    this.replicas =
        new Replicas(
            this, peers, Timing.DEFAULT, LIMITS, new RingBudget(Long.MAX_VALUE), sim.broken);
    if (sim.broken.contains(Rule.COUNT_SILENCE_IN_TICKS)) {
      peers.countByClock();
    }
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

  /** The way to {@code node}. */
  Sim.Link link(String node) {
    return links.computeIfAbsent(node, _ -> new Sim.Link());
  }

  boolean knows(String other) {
    return known.contains(other);
  }

  /** This router's part in {@code app}, as its operators see it. */
  Optional<AppStatus> status(AppName app) {
    return replicas.status().stream().filter(status -> status.app().equals(app)).findFirst();
  }

  void members(List<Member> members) {
    known = members.stream().map(Member::node).collect(Collectors.toSet());
    peers.members(members);
  }

  void start() {
    members(members());
    tickLater(sim.between(1, TICK_MS));
    heartbeatLater(sim.between(1, HEARTBEAT_MS));
  }

  private List<Member> members() {
    return sim.alive().stream()
        .filter(r -> r == this || (!sim.isCut(this, r) && !r.forgotten && !forgotten))
        .map(r -> r.self)
        .toList();
  }

  /** Hazelcast tells of changes when it has noticed. */
  void membersChangedSoon() {
    sim.after(sim.between(5, 400), () -> inbox(() -> members(members())));
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
            tickLater(TICK_MS + sim.between(0, 10));
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
            heartbeatLater(HEARTBEAT_MS);
          }
        });
  }

  // ---- faults ----

  void kill(boolean connectionsAreRefused) {
    sim.tell("kill " + node);
    end(connectionsAreRefused);
    viewers().forEach(SimViewer::lostRouter);
  }

  /** Its host is gone: no connection is closed, and viewers notice when they have heard nothing. */
  void vanish(int patienceMs) {
    sim.tell("vanish " + node);
    end(false);
    viewers().forEach(viewer -> sim.after(patienceMs, viewer::lostRouter));
  }

  private void end(boolean connectionsAreRefused) {
    alive = false;
    refusesConnections = connectionsAreRefused;
    frozenInbox.clear();
    sim.nats.gone(this);
    for (SimRouter other : sim.routers) {
      if (sim.chance(0.5)) {
        sim.resetConnection(this, other); // what was on its way goes with the process
      }
      if (other.isAlive() && connectionsAreRefused) {
        other.membersChangedSoon();
      } else if (other.isAlive()) {
        sim.after(12_000, other::membersChangedSoon);
      }
    }
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
    members(List.of(self));
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

  void receive(String from, AppMessage message) {
    peers.heard(from, peers.isStopping(from));
    if (TRACE) { // a message as text costs more than what the protocol does with it
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

  // ---- what the protocol needs ----

  SimFeed feed(AppName app) {
    return feeds.computeIfAbsent(app, name -> new SimFeed(sim, this, name));
  }

  Replicas replicas() {
    return replicas;
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
  public void send(String to, AppMessage message) {
    sim.send(this, to, message);
  }

  @Override
  public void subscribe(AppName app) {
    sim.nats.subscribe(this, app);
  }

  @Override
  public void unsubscribe(AppName app) {
    sim.nats.unsubscribe(this, app);
  }

  @Override
  public void failed(AppName app, RuntimeException cause) {
    throw cause;
  }

  @Override
  public void hurry(AppName app) {}

  @Override
  public void committed(LogBatch batch) {
    feed(batch.app()).committed();
  }

  @Override
  public void roleChanged(Role to, RoleCause cause) {
    if (TRACE) {
      sim.tell(node + " becomes " + to.label() + ": " + cause.label());
    }
  }

  void natsConfirmed(AppName app) {
    replicas.confirmed(app);
  }

  void natsBrought(AppName app, Entry entry) {
    replicas.arrived(app, List.of(entry));
  }

  void natsLost() {
    replicas.natsLost();
  }

  void natsBack() {
    replicas.natsBack();
  }
}
