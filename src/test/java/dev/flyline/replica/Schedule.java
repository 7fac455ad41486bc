package dev.flyline.replica;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** One made-up life of a cluster: routers, lines, viewers and faults, all from one seed. */
final class Schedule {

  /** What may go wrong. */
  enum Kind {
    /** Routers come and stop as planned, viewers move. */
    CHANGES,
    /** One router is killed, freezes or pauses, or a connection breaks or stalls. */
    ONE_FAULT,
    /** Several of these at once, and NATS connections that break. */
    MANY_FAULTS,
    /** Routers that cannot reach each other, among other faults. */
    PARTITIONS,
    /** One fault, and lines that NATS loses on the way to one router, without a word. */
    LOSSES,
    /** The only router that viewers are at is lost or freezes; they notice after 40 s, or never. */
    LATE_VIEWERS,
    /** One fault amid so many bytes at once that rings evict and every bound is met. */
    FLOODS
  }

  /** How many viewers there are of the app that matters. */
  private static final int VIEWERS = 3;

  /** For so long a client hears nothing before it looks for another router. */
  private static final int PATIENCE_MS = 40_000;

  final Sim sim;
  private final Kind kind;
  private final int[] said; // how often each machine has said its last text
  private final int[] texts;
  private boolean publishing = true;

  Schedule(Kind kind, long seed) {
    this(kind, seed, Set.of());
  }

  /** The same in a world in which no router keeps the rules {@code broken}. */
  Schedule(Kind kind, long seed, Set<Rule> broken) {
    this.sim = new Sim(seed, broken);
    this.kind = kind;
    this.said = new int[2 + sim.random.nextInt(2)];
    this.texts = new int[said.length];
  }

  /** Runs it; the result is what every viewer has seen. */
  Schedule run() {
    int routers = sim.between(3, 4);
    for (int i = 0; i < routers; i++) {
      sim.start("h" + i, i % 2 == 0 ? "ams" : "iad");
    }
    sim.routers.forEach(r -> r.members(sim.routers.stream().map(o -> o.self).toList()));
    sim.runTo(100);
    boolean other = sim.chance(0.25);
    boolean together = kind == Kind.LATE_VIEWERS;
    int door = together ? sim.random.nextInt(routers) : 0;
    for (int i = 0; i < VIEWERS + (other ? 1 : 0); i++) {
      var viewer = new SimViewer(sim, "v" + i, i < VIEWERS ? Sim.APP : Sim.OTHER);
      sim.viewers.add(viewer);
      viewer.connect(sim.routers.get(together ? door : sim.random.nextInt(routers)));
    }
    sim.after(200, this::publish);
    if (other) {
      sim.after(200, this::publishOther);
    }
    if (!together) {
      sim.after(sim.between(500, 6_000), this::moveViewers);
    }
    int settled = repeatsLines() ? 6_000 : 4_000; // equal lines are in step later
    int spread = kind == Kind.CHANGES ? 9_000 : 1_500;
    int at = settled + sim.random.nextInt(1_000);
    for (int i = 0; i < faults(); i++) {
      sim.after(at - sim.nowMs, this::fault);
      at += sim.random.nextInt(spread);
    }
    sim.runTo(at + (together ? 75_000 : 9_000));
    publishing = false;
    heal();
    sim.runTo(sim.nowMs + (kind == Kind.PARTITIONS || kind == Kind.MANY_FAULTS ? 25_000 : 8_000));
    sim.viewers.forEach(SimViewer::checkEnd);
    return this;
  }

  private int faults() {
    return switch (kind) {
      case ONE_FAULT, LATE_VIEWERS, LOSSES, FLOODS -> 1;
      case CHANGES -> 2;
      case MANY_FAULTS, PARTITIONS -> 3;
    };
  }

  // ---- lines ----

  private boolean repeatsLines() {
    return kind == Kind.CHANGES || kind == Kind.ONE_FAULT;
  }

  private void publish() {
    if (!publishing) {
      return;
    }
    int machine = sim.random.nextInt(said.length);
    int burst = sim.chance(0.1) ? sim.between(2, 8) : 1;
    for (int i = 0; i < burst; i++) {
      publish(machine, kind == Kind.FLOODS && sim.chance(0.2) ? sim.between(1, 20_000) : 0);
    }
    sim.after(sim.between(20, 160), this::publish);
  }

  private void publish(int machine, int padding) {
    sim.nats.publish(
        Sim.APP, machine, bytes(Sim.APP + " m" + machine + "-" + text(machine), padding));
  }

  private String text(int machine) {
    boolean again = repeatsLines() && sim.chance(0.8 - 0.3 * machine);
    said[machine] = again && said[machine] < 8 ? said[machine] + 1 : 1;
    if (said[machine] == 1) {
      texts[machine]++;
    }
    return Integer.toString(texts[machine]);
  }

