package dev.flyline.bus;

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
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.IntStream;

/** Messages of every kind as routers send them, values at the edges included. */
final class RandomMessages {

  static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private static final long[] NUMBERS = {
    0, 1, 127, 128, 16_383, 16_384, 1L << 31, 1L << 32, MAX_NUMBER - 1000, MAX_NUMBER
  };
  private static final long[] TIMES = {
    0, 1, -1, 1_763_640_000_000L, Long.MAX_VALUE, Long.MIN_VALUE
  };

  private final Random random;

  RandomMessages(Random random) {
    this.random = random;
  }

  /** How each kind of message is made, in the order of {@link AppMessage}. */
  static final List<Function<RandomMessages, AppMessage>> KINDS =
      List.of(
          r -> new AppMessage.Watch(r.app(), r.epochOrNone()),
          r -> new AppMessage.Unwatch(r.app()),
          r -> new AppMessage.Look(r.app(), r.number()),
          r -> new AppMessage.State(r.app(), r.lineage(0), r.node(), r.number(), r.number()),
          r -> new AppMessage.Head(r.app(), r.epoch(), r.number()),
          r -> new AppMessage.Lines(r.batch(r.app()), r.number(), r.flag()),
          r -> new AppMessage.Ack(r.app(), r.epoch(), r.number(), r.flag(), r.flag()),
          r -> new AppMessage.Fetch(r.app(), r.epochOrNone(), r.number(), r.number()),
          RandomMessages::range,
          r ->
              new AppMessage.Claim(
                  r.app(), r.random.nextLong(), r.lineage(0), r.number(), r.flag()),
          r ->
              new AppMessage.ClaimAnswer(
                  r.app(),
                  r.random.nextLong(),
                  r.lineage(0),
                  r.number(),
                  r.flag() ? r.node() : "",
                  r.flag(),
                  r.flag()),
          r -> new AppMessage.Enlist(r.app(), r.lineage(1), r.number()),
          r -> new AppMessage.Enlisted(r.app(), r.epoch()),
          r -> new AppMessage.Release(r.app(), r.epoch()),
          r -> new AppMessage.Handover(r.app(), r.epoch(), r.number()),
          r -> new AppMessage.Hold(r.app(), r.epoch(), r.number()),
          r -> new AppMessage.Refused(r.app(), r.epoch(), r.flag()));

  AppMessage any() {
    return KINDS.get(random.nextInt(KINDS.size())).apply(this);
  }

  /** One of each kind. */
  List<AppMessage> ofEachKind() {
    return KINDS.stream().map(kind -> kind.apply(this)).toList();
  }

  long number() {
    return flag() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong(MAX_NUMBER);
  }

  String node() {
    return text("abc0123456789-", 1 + random.nextInt(20));
  }

  private boolean flag() {
    return random.nextBoolean();
  }

  private String text(String letters, int length) {
    return random
        .ints(length, 0, letters.length())
        .collect(StringBuilder::new, (b, i) -> b.append(letters.charAt(i)), StringBuilder::append)
        .toString();
  }

  private AppName app() {
    int length = flag() ? random.nextInt(AppName.MAX_LENGTH) : AppName.MAX_LENGTH - 1;
    return new AppName("a" + text("abcxyz0189-", length));
  }

  private String epoch() {
    return 1 + random.nextLong(flag() ? 9 : MAX_NUMBER) + "-" + node();
  }

  private String epochOrNone() {
    return flag() ? epoch() : "";
  }

  private long timeMs() {
    return flag()
        ? TIMES[random.nextInt(TIMES.length)]
        : 1_763_640_000_000L + random.nextInt(100_000);
  }

  private Lineage lineage(int least) {
    Lineage lineage = Lineage.NONE;
    int terms = flag() ? Lineage.REMEMBERED : least + random.nextInt(4);
    long counter = 0;
    long after = 0;
    for (int i = 0; i < terms; i++) {
      counter += 1 + random.nextInt(1 << (1 + random.nextInt(20)));
      after += random.nextInt(3) * number() / 200;
      lineage = lineage.then(new Term(counter, node(), after));
    }
    return lineage;
  }

  LogBatch batch(AppName app) {
    int size = 1 + random.nextInt(flag() ? 3 : 40);
    long firstSeq = 1 + random.nextLong(flag() ? 200 : MAX_NUMBER - size);
    List<Entry> entries = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      entries.add(random.nextInt(10) == 0 ? mark() : line());
    }
    return new LogBatch(app, epoch(), firstSeq, entries);
  }

  private LogLine line() {
    byte[] payload = new byte[random.nextInt(flag() ? 200 : 3)];
    random.nextBytes(payload);
    String machine = flag() ? "M_" + random.nextInt(200) : "0".repeat(64);
    return new LogLine("r" + random.nextInt(3), machine, payload, timeMs());
  }

  private Mark mark() {
    GapCause cause = GapCause.ofWireCode(1 + random.nextInt(GapCause.values().length));
    return new Mark(cause, flag() ? Mark.UNKNOWN : random.nextLong(MAX_NUMBER), timeMs());
  }

  private AppMessage.Range range() {
    AppName app = app();
    List<LogBatch> batches =
        IntStream.range(0, random.nextInt(4)).mapToObj(_ -> batch(app)).toList();
    List<PlacedMark> marks =
        IntStream.range(0, random.nextInt(4))
            .mapToObj(_ -> new PlacedMark(epoch(), number(), mark()))
            .toList();
    return new AppMessage.Range(
        app,
        epochOrNone(),
        flag(),
        number(),
        batches,
        flag(),
        flag() ? new AppMessage.Lost(epochOrNone(), timeMs(), marks) : null);
  }
}
