package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A server of this process, and viewers in this process. */
final class IdleRun implements IdleSteps {

  /** So many come and go before, so that code and buffers that the first ones need are there. */
  private static final Load WARM_UP = new Load("warm-up", 1, 2_000, 1).named("warm-up", "warm");

  private static final int SETTLE_MS = 1_000;
  private static final int PROVING_LINES_PER_SECOND = 20_000;

  /** The time in which lines flow at the end. */
  static final int PROVING_SECONDS = 6;

  private final Plan plan;
  private final Load load;
  private final Target target;
  private @Nullable Side side; // once connected

  /**
   * What is to be done.
   *
   * @param heapMiB the most that a router's heap may take
   */
  record Plan(Server server, boolean ownApps, int viewers, int heapMiB, int readers, long restNs) {}

  private IdleRun(Plan plan, Load load, Target target) {
    this.plan = plan;
    this.load = load;
    this.target = target;
  }

  static IdleRun start(Processes processes, Plan plan) throws IOException, InterruptedException {
    Load load =
        new Load(
            "idle",
            plan.ownApps() ? plan.viewers() : 1,
            plan.viewers(),
            plan.ownApps() ? PROVING_LINES_PER_SECOND : 2);
    String more = System.getenv().getOrDefault("JAVA_OPTS", "");
    var settings = Map.of("JAVA_OPTS", "-Xmx" + plan.heapMiB() + "m " + more);
    return new IdleRun(plan, load, plan.server().start(processes, load, settings));
  }

  @Override
  public Connected connect() throws IOException, InterruptedException {
    Side.open(WARM_UP, target, 1, plan.restNs()).close();
    Memory before = Memory.of(target);
    double cpuBefore = cpu();
    double clientBefore = clientCpu();
    Side opened = Side.open(load, target, plan.readers(), plan.restNs());
    side = opened;
    double cpu = cpu() - cpuBefore;
    double client = clientCpu() - clientBefore;
    var stretch = new ReaderLoop.Stretch();
    opened.viewers().nextStretch().forEach(stretch::add);
    Memory after = Memory.of(target);
    return new Connected(
        opened.viewers().openSeconds(),
        cpu,
        client,
        stretch.handshakes().quantileNs(0.5) / 1e6,
        stretch.handshakes().quantileNs(0.99) / 1e6,
        after.resident(),
        after.resident() - before.resident(),
        after.heap() - before.heap());
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

  @Override
  public double idle(int seconds) throws IOException, InterruptedException {
    double before = cpu();
    long fromNs = System.nanoTime();
    Thread.sleep(seconds * 1_000L);
    return (cpu() - before) * 1e9 / (System.nanoTime() - fromNs);
  }

  @Override
  public Result.Faults prove() throws IOException, InterruptedException {
    Side connected = side;
    if (connected == null) {
      throw new IllegalStateException("not connected");
    }
    connected.publish(target);
    Thread.sleep(PROVING_SECONDS * 1_000L);
    connected.finish(true);
    int closed = connected.viewers().closed();
    connected.viewers().stop();
    return connected.faults(true, closed, 0);
  }

  private double cpu() throws IOException {
    return target.shares().stream().mapToDouble(share -> share.usage().cpuSeconds()).sum();
  }

  private static double clientCpu() throws IOException {
    return Usage.of(ProcessHandle.current().pid()).cpuSeconds();
  }

  @Override
  public void close() throws IOException {
    try {
      if (side != null) {
        side.close();
      }
    } finally {
      target.close();
    }
  }
}
