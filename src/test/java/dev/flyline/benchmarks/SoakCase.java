package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Half of two loads at once for a long time: what is alive in the heap at the start and at the end,
 * and whether delays stay as they are.
 */
record SoakCase(String name, String about) implements Case {

  private static final String HEADER =
      """
      | `soak` | heap after GC MiB | resident MiB | lines/s | p50 ms | p99 ms | max ms | cores |
      |---|---:|---:|---:|---:|---:|---:|---:|
      """;

  private static final Load ONE_APP = new Load("soak-one-app", 1, 1_000, 500);
  private static final Load MANY_APPS =
      new Load("soak-many-apps", 1_000, 1_000, 10_000).named("soak-many-apps", "many");

  /** Rings that are full before the first look: later growth is none of theirs. */
  private static final Map<String, String> SETTINGS = Map.of("FLYLINE_HISTORY_LINES", "500");

  private static final int WARM_UP_SECONDS = 60;
  private static final int PARTS = 10;

  /** What was counted and used up to a moment. */
  private record Moment(long atNs, long lines, Share share) {}

  @Override
  public int seconds(Bench bench) {
    return (int) bench.soak().toSeconds() + WARM_UP_SECONDS + 30;
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    long restNs = bench.options().restNs();
    try (Target target = Server.FLYLINE.start(bench.processes(), ONE_APP, SETTINGS);
        Side one = Side.open(ONE_APP, target, 1, restNs);
        Side many = Side.open(MANY_APPS, target, 1, restNs)) {
      List<Side> sides = List.of(one, many);
      for (Side side : sides) {
        side.publish(target);
      }
      Thread.sleep(Math.min(WARM_UP_SECONDS * 1_000L, bench.soak().toMillis()));
      bench.section(soak(bench, target, sides) + "\n" + faults(sides));
    }
  }

  private static String soak(Bench bench, Target target, List<Side> sides)
      throws IOException, InterruptedException {
    var table = new StringBuilder(HEADER);
    String before = heap(target);
    Moment from = moment(target, sides);
    sides.forEach(side -> side.viewers().nextStretch());
    for (int part = 1; part <= PARTS; part++) {
      Thread.sleep(bench.soak().dividedBy(PARTS));
      Moment to = moment(target, sides);
      var stretch = new ReaderLoop.Stretch();
      for (Side side : sides) {
        side.viewers().nextStretch().forEach(stretch::add);
      }
      String heap = part == 1 ? before : part == PARTS ? heap(target) : "";
      String row =
          row(
              bench.soak().multipliedBy(part).dividedBy(PARTS).toSeconds(),
              heap,
              from,
              to,
              stretch.lines());
      bench.say("soak " + row.strip());
      table.append(row);
      from = to;
    }
    return table.toString();
  }

  private static String heap(Target target) throws IOException, InterruptedException {
    return String.format(Locale.ROOT, "%.1f", target.heapAfterCollection() / 1048576.0);
  }

  private static Moment moment(Target target, List<Side> sides) throws IOException {
    return new Moment(
        System.nanoTime(),
        sides.stream().mapToLong(side -> side.viewers().lines()).sum(),
        target.shares().getFirst());
  }

  private static String row(long second, String heap, Moment from, Moment to, Delays delays) {
    double seconds = (to.atNs() - from.atNs()) / 1e9;
    return String.format(
        Locale.ROOT,
        "| up to %,d s | %s | %d | %,.0f | %.1f | %.1f | %.0f | %.2f |%n",
        second,
        heap,
        to.share().usage().residentBytes() >> 20,
        (to.lines() - from.lines()) / seconds,
        delays.quantileNs(0.5) / 1e6,
        delays.quantileNs(0.99) / 1e6,
        delays.maxNs() / 1e6,
        to.share().since(from.share()).usage().cpuSeconds() / seconds);
  }

  private static String faults(List<Side> sides) throws IOException, InterruptedException {
    var text =
        new StringBuilder(
            "The heap of the first row is that at the start. Rings of 500 lines, full by then.\n\n");
    for (Side side : sides) {
      side.finish(true);
      int closed = side.viewers().closed();
      side.viewers().stop();
      text.append("- ")
          .append(side.load().description())
          .append(": faults: ")
          .append(side.faults(false, closed, 0))
          .append('\n');
    }
    return text.toString();
  }
}
