package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A world of routers, one NATS and viewers in one thread and in made-up time, in which everything
 * random comes from one seed. The routers run the protocol's own code.
 */
final class Sim {

  /** The app that everything happens to. */
  static final AppName APP = new AppName("app");

  /** Another one, whose lines must never be mixed with those. */
  static final AppName OTHER = new AppName("other");

  final Random random;
  final List<SimRouter> routers = new ArrayList<>();
  final List<SimViewer> viewers = new ArrayList<>();
  final SimNats nats = new SimNats(this);
  final List<String> story = new ArrayList<>();
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<String, SimRouter> byNode = new HashMap<>();
  private final Map<Placed, Entry> log = new HashMap<>(); // what viewers have seen where
  private final Set<Placed> marks = new HashSet<>();
  private long order;
  private int names;
  private long hash; // of all that was told and noted
  long nowMs;

  /** The most that a message takes between two routers of this world. */
  final int farMs;

  /** Rules that no router keeps. */
  final Set<Rule> broken;

  Sim(long seed, Set<Rule> broken) {
    this.broken = broken;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
    this.farMs = chance(0.3) ? between(20, 150) : 8;
  }

  /** Looked up for each line that a viewer gets, so without a record's method handles. */
  private record Placed(AppName app, String epoch, long seq) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Placed that
          && seq == that.seq
          && epoch.equals(that.epoch)
          && app.equals(that.app);
    }

    @Override
    public int hashCode() {
      return 31 * epoch.hashCode() + Long.hashCode(seq);
    }
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
    note(what.hashCode());
  }

  /** Adds {@code what}, which happens now, to the {@link #hash}. */
  void note(long what) {
    hash = (hash ^ nowMs) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ (hash >>> 29) ^ what) * 0xBF58476D1CE4E5B9L;
    hash ^= hash >>> 32;
  }

  /**
   * A hash of the story and of what each viewer got when. It depends on the seed and on what the
   * protocol does, and on nothing else.
   */
  long hash() {
    return hash;
  }

  // ---- routers ----

  SimRouter start(String address, String region) {
    var router = new SimRouter(this, (char) ('a' + names++) + "", address, region);
    routers.add(router);
    byNode.put(router.node, router);
    tell("start " + router.node + " at " + address);
    routers.forEach(SimRouter::membersChangedSoon);
    router.start();
    return router;
  }

  List<SimRouter> alive() {
    var alive = new ArrayList<SimRouter>(routers.size());
    for (SimRouter router : routers) {
      if (router.isAlive()) {
        alive.add(router);
      }
    }
    return alive;
  }

  SimRouter anyAlive() {
    List<SimRouter> alive = alive();
    return alive.get(random.nextInt(alive.size()));
  }

  // ---- what all viewers see ----

  /** Whether {@code entry} is what everybody else has seen at this position. */
  boolean stands(AppName app, String epoch, long seq, Entry entry) {
    Entry before = log.putIfAbsent(new Placed(app, epoch, seq), entry);
    return before == null || before.equals(entry);
  }

  /** The entry that somebody has seen at a position; null if nobody has. */
  @Nullable Entry seen(AppName app, String epoch, long seq) {
    return log.get(new Placed(app, epoch, seq));
  }

  /** Whether some owner has numbered a mark at a position, whether anybody has seen it or not. */
  boolean isMark(AppName app, String epoch, long seq) {
    return marks.contains(new Placed(app, epoch, seq));
  }

  private void noteMarks(LogBatch batch) {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.entries().get(i) instanceof Mark) {
        marks.add(new Placed(batch.app(), batch.epoch(), batch.firstSeq() + i));
      }
    }
  }

  // ---- network ----

  /** The way from one router to another; what is on it arrives in order. */
  static final class Link {
    private long busyUntil;
    private int connection; // by number; what is on the way goes with it
    private boolean cut;
  }

  void send(SimRouter from, String to, AppMessage message) {
    if (message instanceof AppMessage.Lines lines) {
      noteMarks(lines.batch());
    }
    if (from.knows(to)) { // else the bus knows no way
      deliver(from, to, target -> target.receive(from.node, message));
    }
  }

  void heartbeat(SimRouter from, String to) {
    boolean stopping = from.peers.isStopping();
    deliver(from, to, target -> target.heard(from.node, stopping));
  }

  private void deliver(SimRouter from, String to, Consumer<SimRouter> what) {
    Link link = from.link(to);
    SimRouter target = byNode.get(to);
    if (target == null || !target.isAlive() || link.cut) {
      if (target != null && !target.isAlive() && target.refusesConnections) {
        after(between(1, 5), () -> from.refused(to));
      }
      return;
    }
    long at = Math.max(nowMs + between(1 + farMs / 4, farMs), link.busyUntil);
    link.busyUntil = at;
    int connection = link.connection;
    after(
        at - nowMs,
        () -> {
          if (link.connection == connection) {
            target.inbox(() -> what.accept(target));
          }
        });
  }

  /** Loses what is on its way between two routers; they connect again. */
  void resetConnection(SimRouter from, SimRouter to) {
    from.link(to.node).connection++;
  }

  /** Lets what is on its way between two routers, and what follows, arrive only in {@code ms}. */
  void stall(SimRouter from, SimRouter to, int ms) {
    tell("stall " + from.node + " to " + to.node + " for " + ms);
    Link link = from.link(to.node);
    link.busyUntil = Math.max(link.busyUntil, nowMs + ms);
  }

  /** Lets nothing pass between two routers from now on, or everything again. */
  void cut(SimRouter a, SimRouter b, boolean isCut) {
    for (Link link : List.of(a.link(b.node), b.link(a.node))) {
      link.cut = isCut;
      if (isCut) {
        link.connection++;
      }
    }
  }

  boolean isCut(SimRouter a, SimRouter b) {
    return a.link(b.node).cut;
  }
}
