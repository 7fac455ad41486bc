package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * From the start of a router's process to a viewer's first line, while lines flow: with the cache
 * that the build has made of loaded and compiled code, and without it.
 */
record StartCase(String name, String about) implements Case {

  private static final String HEADER =
      """
      | `start` | runs | s to the port | s to the stream | s to the first line (least - most) | CPU s till then | MiB then |
      |---|---:|---:|---:|---:|---:|---:|
      """;

  private static final Path CACHE = Path.of("target", "flyline", "lib", "flyline.aot");
  private static final Load LOAD = new Load("start", 1, 1, 1_000);
  private static final int RUNS = 5;
  private static final int SECONDS_EACH = 5;
  private static final double AIM_SECONDS = 1;

  /** A way to start. */
  private record Way(String title, String flags) {}

  @Override
  public int seconds(Bench bench) {
    return ways().size() * runs(bench) * SECONDS_EACH;
  }

  private static int runs(Bench bench) {
    return bench.isShort() ? 1 : RUNS;
  }

  private static List<Way> ways() {
    var without = new Way("without AOT cache", "-XX:AOTMode=off");
    return Files.exists(CACHE) ? List.of(new Way("with AOT cache", ""), without) : List.of(without);
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    if (bench.servers(List.of(Server.FLYLINE)).isEmpty()) {
      return;
    }
    var section = new StringBuilder(HEADER);
    var aims = new StringBuilder("\n");
    for (Way way : ways()) {
      var runs = new ArrayList<FirstLine>();
      for (int i = 0; i < runs(bench); i++) {
        runs.add(start(bench, way));
      }
      runs.sort(Comparator.comparingDouble(FirstLine::lineSeconds));
      String row = row(way, runs);
      bench.say("start " + row.strip());
      section.append(row);
      double median = median(runs).lineSeconds();
      aims.append(
          String.format(
              Locale.ROOT,
              "- `start` %s: %.2f s to the first line (aim: under 1 with the cache): %s%n",
              way.title(),
              median,
              median < AIM_SECONDS ? "reached" : "missed"));
    }
    bench.section(section.append(aims).toString());
  }

  private static FirstLine start(Bench bench, Way way) throws IOException, InterruptedException {
    String flags = System.getenv().getOrDefault("JAVA_OPTS", "") + " " + way.flags();
    NatsTarget upstream = NatsTarget.start(bench.processes());
    try (upstream;
        Publisher _ = Publisher.start(LOAD, LOAD::app, upstream.plain())) {
      long startNs = System.nanoTime();
      RouterProcess router =
          RouterProcess.start(
              bench.processes(), "flyline", upstream.plain(), Map.of("JAVA_OPTS", flags.strip()));
      try {
        return FirstLine.await(bench.processes(), router, LOAD, startNs);
      } finally {
        bench.processes().end(router.process());
      }
    }
  }

  private static FirstLine median(List<FirstLine> sorted) {
    return sorted.get((sorted.size() - 1) / 2);
  }

  private static String row(Way way, List<FirstLine> sorted) {
    FirstLine median = median(sorted);
    return String.format(
        Locale.ROOT,
        "| %s | %d | %.2f | %.2f | %.2f (%.2f - %.2f) | %.2f | %d |%n",
        way.title(),
        sorted.size(),
        median.portSeconds(),
        median.streamSeconds(),
        median.lineSeconds(),
        sorted.getFirst().lineSeconds(),
        sorted.getLast().lineSeconds(),
        median.usage().cpuSeconds(),
        median.usage().residentBytes() >> 20);
  }
}
