package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.EnvelopeCodec;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.bus.Names;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
import dev.flyline.log.Term;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Liveness in no sense of theirs: they answer what they are asked, more or less, or say anything
 * that can be said. What they make up stays near what the router has said itself, so that it is
 * believed often enough to get far.
 */
final class RandomPeers {

  /** How many things that the router said may still be answered. */
  private static final int QUESTIONS = 16;

  private static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private static final long[] ODD = {
    0, 1, 2, (1L << 53) - 2, (1L << 53) - 1, 1L << 53, MAX_NUMBER - 1, MAX_NUMBER
  };

  private static final String[] ODD_EPOCHS = {
    "1--", "1-0", "999999999999999999-b", "2-zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "7-me"
  };

  private final Random random;
  private final List<AppName> apps;
  private final Names names = new Names();
  private final Map<AppName, Log> logs = new HashMap<>();
  private final List<FakeWorld.Sent> questions = new ArrayList<>();

  RandomPeers(Random random, List<AppName> apps) {
    this.random = random;
    this.apps = apps;
    apps.forEach(app -> logs.put(app, new Log()));
  }

  /** What is known of the router's log of one app. */
  private static final class Log {
    Lineage lineage = Lineage.NONE;
    long last;
    long claim;
  }

  /** Something that one router says. */
  record Said(String from, AppMessage message) {}

  // ---- what the router says ----

  /** Hears what the router says; fails if no other could read it. */
  void hear(FakeWorld.Sent sent) {
    throughTheWire(sent.message());
    Log log = log(sent.message().app());
    switch (sent.message()) {
      case AppMessage.State m -> learn(log, m.lineage(), m.head());
      case AppMessage.Claim m -> {
        learn(log, m.lineage(), m.head());
        log.claim = m.id();
      }
      case AppMessage.ClaimAnswer m -> learn(log, m.lineage(), m.head());
      case AppMessage.Enlist m -> learn(log, m.lineage(), m.head());
      case AppMessage.Lines m -> log.last = Math.max(log.last, m.batch().lastSeq());
      case AppMessage.Ack m -> log.last = m.head();
      case AppMessage.Fetch m -> log.last = m.backwards() ? log.last : m.from() - 1;
      default -> {}
    }
    questions.add(sent);
    if (questions.size() > QUESTIONS) {
      questions.remove(random.nextInt(questions.size()));
    }
  }

  private static void learn(Log log, Lineage lineage, long head) {
    if (!lineage.isEmpty()) {
      log.lineage = lineage;
      log.last = head;
    }
  }

  private Log log(AppName app) {
    return logs.computeIfAbsent(app, _ -> new Log());
  }

  // ---- what they say ----

  /** The next thing that any of them says. */
  Said next() {
    if (!questions.isEmpty() && chance(0.6)) {
      var asked = questions.remove(random.nextInt(questions.size()));
      return new Said(asked.to(), throughTheWire(answer(asked)));
    }
    return new Said(anybody(), throughTheWire(anything(apps.get(random.nextInt(apps.size())))));
  }

  private String anybody() {
    return chance(0.9) ? pick("b", "c", "d") : pick("x", "y-0", "gone");
  }

  /** What a router reads when another one says {@code message}. */
  private AppMessage throughTheWire(AppMessage message) {
    var envelope = new EnvelopeWriter("b").add(message).finish(false, 0, 0);
    return (AppMessage) EnvelopeCodec.decode(envelope, names).messages().getFirst();
  }

