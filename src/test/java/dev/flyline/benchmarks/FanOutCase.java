package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Lines that flow to viewers: each of some works against each of some servers.
 *
 * @param servers those that can do this work
 */
record FanOutCase(String name, String about, List<Work> works, List<Server> servers)
    implements Case {

  /** Start, connections and the last lines. */
  private static final int SECONDS_AROUND = 6;

  /** A load, one that runs at the same time, and viewers that come and go. */
  record Work(Load load, Optional<Load> beside, int reconnects) {

    static Work of(Load load) {
      return new Work(load, Optional.empty(), 0);
    }
  }

  @Override
  public int seconds(Bench bench) {
    int each =
        works.stream()
            .mapToInt(work -> bench.options().secondsOfLines(work.load()) + SECONDS_AROUND)
            .sum();
    return each * bench.servers(servers).size() * bench.options().repeat();
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    for (Work work : works) {
      for (int i = 0; i < bench.options().repeat(); i++) {
        for (Server server : bench.servers(servers)) {
          measure(bench, work, server);
        }
      }
    }
  }

  private static void measure(Bench bench, Work work, Server server)
      throws IOException, InterruptedException {
    Load load = work.load();
    try (Target target = server.start(bench.processes(), load, load.wish().settings())) {
      bench.add(
          bench
              .options()
              .run(load, work.beside(), work.reconnects(), server.title())
              .against(target));
    }
  }
}
