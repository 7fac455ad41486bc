package dev.flyline.replica;

import java.util.ArrayList;
import java.util.List;

/** One made-up life of a cluster: routers, lines, viewers and faults, all from one seed. */
final class Schedule {

  /** What may go wrong. */
  enum Kind {
    /** Routers come and stop as planned, viewers move. */
    CHANGES,
    /** One router is killed, freezes or pauses, or a connection breaks. */
    ONE_FAULT,
    /** Several of these at once, and NATS connections that break. */
    MANY_FAULTS,
    /** Routers that cannot reach each other, among other faults. */
    PARTITIONS
  }

  final Sim sim;
  private final Kind kind;
  private final boolean repeatLines;
  private final int[] published;
  private final int[] texts;
  private final int[] said; // how often each machine has said its last text
  private boolean publishing = true;

  Schedule(Kind kind, long seed) {
    this.sim = new Sim(seed);
    this.kind = kind;
    this.repeatLines = kind == Kind.CHANGES || kind == Kind.ONE_FAULT;
    this.published = new int[2 + sim.random.nextInt(2)];
    this.texts = new int[published.length];
    this.said = new int[published.length];
  }

  /** Runs it; the result is what every viewer has seen. */
  Schedule run() {
    int routers = sim.between(3, 4);
    for (int i = 0; i < routers; i++) {
      sim.start("h" + i, i % 2 == 0 ? "ams" : "iad");
    }
    sim.routers.forEach(r -> r.peers.members(sim.routers.stream().map(o -> o.self).toList()));
    sim.runTo(100);
    for (int i = 0; i < 3; i++) {
      var viewer = new SimViewer(sim, "v" + i);
      sim.viewers.add(viewer);
      viewer.connect(sim.routers.get(sim.random.nextInt(routers)));
    }
    sim.after(200, this::publish);
    sim.after(sim.between(500, 6_000), this::moveViewers);
    int settled = repeatLines ? 6_000 : 4_000; // equal lines are in step later
    int faults = kind == Kind.ONE_FAULT ? 1 : kind == Kind.CHANGES ? 2 : 3;
    int spread = kind == Kind.CHANGES ? 9_000 : 1_500;
    int at = settled + sim.random.nextInt(1_000);
    for (int i = 0; i < faults; i++) {
      sim.after(at - sim.nowMs, this::fault);
      at += sim.random.nextInt(spread);
    }
    sim.runTo(at + 9_000);
    publishing = false;
    heal();
    sim.runTo(sim.nowMs + (kind == Kind.PARTITIONS || kind == Kind.MANY_FAULTS ? 25_000 : 8_000));
    sim.viewers.forEach(SimViewer::checkEnd);
    return this;
  }

  private void publish() {
    if (!publishing) {
      return;
    }
    int machine = sim.random.nextInt(published.length);
    int burst = sim.chance(0.1) ? sim.between(2, 8) : 1;
    for (int i = 0; i < burst; i++) {
      published[machine]++;
      boolean again = repeatLines && sim.chance(0.8 - 0.3 * machine);
      said[machine] = again && said[machine] < 8 ? said[machine] + 1 : 1;
      if (said[machine] == 1) {
        texts[machine]++;
      }
      sim.nats.publish(machine, "m" + machine + "-" + texts[machine]);
    }
    sim.after(sim.between(20, 160), this::publish);
  }

  private void moveViewers() {
    sim.viewers.get(sim.random.nextInt(sim.viewers.size())).leave();
    sim.after(sim.between(2_000, 9_000), this::moveViewers);
  }

  // ---- faults ----

  private void fault() {
    List<SimRouter> alive = sim.alive().stream().filter(r -> !r.isFrozen()).toList();
    if (alive.size() < 2) {
      return;
    }
    List<SimRouter> staying = alive.stream().filter(r -> !r.peers.isStopping()).toList();
    if (staying.size() < 2) {
      return; // somebody has to be left
    }
    SimRouter victim = staying.get(sim.random.nextInt(staying.size()));
    switch (kind) {
      case CHANGES -> change(victim);
      case ONE_FAULT -> oneFault(victim);
      case MANY_FAULTS -> {
        if (sim.chance(0.2)) {
          sim.nats.disconnect(victim, sim.between(50, 5_000));
        } else if (sim.chance(0.2)) {
          change(victim);
        } else {
          oneFault(victim);
        }
      }
      case PARTITIONS -> {
        if (sim.chance(0.6)) {
          partition(victim);
        } else {
          oneFault(victim);
        }
      }
    }
  }

  private void change(SimRouter victim) {
    if (sim.chance(0.4) || sim.alive().size() < 3) {
      sim.start("h" + (10 + sim.random.nextInt(50)), sim.chance(0.5) ? "ams" : "iad");
    } else {
      victim.stop();
    }
  }

  private void oneFault(SimRouter victim) {
    switch (sim.random.nextInt(4)) {
      case 0 -> {
        victim.kill(sim.chance(0.7));
        if (sim.chance(0.5)) {
          sim.after(sim.between(500, 6_000), () -> sim.start(victim.self.address(), "ams"));
        }
      }
      case 1 -> {
        victim.freeze(true);
        int ms = sim.chance(0.5) ? sim.between(100, 2_500) : sim.between(2_500, 8_000);
        if (ms > 5_000 && sim.chance(0.7)) {
          sim.after(4_900, victim::forget);
        }
        sim.after(
            ms,
            () -> {
              if (victim.isFrozen() && victim.isAlive()) {
                victim.freeze(false);
              }
            });
      }
      case 2 -> reset(victim);
      default -> {
        for (int i = 0; i < 5; i++) {
          sim.after(sim.between(0, 1_500), () -> reset(victim));
        }
      }
    }
  }

  private void reset(SimRouter victim) {
    SimRouter other = sim.anyAlive();
    sim.tell("reset " + victim.node + " " + other.node);
    sim.resetConnection(victim.node, other.node);
    if (sim.chance(0.5)) {
      sim.resetConnection(other.node, victim.node);
    }
  }

  private void partition(SimRouter victim) {
    List<SimRouter> others = new ArrayList<>(sim.alive());
    others.remove(victim);
    int away = sim.chance(0.7) ? others.size() : sim.between(1, others.size());
    List<SimRouter> from = others.subList(0, away);
    sim.tell("cut " + victim.node + " from " + from.stream().map(r -> r.node).toList());
    from.forEach(other -> sim.cut(victim, other, true));
    boolean noticed = sim.chance(0.5);
    if (noticed) {
      sim.after(5_000, () -> sim.routers.forEach(SimRouter::membersChangedSoon));
    }
    sim.after(
        sim.between(500, 12_000),
        () -> {
          sim.tell("join " + victim.node);
          sim.routers.forEach(other -> sim.cut(victim, other, false));
          sim.routers.forEach(SimRouter::membersChangedSoon);
        });
  }

  /** Lets everything end well, so that what is missing then is missing for good. */
  private void heal() {
    for (SimRouter router : sim.routers) {
      if (router.isFrozen() && router.isAlive()) {
        router.freeze(false);
      }
      for (SimRouter other : sim.routers) {
        sim.cut(router, other, false);
      }
      router.membersChangedSoon();
    }
  }
}
