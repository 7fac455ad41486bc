package dev.flyline.replica;

import dev.flyline.bus.LogBatch;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that goes on at its position wherever it can, and checks what it gets: each machine's
 * lines in order, none twice, none missing without a gap or mark.
 */
final class SimViewer {

  private final Sim sim;
  private final String name;
  private @Nullable SimRouter at;
  private @Nullable BlockRing ring;
  private @Nullable Position position; // null before the first hello
  private final Map<Integer, Integer> next = new HashMap<>(); // by machine, the line to come
  private final Map<Integer, Excuse> excuses = new HashMap<>(); // by machine, what was told
  private boolean asking;
  private boolean readHere; // something of this router's log
  private int visit; // how often it has connected
  private long lastLineMs;
  int gaps;
  int marks;
  int moves;
  long longestSilenceMs;
  @Nullable String violation;

  /** What a gap or mark excuses until the next line of a machine. */
  private enum Excuse {
    /** Lines may be missing. */
    MISSING,
    /** Lines may be missing or come again. */
    ANYTHING
  }

  SimViewer(Sim sim, String name) {
    this.sim = sim;
    this.name = name;
  }

  boolean isAt(SimRouter router) {
    return at == router;
  }

  boolean isThere() {
    return at != null;
  }

  // ---- moving ----

  void connect(SimRouter router) {
    sim.tell(name + " to " + router.node + " at " + position);
    at = router;
    ring = null;
    asking = false;
    readHere = false;
    waitsFromHere();
    int connection = ++visit;
    router.inbox(
        () -> {
          if (at != router || visit != connection) {
            return;
          }
          router.watch();
          BlockRing log = router.ring;
          if (log != null) {
            opened(log, log.head());
          }
        });
  }

  /** What it has waited until now was its router's fault, or its own. */
  void waitsFromHere() {
    lastLineMs = sim.nowMs;
  }

  void lostRouter() {
    at = null;
    ring = null;
    moves++;
    reconnectSoon();
  }

  private void reconnectSoon() {
    sim.after(
        sim.between(20, 600),
        () -> {
          if (at != null) {
            return;
          }
          List<SimRouter> able =
              sim.alive().stream().filter(r -> !r.isFrozen() && !r.peers.isStopping()).toList();
          if (able.isEmpty()) {
            reconnectSoon();
          } else {
            connect(able.get(sim.random.nextInt(able.size())));
          }
        });
  }

  void leave() {
    SimRouter router = at;
    if (router != null) {
      at = null;
      ring = null;
      moves++;
      router.inbox(router::unwatch);
      reconnectSoon();
    }
  }

  // ---- reading ----

  void opened(BlockRing log, long live) {
    if (ring != null) {
      return;
    }
    if (position == null) {
      ring = log;
      position = new Position(log.lineage().epochAt(live), live);
      lastLineMs = sim.nowMs;
      read();
    } else {
      settle(log, true);
    }
  }

  /** Whoever stays where it is gets no line twice, whatever becomes of the branch that it saw. */
  void replaced(BlockRing log, long after) {
    Position from = position;
    if (ring == null || from == null) {
      return;
    }
    if (log.lineage().holds(from, log.head())) {
      settle(log, false);
      return;
    }
    boolean moved = !readHere; // with more than was shown here
    visit++; // what was asked for is not waited for any more
    asking = false;
    ring = log;
    long last = Math.max(after, log.oldest() - 1);
    sim.tell(name + " gap failover, to " + last);
    gaps++;
    excuse(moved);
    position = new Position(log.lineage().epochAt(last), last);
    read();
  }

  /** Finds the place of the position in {@code log}, which may have to be filled up before. */
  private void settle(BlockRing log, boolean mayAsk) {
    SimRouter router = at;
    Position from = position;
    if (router == null || from == null) {
      return;
    }
    ring = log;
    if (!log.lineage().holds(from, log.head())) {
      if (mayAsk) {
        ask(
            router,
            () -> router.replicas().newer(Sim.APP),
            () -> settle(current(router, log), false));
        return;
      }
      long common = Math.min(log.head(), log.lineage().common(log.lineage().upTo(from.epoch())));
      long begin = Math.max(common + 1, log.complete() ? log.oldest() : common + 1);
      if (common == 0 && !log.complete()) {
        ask(
            router,
            () -> router.replicas().older(Sim.APP),
            () -> settle(current(router, log), false));
        return;
      }
      gap("failover");
      position = new Position(log.lineage().epochAt(begin - 1), begin - 1);
    }
    read();
  }

