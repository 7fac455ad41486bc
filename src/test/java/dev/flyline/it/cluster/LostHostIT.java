package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyline.it.SideBySide;
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

/**
 * The only router that views some apps goes without a word: no FIN, no RST, no release of its
 * watches. Its viewers are patient, as real ones are: they come back after 40 s of silence.
 */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class LostHostIT {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration BACK = Duration.ofMinutes(2);
  private static final Duration SOON = Duration.ofSeconds(90);
  private static final Duration PARTITION = Duration.ofSeconds(60);
  private static final Duration FREEZE = Duration.ofSeconds(12);

  @RegisterExtension static final Routers processes = new Routers("losthost");

  private static TestNats nats;
  private static Lab lab;
  private static RouterCluster cluster;

  @BeforeAll
  static void start() {
    if (!Lab.isPossible()) {
      System.out.println(
          "cluster: SKIPPED lost hosts: they need root on Linux, iproute2 and /dev/net/tun");
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

  /** Viewers of six apps, all at the first router, and lines that the rings hold for a minute. */
  private static ClusterLoad load(String name) {
    var plan = new Plan(name, 6, 2, 300, 24, PATIENCE, 0);
    ClusterLoad load = ClusterLoad.openAtFirst(plan, cluster.doors(), nats);
    load.awaitGreeted(SOON);
    cluster.awaitSettled(load.apps());
    load.begin();
    load.awaitFlow(SOON);
    load.nextStretch();
    return load;
  }

  private static void tell(String fault, long flowMs, Notice notice, Findings findings) {
    System.out.printf(
        "cluster, the only router with viewers %s: all streams go on after %d ms, %s; %s%n",
        fault, flowMs, notice, findings);
  }

  @Test
  void machineThatVanishes_losesItsViewersNothing() {
    try (var load = load("vanished")) {
      lab.unplug(0);
      cluster.get(0).kill9();
      long flowMs = load.awaitFlow(BACK);
      Notice notice = load.notice();
      Findings findings = load.end();
      tell("vanishes", flowMs, notice, findings);
      load.assertExact(findings);
      assertThat(notice.moved()).isEqualTo(24);
    }
  }

  @Test
  void routerThatFreezesForLess_losesItsViewersNothing() {
    try (var load = load("stopped")) {
      RouterProcess router = cluster.get(0);
      router.freeze();
      try {
        Await.hold(FREEZE);
      } finally {
        router.thaw();
      }
      long flowMs = load.awaitFlow(SOON);
      cluster.awaitMembers(3);
      cluster.awaitSettled(load.apps());
      Notice notice = load.notice();
      Findings findings = load.end();
      tell("stands still for " + FREEZE, flowMs, notice, findings);
      load.assertExact(findings);
      assertThat(notice.moved()).isZero();
    }
  }

  @Test
  void partitionThatOutlastsTheViewersPatience_losesThemNothing() {
    try (var load = load("away")) {
      lab.unplug(0);
      long flowMs;
      Notice notice;
      try {
        flowMs = load.awaitFlow(BACK);
        notice = load.notice();
        Await.hold(PARTITION.minusMillis(Math.min(flowMs, PARTITION.toMillis())));
      } finally {
        lab.heal();
      }
      long mergedMs = cluster.awaitMembers(3);
      cluster.awaitSettled(load.apps());
      load.awaitFlow(SOON);
      Findings findings = load.end();
      tell("is cut off for " + PARTITION + ", merged after " + mergedMs, flowMs, notice, findings);
      assertThat(findings.isHonest()).as(findings.toString()).isTrue();
      assertThat(findings.gaps().keySet()).isSubsetOf("failover"); // the sides' logs branched off
      assertThat(findings.lost()).isZero();
      assertThat(notice.moved()).isEqualTo(24);
    }
  }
}
