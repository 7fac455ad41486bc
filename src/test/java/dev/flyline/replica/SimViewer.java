package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Edge;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A client that goes on at its position wherever it can, and checks what it gets: lines of its own
 * app alone, at each position what everybody else got there, each machine's lines in order, none
 * twice, none missing without a gap or mark, and as many missing as it was told where a count was.
 */
final class SimViewer {

  private final Sim sim;
  private final String name;
  private final AppName app;
  private @Nullable SimRouter at;
  private @Nullable BlockRing ring;
  private @Nullable Position position; // null before the first hello
  private final Map<Integer, Integer> next = new HashMap<>(); // by machine, the line to come
  private final Map<Integer, Excuse> excuses = new HashMap<>(); // by machine, what was told
  private boolean asking;
  private boolean readHere; // something of this router's log
  private int visit; // how often it has connected
  private long lastLineMs;
  private boolean counts = true; // whether all that was told so far says how many lines are missing
  private long missing; // lines that did not come
  private long toldAtLeast; // how many lines are missing, as far as gaps and marks say
  private long toldAtMost;
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

  SimViewer(Sim sim, String name, AppName app) {
    this.sim = sim;
    this.name = name;
    this.app = app;
  }

  String name() {
    return name;
  }

  boolean isAt(SimRouter router) {
    return at == router;
  }