  private AppMessage answer(FakeWorld.Sent asked) {
    AppName app = asked.message().app();
    return switch (asked.message()) {
      case AppMessage.Watch _, AppMessage.Look _ -> state(app, asked.to());
      case AppMessage.State m -> chance(0.5) ? new AppMessage.Watch(app, epoch(m)) : ack(app);
      case AppMessage.Claim m -> claimAnswer(app, m.id());
      case AppMessage.Fetch m -> range(app, m);
      case AppMessage.Enlist _, AppMessage.Lines _, AppMessage.Enlisted _ -> ack(app);
      case AppMessage.Ack m ->
          chance(0.7)
              ? new AppMessage.Enlisted(app, m.epoch())
              : new AppMessage.Handover(app, m.epoch(), m.head());
      case AppMessage.Handover m -> {
        Term begun = new Term(counter(app) + 1, asked.to(), m.last());
        yield new AppMessage.Enlist(app, log(app).lineage.until(m.last()).then(begun), m.last());
      }
      default -> anything(app);
    };
  }

  private static String epoch(AppMessage.State state) {
    return state.lineage().isEmpty() ? "" : state.lineage().newest().epoch();
  }

  private AppMessage anything(AppName app) {
    return switch (random.nextInt(15)) {
      case 0 -> new AppMessage.Watch(app, chance(0.3) ? "" : epoch(app));
      case 1 -> new AppMessage.Unwatch(app);
      case 2 -> new AppMessage.Look(app);
      case 3 -> state(app, pick("b", "c", "d", "x", "me"));
      case 4 -> new AppMessage.Head(app, epoch(app), number(app));
      case 5, 6 -> new AppMessage.Lines(batch(app, epoch(app), seq(app)), number(app), true);
      case 7 -> ack(app);
      case 8 ->
          new AppMessage.Fetch(
              app,
              chance(0.1) ? "" : epoch(app),
              chance(0.3) ? 0 : number(app),
              chance(0.5) ? 0 : number(app));
      case 9 ->
          range(app, new AppMessage.Fetch(app, epoch(app), seq(app), chance(0.6) ? 0 : seq(app)));
      case 10 ->
          new AppMessage.Claim(app, random.nextLong(), lineage(app), number(app), chance(0.5));
      case 11 -> claimAnswer(app, chance(0.7) ? log(app).claim : random.nextLong());
      case 12 -> {
        Lineage lineage = lineage(app);
        yield lineage.isEmpty()
            ? new AppMessage.Release(app, epoch(app))
            : new AppMessage.Enlist(app, lineage, number(app));
      }
      case 13 ->
          chance(0.8)
              ? new AppMessage.Enlisted(app, epoch(app))
              : new AppMessage.Refused(app, epoch(app), chance(0.7));
      default ->
          chance(0.5)
              ? new AppMessage.Release(app, epoch(app))
              : chance(0.7)
                  ? new AppMessage.Handover(app, epoch(app), number(app))
                  : new AppMessage.Hold(app, epoch(app), number(app));
    };
  }

  private AppMessage state(AppName app, String owner) {
    return new AppMessage.State(app, lineage(app), owner, number(app));
  }

  private AppMessage ack(AppName app) {
    return new AppMessage.Ack(app, epoch(app), number(app), chance(0.8), chance(0.5));
  }

  private AppMessage claimAnswer(AppName app, long id) {
    return new AppMessage.ClaimAnswer(
        app,
        id,
        lineage(app),
        number(app),
        chance(0.8) ? "" : pick("b", "c", "x", "me"),
        chance(0.1),
        chance(0.5));
  }

