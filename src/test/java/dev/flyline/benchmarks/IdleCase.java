package dev.flyline.benchmarks;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Viewers to whom nothing comes: how fast they connect, and what each costs while it waits. At the
 * end lines are published after all, to see that every viewer gets them.
 *
 * @param ownApps whether each viewer views another app; else all view one
 */
record IdleCase(String name, String about, boolean ownApps) implements Case {

  private static final String HEADER =
      """
      | idle viewers | server | connects/s | CPU us/connect | handshake p50 ms | p99 ms | resident KB/viewer | heap KB/viewer | CPU us/viewer and second | MiB in all | client cores while connecting | faults |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
      """;

  private static final List<Server> SERVERS = List.of(Server.NATS, Server.FLYLINE);

  /** An operator's 1 GB, whatever this machine has; of all processes together. */
  private static final int HEAP_MIB = 1024;

  /** A router pings a quiet viewer every 15 s; two rounds of it are counted. */
  private static final int SECONDS = 30;

  private static final int SHORT_SECONDS = 2;
  private static final double AIM_KB_ONE_APP = 10;
  private static final double AIM_KB_OWN_APPS = 16;
  private static final double AIM_CPU_US = 1;
  private static final double AIM_CONNECTS = 5_000;

  /**
   * What was measured of one server, or of several side by side.
   *
   * @param parts of each process; the viewers of the next one connect when those of one have
   * @param idleCpu seconds in each second, of all processes
   */
  private record Figures(
      int viewers,
      Server server,
      List<IdleSteps.Connected> parts,
      double idleCpu,
      List<Result.Faults> faults) {

    double sum(ToDoubleFunction<IdleSteps.Connected> of) {
      return parts.stream().mapToDouble(of).sum();
    }

    double each(ToDoubleFunction<IdleSteps.Connected> of) {
      return sum(of) / viewers;
    }

    double worst(ToDoubleFunction<IdleSteps.Connected> of) {
      return parts.stream().mapToDouble(of).max().orElseThrow();
    }

    double connectsPerSecond() {
      return viewers / sum(IdleSteps.Connected::seconds);
    }

    double idleCpuUs() {
      return idleCpu * 1e6 / viewers;
    }

    String title() {
      return parts.size() == 1
          ? server.title()
          : "%s, %d processes".formatted(server.title(), parts.size());
    }

    String told() {
      return faults.stream().allMatch(Result.Faults::areNone)
          ? "none"
          : faults.stream().map(Object::toString).collect(Collectors.joining("; "));
    }
  }

  @Override
  public int seconds(Bench bench) {
    return bench.servers(SERVERS).size()
        * bench.idleViewers().stream()
            .mapToInt(
                count -> 40 + idleSeconds(bench) + 3 * IdleRun.PROVING_SECONDS + count / 1_500)
            .sum();
  }

  private static int idleSeconds(Bench bench) {
    return bench.isShort() ? SHORT_SECONDS : SECONDS;
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    var all = new ArrayList<Figures>();
    for (int viewers : bench.idleViewers()) {
      int processes = OpenFiles.processesFor(viewers);
      if (processes > 1) {
        bench.say(
            "%,d viewers are more files than a process may open here (ulimit -n): they are shared out among %d servers, which share the 1 GB of heap."
                .formatted(viewers, processes));
      }
      for (Server server : bench.servers(SERVERS)) {
        Figures figures = measure(bench, viewers, processes, server);
        bench.say(name + " " + row(figures).strip());
        all.add(figures);
      }
    }
    var section = new StringBuilder(HEADER);
    all.forEach(figures -> section.append(row(figures)));
    section.append('\n');
    all.stream().filter(f -> f.server() == Server.FLYLINE).forEach(f -> section.append(aims(f)));
    bench.section(section.toString());
  }

  private Figures measure(Bench bench, int count, int processes, Server server)
      throws IOException, InterruptedException {
    var parts = new ArrayList<IdleSteps>();
    try (Closeable _ = () -> closeAll(parts)) {
      var connected = new ArrayList<IdleSteps.Connected>();
      for (int i = 0; i < processes; i++) {
        int share = (count + i) / processes;
        IdleSteps part = start(bench, share, processes, server, i);
        parts.add(part);
        connected.add(part.connect());
      }
      double idleCpu = idle(parts, idleSeconds(bench));
      var faults = new ArrayList<Result.Faults>();
      for (IdleSteps part : parts) {
        faults.add(part.prove());
      }
      return new Figures(count, server, connected, idleCpu, faults);
    }
  }

  private IdleSteps start(Bench bench, int viewers, int processes, Server server, int number)
      throws IOException, InterruptedException {
    var plan =
        new IdleRun.Plan(
            server,
            ownApps,
            viewers,
            HEAP_MIB / processes,
            bench.options().readers(),
            bench.options().restNs());
    return processes == 1
        ? IdleRun.start(bench.processes(), plan)
        : IdlePart.start(bench.processes(), "part-" + number, plan);
  }

  /** All at the same time. */
  private static double idle(List<IdleSteps> parts, int seconds)
      throws IOException, InterruptedException {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      double sum = 0;
      for (Future<Double> cpu :
          threads.invokeAll(
              parts.stream().map(part -> (Callable<Double>) () -> part.idle(seconds)).toList())) {
        sum += cpu.get();
      }
      return sum;
    } catch (ExecutionException e) {
      throw new IOException(e.getCause().getMessage(), e);
    }
  }

  private static void closeAll(List<IdleSteps> parts) throws IOException {
    for (IdleSteps part : parts) {
      part.close();
    }
  }

  private String row(Figures f) {
    return String.format(
        Locale.ROOT,
        "| `%s`: %,d of %s | %s | %,.0f | %.0f | %.1f | %.1f | %.1f | %s | %.2f | %d | %.2f | %s |%n",
        name,
        f.viewers(),
        ownApps ? "as many apps" : "one app",
        f.title(),
        f.connectsPerSecond(),
        f.each(IdleSteps.Connected::cpuSeconds) * 1e6,
        f.worst(IdleSteps.Connected::p50Ms),
        f.worst(IdleSteps.Connected::p99Ms),
        f.each(IdleSteps.Connected::grownBytes) / 1024,
        f.server() == Server.NATS
            ? "-"
            : String.format(
                Locale.ROOT, "%.1f", f.each(IdleSteps.Connected::grownHeapBytes) / 1024),
        f.idleCpuUs(),
        (long) f.sum(IdleSteps.Connected::residentBytes) >> 20,
        f.sum(IdleSteps.Connected::clientSeconds) / f.sum(IdleSteps.Connected::seconds),
        f.told());
  }

  private String aims(Figures f) {
    double aim = ownApps ? AIM_KB_OWN_APPS : AIM_KB_ONE_APP;
    double kb = f.each(IdleSteps.Connected::grownBytes) / 1024;
    return String.format(
        Locale.ROOT,
        """
        - `%s`, %,d viewers: %.1f KB resident each (aim: at most %.0f): %s; %.2f us of CPU per viewer \
        and second (aim: under 1): %s; %,.0f connects/s with a token check (aim: 5,000): %s
        """,
        name,
        f.viewers(),
        kb,
        aim,
        verdict(kb <= aim),
        f.idleCpuUs(),
        verdict(f.idleCpuUs() < AIM_CPU_US),
        f.connectsPerSecond(),
        verdict(f.connectsPerSecond() >= AIM_CONNECTS));
  }

  private static String verdict(boolean reached) {
    return reached ? "reached" : "missed";
  }
}
