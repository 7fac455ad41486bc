package dev.flyline.benchmarks;

import java.util.List;

/**
 * One kind of work: so many viewers, spread evenly over so many apps, which together bring so many
 * lines a second.
 */
record Load(String name, int apps, int viewers, int linesPerSecond, int lineBytes) {

  /** The loads that `script/bench` knows. */
  static final List<Load> ALL =
      List.of(
          new Load("one-app-100", 1, 1_000, 100, 300),
          new Load("one-app-1000", 1, 1_000, 1_000, 300),
          new Load("many-apps", 1_000, 1_000, 20_000, 300));

  /** One app whose lines come fast, for what goes between routers. */
  static final Load FAST = new Load("one-app-20000", 1, 10, 20_000, 300);

  /** One app whose lines come at 25 in the 5 ms for which a router gathers them. */
  static final Load BATCHES = new Load("one-app-5000", 1, 10, 5_000, 300);

  static String app(int number) {
    return "app" + number;
  }

  int appOf(int viewer) {
    return viewer % apps;
  }

  /**
   * The number that the next line of {@code app} bears after {@code lines} lines, dealt in turn.
   */
  long nextSeq(int app, long lines) {
    return lines / apps + (app < lines % apps ? 1 : 0);
  }

  String description() {
    return "%,d viewers, %,d app%s, %,d lines/s of %d bytes"
        .formatted(viewers, apps, apps == 1 ? "" : "s", linesPerSecond, lineBytes);
  }
}
