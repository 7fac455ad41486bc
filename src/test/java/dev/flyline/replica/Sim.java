package dev.flyline.replica;

import dev.flyline.bus.PeerMessage;
import dev.flyline.log.AppName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;

/**
 * A world of routers, one NATS and viewers in one thread and in made-up time, in which everything
 * random comes from one seed. The routers run the protocol's own code.
 */
final class Sim {

  static final AppName APP = new AppName("app");

  final Random random;
  final List<SimRouter> routers = new ArrayList<>();
  final List<SimViewer> viewers = new ArrayList<>();
  final SimNats nats = new SimNats(this);
  final List<String> story = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<String, Long> linkBusyUntil = new HashMap<>();
  private final Set<String> cut = new HashSet<>(); // ordered pairs between which nothing passes
  private final Map<String, Integer> connection = new HashMap<>(); // of an ordered pair, by number
  private long order;
  private int names;
  long nowMs;

  /** The most that a message takes between two routers of this world. */
  final int farMs;

  Sim(long seed) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
    this.farMs = chance(0.3) ? between(20, 150) : 8;
  }

  private record Event(long atMs, long order, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(atMs, other.atMs);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  /** Does {@code action} in {@code ms}. */
  void after(long ms, Runnable action) {
    events.add(new Event(nowMs + ms, order++, action));
  }

  /** Lets time pass. */
  void runTo(long endMs) {
    while (!events.isEmpty() && events.element().atMs <= endMs) {
      Event event = events.remove();
      nowMs = event.atMs;
      event.action.run();
    }
    nowMs = endMs;
  }

  int between(int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  void tell(String what) {
    story.add(nowMs + " " + what);
  }

  // ---- routers ----

  SimRouter start(String address, String region) {
    var router = new SimRouter(this, (char) ('a' + names++) + "", address, region);
    routers.add(router);
    tell("start " + router.node + " at " + address);
    routers.forEach(SimRouter::membersChangedSoon);
    router.start();
    return router;
  }

  List<SimRouter> alive() {
    return routers.stream().filter(SimRouter::isAlive).toList();
  }

  SimRouter anyAlive() {
    List<SimRouter> alive = alive();
    return alive.get(random.nextInt(alive.size()));
  }

  // ---- network ----

  void send(SimRouter from, String to, PeerMessage message) {
    if (from.peers.others().stream().noneMatch(peer -> peer.node().equals(to))) {
      return; // the bus knows no way
    }
    deliver(from, to, target -> target.receive(from.node, message));
  }

  void heartbeat(SimRouter from, String to) {
    boolean stopping = from.peers.isStopping();
    deliver(from, to, target -> target.heard(from.node, stopping));
  }

  private void deliver(SimRouter from, String to, java.util.function.Consumer<SimRouter> what) {
    String link = from.node + ">" + to;
    SimRouter target = routers.stream().filter(r -> r.node.equals(to)).findFirst().orElse(null);
    if (target == null || !target.isAlive() || cut.contains(link)) {
      if (target != null && !target.isAlive() && target.refusesConnections) {
        after(between(1, 5), () -> from.refused(to));
      }
      return;
    }
    long at = Math.max(nowMs + between(1 + farMs / 4, farMs), linkBusyUntil.getOrDefault(link, 0L));
    linkBusyUntil.put(link, at);
    int connected = connection.getOrDefault(link, 0);
    after(
        at - nowMs,
        () -> {
          if (connection.getOrDefault(link, 0) == connected) {
            target.inbox(() -> what.accept(target));
          }
        });
  }

  /** Loses what is on its way between two routers; they connect again. */
  void resetConnection(String from, String to) {
    connection.merge(from + ">" + to, 1, Integer::sum);
  }

  /** Lets nothing pass between two routers from now on, or everything again. */
  void cut(SimRouter a, SimRouter b, boolean isCut) {
    for (String link : List.of(a.node + ">" + b.node, b.node + ">" + a.node)) {
      if (isCut) {
        cut.add(link);
        connection.merge(link, 1, Integer::sum);
      } else {
        cut.remove(link);
      }
    }
  }

  boolean isCut(SimRouter a, SimRouter b) {
    return cut.contains(a.node + ">" + b.node);
  }
}
