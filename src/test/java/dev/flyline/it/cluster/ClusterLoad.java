package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.Slowness;
import dev.flyline.it.TestNats;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lines of many apps, and viewers of them spread over routers and over the forms. */
final class ClusterLoad implements AutoCloseable {

  /** As many as a proxy in front would have under way; more would only wait in the kernel. */
  private static final int HANDSHAKES_AT_ONCE = 100;

  /** A router dismisses a standby that has owed an acknowledgement for so long. */
  private static final long DISMISSED_MS = 1_000;

  private static final Duration BEGIN = Duration.ofSeconds(90);
  private static final Duration CATCH_UP = Duration.ofSeconds(90);

  private final Plan plan;
  private final Publisher publisher;
  private final List<LoadViewer> viewers;
  private final Slowness slowness = Slowness.measure();
  private boolean closed;
  private long faultNs = System.nanoTime();

  private ClusterLoad(Plan plan, Publisher publisher, List<LoadViewer> viewers) {
    this.plan = plan;
    this.publisher = publisher;
    this.viewers = viewers;
  }

  /** Opens the viewers at {@code routers}; nothing is published yet. */
  static ClusterLoad open(Plan plan, List<InetSocketAddress> routers, TestNats nats) {
    return open(plan, routers, nats, _ -> {});
  }

  /** Opens all viewers at the first of {@code routers}; they know the others. */
  static ClusterLoad openAtFirst(Plan plan, List<InetSocketAddress> routers, TestNats nats) {
    return open(plan, routers, nats, viewer -> viewer.beginAt(0));
  }

  private static ClusterLoad open(
      Plan plan, List<InetSocketAddress> routers, TestNats nats, Consumer<LoadViewer> placed) {
    var publisher = new Publisher(nats, plan);
    var handshakes = new Semaphore(HANDSHAKES_AT_ONCE);
    var viewers =
        IntStream.range(0, plan.viewers())
            .mapToObj(i -> new LoadViewer(i, plan, publisher, routers, handshakes))
            .toList();
    viewers.forEach(placed.andThen(LoadViewer::start));
    return new ClusterLoad(plan, publisher, viewers);
  }

  /** Opens viewers at all routers, and publishes once each app is owned and stood by for. */
  static ClusterLoad flowing(Plan plan, RouterCluster cluster, TestNats nats) {
    ClusterLoad load = open(plan, cluster.doors(), nats);
    try {
      load.awaitGreeted(BEGIN);
      cluster.awaitSettled(load.apps());
      load.begin();
      load.awaitFlow(BEGIN);
      load.nextStretch();
      return load;
    } catch (AssertionError | RuntimeException e) {
      load.close();
      throw e;
    }
  }

  /** Waits until every viewer knows where it begins; returns the milliseconds that took. */
  long awaitGreeted(Duration wait) {
    return Await.until(
        "every viewer is greeted",
        wait,
        () -> viewers.stream().allMatch(LoadViewer::isGreeted),
        () -> missing(LoadViewer::isGreeted));
  }

  private String missing(Predicate<LoadViewer> holds) {
    List<LoadViewer> missing = viewers.stream().filter(holds.negate()).toList();
    return missing.size() + " viewers miss it, among them " + missing.stream().limit(3).toList();
  }

  /** Begins to publish. */
  void begin() {
    publisher.start();
  }

  /** The apps' names. */
  Set<String> apps() {
    return IntStream.range(0, plan.apps()).mapToObj(plan::app).collect(Collectors.toSet());
  }

  /**
   * Waits until every viewer has got lines that are published after this call, of every machine;
   * returns how many milliseconds have gone by since the last {@link #nextStretch}.
   */
  long awaitFlow(Duration wait) {
    List<long[]> now = counts();
    Predicate<LoadViewer> goesOn = viewer -> viewer.isPast(now.get(viewer.appIndex()));
    Await.until(
        "every viewer gets new lines",
        wait,
        () -> viewers.stream().allMatch(goesOn),
        () -> missing(goesOn));
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - faultNs);
  }

  private List<long[]> counts() {
    return IntStream.range(0, plan.apps()).mapToObj(publisher::of).toList();
  }

  /** Says that a fault comes now: what viewers noticed before is forgotten. */
  void nextStretch() {
    faultNs = System.nanoTime();
    slowness.begin();
    viewers.forEach(LoadViewer::nextStretch);
  }

  /**
   * How long what took {@code ms} since the last {@link #nextStretch} would have taken on a machine
   * that has nothing else to do: bounds in milliseconds are for that.
   */
  long unhindered(long ms) {
    return slowness.unhindered(ms);
  }

  /**
   * How many times longer work takes since the last {@link #nextStretch} than on such a machine.
   */
  double slowness() {
    return slowness.factor();
  }

  /** What the viewers noticed since the last {@link #nextStretch}. */
  Notice notice() {
    return Notice.of(viewers.stream().filter(v -> !v.wanders()).toList());
  }

  /** Publishes no more, waits until viewers have what they can get, and closes them. */
  Findings end() {
    publisher.stop();
    List<long[]> all = counts();
    try {
      Await.until(
          "every viewer has the last line",
          CATCH_UP,
          () -> viewers.stream().allMatch(v -> v.has(all.get(v.appIndex()))),
          () -> "");
    } catch (AssertionError _) {
      // the findings tell it better
    }
    close();
    return viewers.stream().map(LoadViewer::check).reduce(Findings.NONE, Findings::plus);
  }

  /**
   * Fails unless every viewer got every line once and in order. A standby is dismissed that owes an
   * acknowledgement for a second, and then a fault costs what viewers are told: where this machine
   * kept a small piece of work waiting for as long, only what they are told is judged.
   */
  void assertExact(Findings findings) {
    long delayMs = slowness.longestDelayMs();
    if (delayMs < DISMISSED_MS) {
      assertThat(findings.isExact()).as(findings.toString()).isTrue();
      return;
    }
    System.out.printf(
        "cluster, a busy machine: work waited for %d ms, so gaps are judged alone; %s%n",
        delayMs, findings);
    assertThat(findings.isHonest()).as(findings.toString()).isTrue();
    assertThat(findings.gaps().keySet()).isSubsetOf("failover");
  }

  /** The findings of those viewers alone who did not move since the last {@link #nextStretch}. */
  Findings ofThoseWhoStayed() {
    return viewers.stream()
        .filter(v -> v.stretch().moves() == 0)
        .map(LoadViewer::check)
        .reduce(Findings.NONE, Findings::plus);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      if (publisher.isRunning()) {
        publisher.stop();
      }
      viewers.forEach(LoadViewer::close);
      slowness.close();
    }
  }
}
