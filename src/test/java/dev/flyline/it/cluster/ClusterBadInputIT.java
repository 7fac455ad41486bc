package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What strangers send to members, and wrong settings, disturb nobody and do not fill the log. */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class ClusterBadInputIT {

  private static final Duration SOON = Duration.ofSeconds(90);

  /** Nobody comes back because a busy machine was silent for some seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a fault lasts of which a fast loop would show. */
  private static final Duration WHILE = Duration.ofSeconds(10);

  /** Far fewer than a fast loop writes. */
  private static final int LOG_LINES = 600;

  /** What routers say to each other's credit meanwhile. */
  private static final int LINES_FOR_JUNK = 10;

  /** A refusal is said once a minute at most, and each refuses members and buses. */
  private static final int LINES_A_MINUTE = 2;

  @RegisterExtension static final Routers processes = new Routers("bad-input");

  private static TestNats nats;
  private static List<Site> sites;
  private static RouterCluster cluster;

  @BeforeAll
  static void start() {
    nats = TestNats.start();
    sites = Site.onLoopback(3, nats.url());
    cluster = RouterCluster.start(processes, sites.subList(0, 2)); // the third comes in a test
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  @BeforeEach
  void mend() {
    cluster.mend();
  }

  private static ClusterLoad load(String name) {
    var plan = new Plan(name, 10, 3, 500, 40, PATIENCE, 0);
    return ClusterLoad.flowing(plan, cluster, nats);
  }

  private static List<Integer> logLines() {
    return cluster.routers().stream().map(router -> logged(router).size()).toList();
  }

  /** All but the changes of roles, which the tests' own viewers bring about. */
  private static List<String> logged(RouterProcess router) {
    return router.log().stream().filter(line -> !line.contains(" RoleLog ")).toList();
  }

  /** Fails if a router wrote more than a person would read in the time since {@code beganNs}. */
  private static void assertLogged(List<Integer> before, long beganNs) {
    long most = LINES_FOR_JUNK + LINES_A_MINUTE * minutes(beganNs);
    for (int i = 0; i < before.size(); i++) {
      List<String> log = logged(cluster.get(i));
      assertThat(log.size() - before.get(i)).as("lines logged").isLessThan((int) most);
      assertThat(log).noneMatch(line -> line.contains("OutOfMemory"));
    }
  }

  private static long minutes(long beganNs) {
    return TimeUnit.NANOSECONDS.toMinutes(System.nanoTime() - beganNs);
  }

  @Test
  void junk_onMembersPortsDisturbsNobody() throws IOException {
    var held = new ArrayList<Socket>();
    List<Integer> logged = logLines();
    long beganNs = System.nanoTime();
    try (var load = load("junk")) {
      for (RouterProcess router : cluster.routers()) {
        Junk.sendTo(router.site().hazelcast());
        Junk.sendTo(router.site().bus());
        held.addAll(Junk.holdOpen(router.site().hazelcast(), 20));
        held.addAll(Junk.holdOpen(router.site().bus(), 20));
      }
      load.awaitFlow(SOON);
      cluster.awaitMembers(2);
      cluster.awaitSettled(load.apps());
      Notice notice = load.notice();
      Findings findings = load.end();
      System.out.printf(
          "cluster, junk on every member's ports: %s; lines logged before %s, after %s; %s%n",
          notice, logged, logLines(), findings);
      cluster.assertAllAlive();
      assertThat(findings.isExact()).as(findings.toString()).isTrue();
      assertThat(notice.moved()).as("viewers who lost their stream").isZero();
      assertLogged(logged, beganNs);
    } finally {
      for (Socket socket : held) {
        socket.close();
      }
    }
  }

  /** Releases that do not understand each other have other names as well. */
  @Test
  void member_ofAnotherClusterStaysOutside() {
    List<Integer> logged = logLines();
    long beganNs = System.nanoTime();
    List<Duration> cpu = cluster.routers().stream().map(RouterProcess::cpu).toList();
    HazelcastInstance stranger = Hazelcast.newHazelcastInstance(strangersConfig());
    try {
      assertThat(stranger.getCluster().getMembers()).hasSize(1);
      Await.hold(WHILE);
      assertThat(stranger.getCluster().getMembers()).hasSize(1);
    } finally {
      stranger.getLifecycleService().terminate();
    }
    cluster.awaitMembers(2);
    System.out.printf(
        "cluster, a member of another cluster knocks for %s: lines logged before %s, after %s;"
            + " processor time %s -> %s%n",
        WHILE,
        logged,
        logLines(),
        cpu,
        cluster.routers().stream().map(RouterProcess::cpu).toList());
    assertLogged(logged, beganNs);
    for (int i = 0; i < cpu.size(); i++) {
      assertThat(cluster.get(i).cpu().minus(cpu.get(i))).isLessThan(WHILE.dividedBy(2));
    }
  }

  @Test
  void member_withAnotherSecretStaysOutside_andBothSaySo() {
    Site site = sites.get(2);
    var settings =
        new HashMap<>(RouterCluster.settings(site, cluster.routers().getFirst().site().peer()));
    settings.put("FLYLINE_CLUSTER_SECRET", "QW5vdGhlciBzZWNyZXQgb2YgYSB0ZXN0J3MgZmxvY2s");
    List<Integer> logged = logLines();
    long beganNs = System.nanoTime();
    try (var load = load("secret")) {
      RouterProcess stranger = processes.start(site, settings);
      stranger.awaitReady();
      Await.until(
          "the stranger says why it is alone",
          SOON,
          () -> stranger.log().stream().anyMatch(line -> line.contains("is not of this cluster")),
          stranger::logTail);
      Await.hold(WHILE);
      load.awaitFlow(SOON);
      Notice notice = load.notice();
      Findings findings = load.end();
      System.out.printf(
          "cluster, a router with another secret knocks for %s: %s; lines logged before %s, after"
              + " %s; its own %d; %s%n",
          WHILE, notice, logged, logLines(), stranger.log().size(), findings);
      cluster.awaitMembers(2);
      assertThat(findings.isExact()).as(findings.toString()).isTrue();
      assertThat(notice.moved()).as("viewers who lost their stream").isZero();
      assertThat(stranger.log())
          .filteredOn(line -> line.contains("is not of this cluster"))
          .hasSizeBetween(1, 1 + (int) minutes(beganNs)); // once a minute at most
      assertLogged(logged, beganNs);
      stranger.terminate();
      stranger.awaitEnd(SOON);
    }
    assertThat(cluster.routers())
        .anyMatch(
            router ->
                router.log().stream()
                    .anyMatch(line -> line.contains("between routers was refused")));
  }

  private static Config strangersConfig() {
    var config = new Config();
    config.setClusterName("somebody-else");
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.prefer.ipv4.stack", "false");
    config.setProperty("hazelcast.local.localAddress", sites.getFirst().clusterHost());
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "1");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "1");
    var network = config.getNetworkConfig();
    network.setPort(sites.get(2).clusterPort());
    network.getJoin().getAutoDetectionConfig().setEnabled(false);
    network.getJoin().getMulticastConfig().setEnabled(false);
    var join = network.getJoin().getTcpIpConfig().setEnabled(true);
    cluster.routers().forEach(router -> join.addMember(router.site().peer()));
    return config;
  }

  @Test
  void peer_thatDoesNotResolveIsSaidAndPassedOver() {
    Site site = sites.get(2);
    String peers = "nowhere.invalid:5701," + sites.getFirst().peer();
    RouterProcess router = processes.start(site, RouterCluster.settings(site, peers));
    router.awaitReady();
    Await.until(
        "three members",
        SOON,
        () -> cluster.sees(3),
        () -> "the new one's log:\n" + router.logTail());
    Await.hold(WHILE);
    Predicate<String> namesIt = line -> line.contains("nowhere.invalid");
    long said = router.log().stream().filter(namesIt).count();
    System.out.printf(
        "cluster, a peer that does not resolve: said %d times within %s of %d lines%n",
        said, WHILE, router.log().size());
    assertThat(said).isBetween(1L, 10L);
    assertThat(router.log()).hasSizeLessThan(LOG_LINES);
    router.terminate();
    router.awaitEnd(SOON);
    cluster.awaitMembers(2);
  }
}
