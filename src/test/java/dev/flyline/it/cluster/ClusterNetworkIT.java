package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyline.it.TestNats;
import java.net.URI;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three routers whose network between them breaks, while viewers and NATS reach each of them. */
@Tag("cluster")
@Timeout(300)
final class ClusterNetworkIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  /** Longer than any fault here: whoever comes back all the same has lost its stream. */
  private static final Duration PATIENT = Duration.ofSeconds(60);

  /** Streams go on so soon after a fault. */
  private static final long GOES_ON_MS = 5_000;

  /** Viewers of a router that is gone find out by their own patience of 4 s, once or twice. */
  private static final long GOES_ON_ELSEWHERE_MS = GOES_ON_MS + 2 * 4_000;

  /** Sides are one again so soon after the network has healed. */
  private static final long MERGED_MS = 30_000;

  private static final Duration PARTITION = Duration.ofSeconds(30);
  private static final Duration FAR = Duration.ofMillis(100);
  private static final int FAR_WATCHES = 1_000;

  private static final long FAR_OPEN_MS = 10_000;

  @RegisterExtension static final Routers processes = new Routers("network");

  private static TestNats nats;
  private static Lab lab;
  private static RouterCluster cluster;

  @BeforeAll
  static void start() {
    if (!Lab.isPossible()) {
      System.out.println(
          "cluster: SKIPPED reset, partition and 100 ms of delay: they need root on Linux, iproute2"
              + " and /dev/net/tun, to give each router a network namespace");
      assumeTrue(false, "needs root on Linux, for network namespaces");
    }
    nats = TestNats.startOnAllAddresses();
    lab = Lab.of(3, URI.create(nats.url()).getPort());
    cluster = RouterCluster.start(processes, lab.sites());
  }

  @AfterAll
  static void stop() {
    if (lab != null) {
      lab.close();
    }
    if (nats != null) {
      nats.close();
    }
  }

  @BeforeEach
  void mend() {
    lab.heal();
    cluster.mend();
  }

  private static ClusterLoad load(Plan plan) {
    return ClusterLoad.flowing(plan, cluster, nats);
  }

  @Test
  void busConnections_resetCostNoLine() {
    try (var load = load(Plan.usual("reset").patient(PATIENT))) {
      int connections = lab.resetBus(0, 1) + lab.resetBus(1, 2);
      Notice early = load.notice();
      long earlyMs = load.unhindered(early.stayedMs());
      load.nextStretch();
      connections += lab.resetBus(0, 2);
      long flowMs = load.unhindered(load.awaitFlow(SOON));
      cluster.awaitMembers(3);
      cluster.awaitSettled(load.apps());
      Notice notice = load.notice();
      Findings findings = load.end();
      System.out.printf(
          "cluster, %d bus connections reset: %s, then %s; all streams go on %d ms after the last"
              + " reset began, which took 2.5 s; %s%n",
          connections, early, notice, flowMs, findings);
      load.assertExact(findings);
      assertThat(connections).isGreaterThanOrEqualTo(3);
      assertThat(early.moved() + notice.moved()).as("viewers who lost their stream").isZero();
      assertThat(earlyMs).isLessThan(GOES_ON_MS);
      assertThat(load.unhindered(notice.stayedMs())).isLessThan(GOES_ON_MS);
      assertThat(flowMs).isLessThan(GOES_ON_MS);
      assertSecondFailuresToldOnce();
    }
  }

  /** Vert.x fails thousands of messages twice when a connection breaks. */
  private static void assertSecondFailuresToldOnce() {
    for (RouterProcess router : cluster.routers()) {
      assertThat(router.log().stream().filter(line -> line.contains("Promise already completed")))
          .as(router.site().name())
          .hasSizeLessThanOrEqualTo(4); // of two forms; one test here starts a router anew
    }
  }

  @Test
  void partition_servesBothSidesAndMergesIntoOneOwner() {
    try (var load = load(Plan.usual("split").patient(PATIENT))) {
      lab.cutOff(2);
      long flowMs;
      long silenceMs;
      Notice cut;
      try {
        flowMs = load.unhindered(load.awaitFlow(SOON));
        cut = load.notice();
        silenceMs = load.unhindered(cut.stayedMs());
        Await.hold(PARTITION.minusMillis(Math.min(flowMs, PARTITION.toMillis())));
      } finally {
        lab.heal();
      }
      long mergedMs = cluster.awaitMembers(3);
      long settledMs = cluster.awaitSettled(load.apps());
      load.awaitFlow(SOON);
      Notice notice = load.notice();
      Findings findings = load.end();
      Findings stayed = load.ofThoseWhoStayed();
      System.out.printf(
          "cluster, partition of %s: both sides go on after %d ms (%s); merged %d ms after healing,"
              + " one owner and a standby each after %d ms more; in all %s; %s%n",
          PARTITION, flowMs, cut, mergedMs, settledMs, notice, findings);
      assertThat(findings.isHonest()).as(findings.toString()).isTrue();
      assertThat(findings.gaps().keySet()).isSubsetOf("failover");
      assertThat(notice.moved()).as("viewers who lost their stream").isZero();
      assertThat(stayed.twice()).isZero();
      assertThat(silenceMs).isLessThan(GOES_ON_MS);
      assertThat(flowMs).isLessThan(GOES_ON_MS);
      assertThat(load.unhindered(mergedMs)).isLessThan(MERGED_MS);
      assertSecondFailuresToldOnce();
    }
  }

  @Test
  void farRouters_openWatchesTogether() {
    lab.delay(FAR);
    var plan = new Plan("far", FAR_WATCHES, 1, 1_000, FAR_WATCHES, Duration.ofSeconds(10), 0);
    try (var load = ClusterLoad.open(plan, cluster.doors(), nats)) {
      long openMs = load.awaitGreeted(SOON);
      cluster.awaitSettled(load.apps());
      load.begin();
      load.awaitFlow(SOON);
      Findings findings = load.end();
      System.out.printf(
          "cluster, %s apart: %d watches open after %d ms; %s%n",
          FAR, FAR_WATCHES, openMs, findings);
      load.assertExact(findings);
      assertThat(load.unhindered(openMs)).isLessThan(FAR_OPEN_MS);
    }
  }

  @Test
  void farRouter_killedCostsNoLine() {
    lab.delay(FAR);
    try (var load = load(Plan.usual("farkill"))) {
      RouterProcess router = cluster.get(0);
      assertThat(RouterCluster.epochs(router)).isNotEmpty();
      router.kill9();
      long flowMs = load.unhindered(load.awaitFlow(SOON));
      Notice notice = load.notice();
      long silenceMs = load.unhindered(notice.stayedMs());
      long settledMs = RouterCluster.awaitSettled(cluster.without(router), load.apps());
      Findings findings = load.end();
      System.out.printf(
          "cluster, %s apart, kill -9: all streams go on after %d ms, %s, standbys in step after"
              + " %d ms more; %s%n",
          FAR, flowMs, notice, settledMs, findings);
      load.assertExact(findings);
      assertThat(silenceMs).isLessThan(GOES_ON_MS);
      assertThat(flowMs).isLessThan(GOES_ON_ELSEWHERE_MS);
    }
  }
}
