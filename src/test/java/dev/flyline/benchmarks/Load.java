package dev.flyline.benchmarks;

import java.util.List;

/**
 * One kind of work: so many viewers, spread evenly over so many apps, which together bring so many
 * lines a second.
 *
 * @param prefix what the names of its apps begin with
 */
record Load(
    String name,
    String prefix,
    int apps,
    int viewers,
    int linesPerSecond,
    int lineBytes,
    Wish wish) {

  private static final int LINE_BYTES = 300;

  /** The loads that every server and transport is measured with. */
  static final List<Load> ALL =
      List.of(
          new Load("one-app-100", 1, 1_000, 100),
          new Load("one-app-1000", 1, 1_000, 1_000),
          new Load("many-apps", 1_000, 1_000, 20_000));

  /** One app whose lines come fast, for what goes between routers. */
  static final Load FAST = new Load("one-app-20000", 1, 10, 20_000);

  /** One app whose lines come at 25 in the 5 ms for which a router gathers them. */
  static final Load BATCHES = new Load("one-app-5000", 1, 10, 5_000);

  /** Lines of the length that all loads have. */
  Load(String name, int apps, int viewers, int linesPerSecond) {
    this(name, "app", apps, viewers, linesPerSecond, LINE_BYTES, Wish.EVERYTHING);
  }

  /** The same under another name with viewers who want something else. */
  Load with(String otherName, Wish other) {
    return new Load(otherName, prefix, apps, viewers, linesPerSecond, lineBytes, other);
  }

  /** The same under another name with apps of other names. */
  Load named(String otherName, String otherPrefix) {
    return new Load(otherName, otherPrefix, apps, viewers, linesPerSecond, lineBytes, wish);
  }

  /** The same with another number of lines. */
  Load at(String otherName, int otherLinesPerSecond) {
    return new Load(otherName, prefix, apps, viewers, otherLinesPerSecond, lineBytes, wish);
  }

  String app(int number) {
    return prefix + number;
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

  /** How many lines all viewers together get of the first {@code lines}. */
  long deliveries(long lines) {
    long sum = 0;
    for (int i = 0; i < viewers; i++) {
      sum += wish.pick(i).count(0, nextSeq(appOf(i), lines));
    }
    return sum;
  }

  String description() {
    return "%,d viewer%s, %,d app%s, %,d lines/s of %d bytes%s"
        .formatted(
            viewers,
            viewers == 1 ? "" : "s",
            apps,
            apps == 1 ? "" : "s",
            linesPerSecond,
            lineBytes,
            switch (wish) {
              case EVERYTHING -> "";
              case RECENT -> ", 100 lines of history";
              case NARROW -> ", 20 narrow filters";
              case WIDE -> ", 20 wide filters";
              case SLOW -> ", 5 % of them slow";
            });
  }
}
