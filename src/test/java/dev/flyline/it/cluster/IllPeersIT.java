package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A router starts whatever is wrong with the others. */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class IllPeersIT {

  /** It tries for 30 s to join, and then serves alone. */
  private static final Duration STARTS = Duration.ofMinutes(2);

  /** Whoever served alone stops in order, and joins. */
  private static final Duration JOINS = Duration.ofMinutes(3);

  @RegisterExtension static final Routers processes = new Routers("illpeers");

  private static TestNats nats;
  private static RouterCluster cluster;

  @BeforeAll
  static void start() {
    nats = TestNats.start();
    cluster = RouterCluster.start(processes, Site.onLoopback(3, nats.url()));
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  @BeforeEach
  void mend() {
    cluster.mend();
  }

  private static boolean isReady(RouterProcess router) {
    assertThat(router.isAlive()).as(router.site().name() + " runs").isTrue();
    try {
      router.get("/health/ready");
      return true;
    } catch (IOException _) {
      return false; // joining, or not listening yet
    }
  }

  private static long awaitReady(RouterProcess router) {
    return Await.until("ready", STARTS, () -> isReady(router), router::logTail);
  }

  @Test
  void startBesideAFrozenRouter_succeeds() {
    RouterProcess killed = cluster.get(0);
    RouterProcess frozen = cluster.get(1);
    killed.kill9();
    frozen.freeze();
    long readyMs;
    try {
      killed.restart();
      readyMs = awaitReady(killed);
    } finally {
      frozen.thaw();
    }
    long joinedMs = Await.until("3 members", JOINS, () -> cluster.sees(3), killed::logTail);
    System.out.printf(
        "cluster, start beside a frozen router: ready after %d ms, one cluster %d ms after it went"
            + " on%n",
        readyMs, joinedMs);
  }

  @Test
  void peersWhoseNamesDoNotResolve_keepNobodyFromStarting() {
    Site site = Site.onLoopback(4, nats.url()).get(3);
    var settings =
        new HashMap<>(RouterCluster.settings(site, "nowhere.invalid:5701," + site.peer()));
    settings.put("FLYLINE_CLUSTER_NAME", "elsewhere");
    RouterProcess router = processes.start(site, settings);
    System.out.printf(
        "cluster, names that do not resolve: ready after %d ms%n", awaitReady(router));
    router.kill9();
  }

  @Test
  void allAtOnce_startAfterAllWereKilled() {
    List<RouterProcess> all = cluster.routers();
    all.forEach(RouterProcess::kill9);
    all.forEach(RouterProcess::restart);
    long readyMs = all.stream().mapToLong(IllPeersIT::awaitReady).max().orElseThrow();
    cluster.awaitMembers(3);
    System.out.printf("cluster, three started at once: ready after %d ms%n", readyMs);
  }
}