  boolean isAt(SimRouter router, AppName app) {
    return at == router && this.app.equals(app);
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
          SimFeed feed = router.feed(app);
          feed.join();
          BlockRing log = feed.ring;
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
      router.inbox(() -> router.feed(app).leave());
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
    counts = false;
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
        ask(router, () -> router.replicas().newer(app), () -> settle(current(router, log), false));
        return;
      }
      long common = Math.min(log.head(), log.lineage().common(log.lineage().upTo(from.epoch())));
      long begin = Math.max(common + 1, log.complete() ? log.oldest() : common + 1);
      if (common == 0 && !log.complete()) {
        ask(
            router,
            () -> router.replicas().older(app, 0),
            () -> settle(current(router, log), false));
        return;
      }
      tell("failover");
      counts = false;
      excuse(true);
      position = new Position(log.lineage().epochAt(begin - 1), begin - 1);
    }
    read();
  }

  private BlockRing current(SimRouter router, BlockRing log) {
    BlockRing newer = router.feed(app).ring;
    return newer == null ? log : newer;
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
          long needed = seq;
          ask(router, () -> router.replicas().older(app, needed), this::read);
          return;
        }
        evicted(log.edge(), seq);
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
        if (!sim.stands(app, batch.epoch(), seq, entry)) {
          fail("another entry at " + batch.epoch() + ":" + seq + " than others got: " + entry);
        }
        note(batch.epoch(), seq, entry);
        got(entry, seq++);
      }
      readHere = true;
      position = new Position(batch.epoch(), seq - 1);
    }
  }

  private void note(String epoch, long seq, Entry entry) {
    sim.note(31L * name.hashCode() + epoch.hashCode());
    sim.note(seq);
    sim.note(
        switch (entry) {
          case LogLine line -> 31L * line.machine().hashCode() + Arrays.hashCode(line.payload());
          case Mark mark -> 31L * mark.cause().name().hashCode() + mark.lines();
        });
  }

  private void got(Entry entry, long seq) {
    switch (entry) {
      case LogLine line -> line(line, seq);
      case Mark mark -> {
        marks++;
        count(mark);
        excuse(mark.cause() == GapCause.FAILOVER);
        sim.tell(name + " mark " + mark.cause() + " at " + seq);
      }
    }
  }

  private void tell(String cause) {
    gaps++;
    sim.tell(name + " gap " + cause);
  }

  /** Is told that everything from {@code from} up to the edge is there no more. */
  private void evicted(Edge edge, long from) {
    tell("evicted " + from + " to " + (edge.oldest() - 1));
    excuse(false);
    Map<Long, Mark> marks = new HashMap<>();
    edge.lostMarks().forEach(placed -> marks.put(placed.seq(), placed.mark()));
    String epoch = "";
    for (long seq = from; seq < edge.oldest(); seq++) {
      epoch = ring == null ? epoch : ring.lineage().epochAt(seq);
      Entry known = sim.seen(app, epoch, seq);
      Mark mark = marks.get(seq);
      if (mark != null) {
        count(mark);
      } else if (known instanceof Mark || sim.isMark(app, epoch, seq)) {
        counts = false; // it was passed over where nobody could know of it
      } else {
        toldAtLeast += known == null ? 0 : 1;
        toldAtMost++;
      }
    }
  }

  private void count(Mark mark) {
    counts &= mark.lines() != Mark.UNKNOWN;
    toldAtLeast += mark.lines();
    toldAtMost += mark.lines();
  }

  private void excuse(boolean failover) {
    List<SimNats.Machine> machines = sim.nats.machines(app);
    for (int machine = 0; machine < machines.size(); machine++) {
      counts &= next.containsKey(machine); // else nobody knows with which line it begins
      excuses.merge(
          machine,
          failover ? Excuse.ANYTHING : Excuse.MISSING,
          (a, b) -> a == Excuse.ANYTHING ? a : b);
    }
  }

  private void line(LogLine line, long seq) {
    noteSilence();
    int machine = Integer.parseInt(line.machine().substring(1));
    SimNats.Machine its = sim.nats.machines(app).get(machine);
    Integer expected = next.get(machine);
    Excuse excuse = excuses.remove(machine);
    int found = (int) line.arrivedMs(); // its number; the text may have been said before
    if (!its.says(found, line.payload())) {
      fail("line " + text(line) + " of m" + machine + " at " + seq + " is none of this app's");
    } else if (expected != null && excuse != null) {
      missing += found - expected; // fewer than none, if it comes again
      if (found < expected && excuse != Excuse.ANYTHING) {
        fail(text(line) + " of m" + machine + " at " + seq + " twice, expected " + expected);
      }
    } else if (expected != null) {
      if (its.says(expected, line.payload()) && !its.lost.contains(expected)) {
        found = expected; // which of equal lines it is, nobody can tell
      }
      skipTo(machine, expected, found, its);
    }
    next.put(machine, found + 1);
  }

  private static String text(LogLine line) {
    return new String(line.payload(), StandardCharsets.US_ASCII).strip();
  }

  /** Goes on at another line than the next: NATS may have lost those between without a word. */
  private void skipTo(int machine, int expected, int found, SimNats.Machine its) {
    for (int number = expected; number < found; number++) {
      if (!its.lost.contains(number)) {
        fail("m" + machine + ": got number " + found + ", expected number " + expected);
        return;
      }
    }
    if (found < expected) {
      fail("m" + machine + ": got number " + found + " again, expected number " + expected);
    }
  }

  private void noteSilence() {
    if (sim.nowMs - lastLineMs > longestSilenceMs) {
      longestSilenceMs = sim.nowMs - lastLineMs;
      if (longestSilenceMs > 3_000) {
        sim.tell(
            name + " waited " + longestSilenceMs + " at " + (at == null ? "nowhere" : at.node));
      }
    }
    lastLineMs = sim.nowMs;
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
    List<SimNats.Machine> machines = sim.nats.machines(app);
    boolean lossless = true;
    for (int machine = 0; machine < machines.size(); machine++) {
      int published = machines.get(machine).published.size();
      Integer expected = next.get(machine);
      if (expected != null) {
        missing += published - expected;
      }
      boolean atEnd = machines.get(machine).isLostFrom(expected == null ? 0 : expected);
      if (!atEnd && !excuses.containsKey(machine)) {
        fail("m" + machine + " ends at " + expected + " of " + published + " " + this);
      }
      lossless &= machines.get(machine).lost.isEmpty();
    }
    if (counts && lossless && (missing < toldAtLeast || missing > toldAtMost)) {
      fail(missing + " lines missing, told " + toldAtLeast + " to " + toldAtMost);
    }
  }
}