  private AppMessage range(AppName app, AppMessage.Fetch fetch) {
    int count = random.nextInt(4);
    boolean backwards = fetch.backwards();
    long seq = Math.min(backwards ? fetch.before() - 3L * count : fetch.from(), MAX_NUMBER - 100);
    seq = Math.max(1, seq + (chance(0.9) ? 0 : random.nextInt(9) - 4));
    long first = chance(0.8) ? seq : number(app);
    List<LogBatch> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      LogBatch batch = batch(app, fetch.epoch().isEmpty() ? epoch(app) : fetch.epoch(), seq);
      batches.add(batch);
      seq = batch.lastSeq() + (chance(0.95) ? 1 : random.nextInt(4));
    }
    return new AppMessage.Range(
        app,
        chance(0.95) ? fetch.epoch() : epoch(app),
        backwards,
        first,
        batches,
        chance(0.3),
        chance(0.2) ? lost(app) : null);
  }

  private AppMessage.Lost lost(AppName app) {
    List<PlacedMark> marks =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(_ -> new PlacedMark(epoch(app), number(app), mark()))
            .toList();
    return new AppMessage.Lost(chance(0.1) ? "" : epoch(app), time(), marks);
  }

  // ---- values ----

  private Lineage lineage(AppName app) {
    Lineage known = log(app).lineage;
    long last = log(app).last;
    return switch (random.nextInt(10)) {
      case 0 -> Lineage.NONE;
      case 1 -> known.isEmpty() ? known : known.upTo(known.terms().getFirst().epoch());
      case 2 -> {
        long counter = 1 + random.nextLong(chance(0.1) ? MAX_NUMBER : 1 + counter(app) * 2);
        Lineage begun = Lineage.NONE.then(new Term(counter, pick("b", "c", "d"), number(app)));
        yield chance(0.5) ? begun : then(begun, number(app));
      }
      case 3, 4 -> then(known, Math.max(0, last - random.nextInt(6)));
      case 5 -> then(known, last);
      default -> known;
    };
  }

  private Lineage then(Lineage lineage, long after) {
    long counter = lineage.isEmpty() ? 0 : lineage.newest().counter();
    long next = Math.min(MAX_NUMBER, counter + 1 + (chance(0.1) ? number(apps.getFirst()) : 0));
    Lineage until = lineage.until(after);
    return next == counter ? until : until.then(new Term(next, pick("b", "c", "d"), after));
  }

  private long counter(AppName app) {
    Lineage known = log(app).lineage;
    return known.isEmpty() ? 0 : Math.min(known.newest().counter(), MAX_NUMBER - 1);
  }

  private String epoch(AppName app) {
    Lineage known = log(app).lineage;
    if (chance(0.05)) {
      return ODD_EPOCHS[random.nextInt(ODD_EPOCHS.length)];
    }
    if (known.isEmpty() || chance(0.2)) {
      return Math.max(1, counter(app) + random.nextInt(4) - 1) + "-" + pick("b", "c", "d", "me");
    }
    List<Term> terms = known.terms();
    return (chance(0.8) ? terms.getLast() : terms.get(random.nextInt(terms.size()))).epoch();
  }

  private long number(AppName app) {
    return chance(0.06)
        ? ODD[random.nextInt(ODD.length)]
        : Math.max(0, log(app).last + (chance(0.5) ? 0 : random.nextInt(12) - 6));
  }

  private long seq(AppName app) {
    return Math.max(
        1, Math.min(number(app) + (chance(0.7) ? 1 : random.nextInt(8) - 3), MAX_NUMBER - 100));
  }

  private LogBatch batch(AppName app, String epoch, long firstSeq) {
    return new LogBatch(app, epoch, firstSeq, entries());
  }

  /** Some lines of a few machines, many of them equal, and now and then a mark. */
  List<Entry> entries() {
    return IntStream.range(0, 1 + random.nextInt(chance(0.05) ? 40 : 3))
        .<Entry>mapToObj(_ -> chance(0.05) ? mark() : line())
        .toList();
  }

  private LogLine line() {
    byte[] payload = new byte[chance(0.01) ? 60_000 : 1 + random.nextInt(3)];
    payload[0] = (byte) ('0' + random.nextInt(10));
    return new LogLine("ams", pick("m1", "m2", "m3"), payload, time());
  }

  private Mark mark() {
    GapCause cause = GapCause.ofWireCode(1 + random.nextInt(GapCause.values().length));
    return new Mark(cause, chance(0.5) ? Mark.UNKNOWN : random.nextLong(MAX_NUMBER), time());
  }

  private long time() {
    return chance(0.02) ? random.nextLong() : 1_000_000;
  }

  private boolean chance(double probability) {
    return random.nextDouble() < probability;
  }

  private String pick(String... some) {
    return some[random.nextInt(some.length)];
  }
}
