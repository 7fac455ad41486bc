package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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

  /** An operator's 1 GB, whatever this machine has. */
  private static final String HEAP = "-Xmx1g ";

  /** So many come and go before, so that code and buffers that the first ones need are there. */
  private static final Load WARM_UP = new Load("warm-up", 1, 2_000, 1).named("warm-up", "warm");

  /** A router pings a quiet viewer every 15 s; two rounds of it are counted. */
  private static final int SECONDS = 30;

  private static final int SHORT_SECONDS = 2;
  private static final int SETTLE_MS = 1_000;
  private static final int PROVING_SECONDS = 6;
  private static final int PROVING_LINES_PER_SECOND = 20_000;
  private static final double AIM_KB_ONE_APP = 10;
  private static final double AIM_KB_OWN_APPS = 16;
  private static final double AIM_CPU_US = 1;
  private static final double AIM_CONNECTS = 5_000;

  /** One server's figures; memory is in bytes and as it grew with the viewers. */
  private record Figures(
      int viewers,
      Server server,
      double connects,
      double connectCpuUs,
      Delays handshakes,
      double resident,
      double heap,
      double idleCpuUs,
      long all,
      double clientCores,
      Result.Faults faults) {}

  @Override
  public int seconds(Bench bench) {
    return bench.servers(SERVERS).size()
        * bench.idleViewers().stream()
            .mapToInt(count -> 15 + idleSeconds(bench) + PROVING_SECONDS + count / 1_500)
            .sum();
  }

  private static int idleSeconds(Bench bench) {
    return bench.isShort() ? SHORT_SECONDS : SECONDS;
  }

  @Override
  public void measure(Bench bench) throws IOException, InterruptedException {
    var all = new ArrayList<Figures>();
    for (int viewers : OpenFiles.possible(bench.idleViewers(), bench)) {
      for (Server server : bench.servers(SERVERS)) {
        Figures figures = measure(bench, viewers, server);
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

  private Figures measure(Bench bench, int count, Server server)
      throws IOException, InterruptedException {
    Load load = new Load(name, ownApps ? count : 1, count, ownApps ? PROVING_LINES_PER_SECOND : 2);
    var settings = Map.of("JAVA_OPTS", HEAP + System.getenv().getOrDefault("JAVA_OPTS", ""));
    try (Target target = server.start(bench.processes(), load, settings)) {
      Side.open(WARM_UP, target, 1, bench.options().restNs()).close();
      Memory before = Memory.of(target);
      double cpuBefore = cpu(target);
      double clientBefore = clientCpu();
      try (Side side =
          Side.open(load, target, bench.options().readers(), bench.options().restNs())) {
        double connectCpu = cpu(target) - cpuBefore;
        double clientCores = (clientCpu() - clientBefore) / side.viewers().openSeconds();
        var handshakes = new ReaderLoop.Stretch();
        side.viewers().nextStretch().forEach(handshakes::add);
        Memory after = Memory.of(target);
        double idle = idleCpu(target, idleSeconds(bench));
        Result.Faults faults = prove(side, target);
        return new Figures(
            count,
            server,
            count / side.viewers().openSeconds(),
            connectCpu * 1e6 / count,
            handshakes.handshakes(),
            (double) (after.resident() - before.resident()) / count,
            (double) (after.heap() - before.heap()) / count,
            idle * 1e6 / count,
            after.resident(),
            clientCores,
            faults);
      }
    }
  }

  /** What a server holds once its garbage is collected. */
  private record Memory(long resident, long heap) {

    static Memory of(Target target) throws IOException, InterruptedException {
      Thread.sleep(SETTLE_MS);
      long heap = target.heapAfterCollection();
      return new Memory(
          target.shares().stream().mapToLong(share -> share.usage().residentBytes()).sum(), heap);
    }
  }

  private static double idleCpu(Target target, int seconds)
      throws IOException, InterruptedException {
    double before = cpu(target);
    long fromNs = System.nanoTime();
    Thread.sleep(seconds * 1_000L);
    return (cpu(target) - before) * 1e9 / (System.nanoTime() - fromNs);
  }

  private static Result.Faults prove(Side side, Target target)
      throws IOException, InterruptedException {
    side.publish(target);
    Thread.sleep(PROVING_SECONDS * 1_000L);
    side.finish(true);
    int closed = side.viewers().closed();
    side.viewers().stop();
    return side.faults(true, closed, 0);
  }

  private static double cpu(Target target) throws IOException {
    return target.shares().stream().mapToDouble(share -> share.usage().cpuSeconds()).sum();
  }

  private static double clientCpu() throws IOException {
    return Usage.of(ProcessHandle.current().pid()).cpuSeconds();
  }

  private String row(Figures f) {
    return String.format(
        Locale.ROOT,
        "| `%s`: %,d of %s | %s | %,.0f | %.0f | %.1f | %.1f | %.1f | %s | %.2f | %d | %.2f | %s |%n",
        name,
        f.viewers(),
        ownApps ? "as many apps" : "one app",
        f.server().title(),
        f.connects(),
        f.connectCpuUs(),
        f.handshakes().quantileNs(0.5) / 1e6,
        f.handshakes().quantileNs(0.99) / 1e6,
        f.resident() / 1024,
        f.server() == Server.NATS ? "-" : String.format(Locale.ROOT, "%.1f", f.heap() / 1024),
        f.idleCpuUs(),
        f.all() >> 20,
        f.clientCores(),
        f.faults());
  }

  private String aims(Figures f) {
    double aim = ownApps ? AIM_KB_OWN_APPS : AIM_KB_ONE_APP;
    double kb = f.resident() / 1024;
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
        f.connects(),
        verdict(f.connects() >= AIM_CONNECTS));
  }

  private static String verdict(boolean reached) {
    return reached ? "reached" : "missed";
  }
}