  private static byte[] bytes(String text, int padding) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    byte[] padded = Arrays.copyOf(bytes, bytes.length + padding);
    Arrays.fill(padded, bytes.length, padded.length, (byte) ' ');
    return padded;
  }

  private void publishOther() {
    if (publishing) {
      int machine = sim.random.nextInt(2); // of the same name as one of the other app
      String text = Sim.OTHER + " m" + machine + "-" + sim.nowMs;
      sim.nats.publish(Sim.OTHER, machine, bytes(text, 0));
      sim.after(sim.between(50, 400), this::publishOther);
    }
  }

  /** Some megabytes at once. */
  private void flood() {
    int machine = sim.random.nextInt(said.length);
    int lines = sim.between(10, 120);
    int size = sim.between(5_000, 60_000);
    sim.tell("flood of " + lines + " lines of " + size);
    for (int i = 0; i < lines; i++) {
      sim.after(sim.between(0, 200), () -> publish(machine, size));
    }
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
    if (kind == Kind.LATE_VIEWERS) {
      loseWatcher(staying.stream().filter(this::isWatcher).findFirst().orElseThrow());
      return;
    }
    SimRouter victim = victim(staying);
    switch (kind) {
      case LATE_VIEWERS -> {}
      case CHANGES -> change(victim);
      case ONE_FAULT -> oneFault(victim);
      case MANY_FAULTS -> {
        if (sim.chance(0.2)) {
          sim.nats.disconnect(victim, sim.between(50, 5_000));
        } else if (sim.chance(0.2)) {
          change(victim);
        } else if (sim.chance(0.2)) {
          stall(victim);
          sim.after(sim.between(1_000, 5_000), () -> kill(victim));
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
      case LOSSES -> {
        sim.nats.lose(victim, sim.between(1, 4));
        sim.after(sim.between(0, 1_500), () -> oneFault(victim(sim.alive())));
      }
      case FLOODS -> {
        flood();
        sim.after(sim.between(0, 600), this::flood);
        sim.after(sim.between(0, 400), () -> oneFault(victim));
      }
    }
  }

  /** Mostly one that plays a part. */
  private SimRouter victim(List<SimRouter> able) {
    double wanted = sim.random.nextDouble();
    String role = wanted < 0.35 ? "owner" : wanted < 0.55 ? "standby" : "";
    List<SimRouter> playing =
        able.stream()
            .filter(r -> r.status(Sim.APP).filter(s -> s.role().equals(role)).isPresent())
            .toList();
    List<SimRouter> some = playing.isEmpty() ? able : playing;
    return some.get(sim.random.nextInt(some.size()));
  }

  private boolean isWatcher(SimRouter router) {
    return sim.viewers.stream().anyMatch(viewer -> viewer.isAt(router, Sim.APP));
  }

  /** Nobody hears anything of the router any more where all viewers of the app are. */
  private void loseWatcher(SimRouter victim) {
    if (sim.chance(0.5)) {
      victim.vanish(PATIENCE_MS);
    } else {
      freeze(victim, sim.between(10_000, 60_000));
    }
    if (sim.chance(0.4)) { // the app may be handed over to it meanwhile
      sim.after(sim.between(0, 20_000), () -> sim.start("h" + sim.between(10, 60), "ams"));
    } else if (sim.chance(0.4)) {
      sim.after(sim.between(12_000, 30_000), () -> kill(victim(sim.alive())));
    }
  }

  private void freeze(SimRouter victim, int ms) {
    victim.freeze(true);
    if (ms > 12_000) {
      sim.after(12_000, victim::forget);
    }
    List<SimViewer> late = sim.viewers.stream().filter(viewer -> viewer.isAt(victim)).toList();
    sim.after(
        PATIENCE_MS,
        () ->
            late.stream()
                .filter(viewer -> victim.isFrozen() && viewer.isAt(victim))
                .forEach(SimViewer::leave));
    sim.after(
        ms,
        () -> {
          if (victim.isFrozen() && victim.isAlive()) {
            victim.freeze(false);
          }
        });
  }

  private void change(SimRouter victim) {
    if (sim.chance(0.4) || sim.alive().size() < 3) {
      sim.start("h" + (10 + sim.random.nextInt(50)), sim.chance(0.5) ? "ams" : "iad");
    } else {
      victim.stop();
    }
  }

  private void oneFault(SimRouter victim) {
    if (!victim.isAlive() || victim.isFrozen()) {
      return;
    }
    switch (sim.random.nextInt(5)) {
      case 0 -> {
        kill(victim);
        if (!victim.isAlive() && sim.chance(0.5)) {
          sim.after(sim.between(500, 6_000), () -> sim.start(victim.self.address(), "ams"));
        }
      }
      case 1 -> {
        victim.freeze(true);
        int ms = pauseMs();
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
      case 3 -> stall(victim);
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
    sim.resetConnection(victim, other);
    if (sim.chance(0.5)) {
      sim.resetConnection(other, victim);
    }
  }

  /** Short, long, or just as long as others wait before they go on without a router. */
  private int pauseMs() {
    return switch (sim.random.nextInt(3)) {
      case 0 -> sim.between(100, 2_500);
      case 1 -> sim.between(1_700, 3_300);
      default -> sim.between(2_500, 8_000);
    };
  }

  /** A connection brings nothing for a while, as when packets are lost. */
  private void stall(SimRouter victim) {
    SimRouter other = victim(sim.alive());
    int ms = sim.between(100, 2_400);
    if (other != victim) {
      sim.stall(victim, other, ms);
      if (sim.chance(0.5)) {
        sim.stall(other, victim, ms);
      }
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
          if (sim.chance(0.3)) { // what joins may not be there for long
            List<SimRouter> able = new ArrayList<>(sim.alive());
            able.remove(victim);
            SimRouter next = victim(able.isEmpty() ? sim.alive() : able);
            sim.after(sim.between(0, 300), () -> kill(next));
          }
        });
  }

  /**
   * Kills {@code victim} if somebody is left who can go on. One that was frozen a moment ago
   * cannot: it waits for 45 s whether the others are gone or it is the one that was away.
   */
  private void kill(SimRouter victim) {
    boolean able =
        sim.alive().stream()
            .anyMatch(
                r -> r != victim && !r.isFrozen() && !r.peers.isStopping() && !r.peers.isInDoubt());
    if (victim.isAlive() && able) {
      victim.kill(sim.chance(0.7));
    }
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