  private static BlockRing current(SimRouter router, BlockRing log) {
    return router.ring == null ? log : router.ring;
  }

  private void ask(SimRouter router, Supplier<Future<Void>> question, Runnable then) {
    asking = true;
    int connection = visit;
    question
        .get()
        .onComplete(
            _ -> {
              if (at == router && visit == connection) {
                asking = false;
                then.run();
              }
            });
  }

  void read() {
    BlockRing log = ring;
    Position from = position;
    SimRouter router = at;
    if (log == null || from == null || asking || router == null) {
      return;
    }
    long seq = from.seq() + 1;
    while (seq <= log.head()) {
      if (seq < log.oldest()) {
        if (!log.complete()) {
          ask(router, () -> router.replicas().older(Sim.APP), this::read);
          return;
        }
        gap("evicted");
        seq = log.oldest();
        position = new Position(log.edge().epoch(), seq - 1);
        continue;
      }
      LogBatch batch = log.batch(seq);
      if (batch == null) {
        fail("no batch at " + seq);
        return;
      }
      for (Entry entry : batch.entries()) {
        got(entry, seq++);
      }
      readHere = true;
      position = new Position(batch.epoch(), seq - 1);
    }
  }

  private void got(Entry entry, long seq) {
    switch (entry) {
      case LogLine line -> line(line, seq);
      case Mark mark -> {
        marks++;
        excuse(mark.cause() == GapCause.FAILOVER);
        sim.tell(name + " mark " + mark.cause() + " at " + seq);
      }
    }
  }

  private void gap(String cause) {
    gaps++;
    excuse(cause.equals("failover"));
    sim.tell(name + " gap " + cause);
  }

  private void excuse(boolean failover) {
    for (int machine = 0; machine < sim.nats.published.size(); machine++) {
      excuses.merge(
          machine,
          failover ? Excuse.ANYTHING : Excuse.MISSING,
          (a, b) -> a == Excuse.ANYTHING ? a : b);
    }
  }

  private void line(LogLine line, long seq) {
    int machine = Integer.parseInt(line.machine().substring(1));
    String payload = new String(line.payload(), StandardCharsets.US_ASCII);
    List<String> published = sim.nats.published.get(machine);
    Integer expected = next.get(machine);
    if (sim.nowMs - lastLineMs > longestSilenceMs) {
      longestSilenceMs = sim.nowMs - lastLineMs;
      if (longestSilenceMs > 3_000) {
        sim.tell(
            name + " waited " + longestSilenceMs + " at " + (at == null ? "nowhere" : at.node));
      }
    }
    lastLineMs = sim.nowMs;
    int found;
    Excuse excuse = excuses.remove(machine);
    if (expected == null || excuse != null) {
      found = (int) line.arrivedMs(); // its number; the text may have been said before
      if (expected != null && found < expected && excuse != Excuse.ANYTHING) {
        fail("line " + payload + " of m" + machine + " at " + seq + " twice, expected " + expected);
      }
    } else {
      found = expected;
      if (expected >= published.size() || !published.get(expected).equals(payload)) {
        fail("m" + machine + " at " + seq + ": got " + payload + ", expected number " + expected);
        return;
      }
    }
    next.put(machine, found + 1);
  }

  private void fail(String what) {
    if (violation == null) {
      violation = name + ": " + what;
      sim.tell("VIOLATION " + violation);
    }
  }

  @Override
  public String toString() {
    return (at == null ? "nowhere" : "at " + at.node)
        + (asking ? " asking" : "")
        + " position "
        + position
        + (ring == null ? " no ring" : " head " + ring.head());
  }

  /** At the end, when all has been quiet for long enough, nothing may be missing. */
  void checkEnd() {
    for (int machine = 0; machine < sim.nats.published.size(); machine++) {
      int published = sim.nats.published.get(machine).size();
      if (next.getOrDefault(machine, 0) != published && !excuses.containsKey(machine)) {
        fail("m" + machine + " ends at " + next.get(machine) + " of " + published + " " + this);
      }
    }
  }
}
