package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A router without others: what is lost when it is killed is told, and nothing else is lost. */
@Timeout(300)
@SideBySide
final class RestartedRouterIT {

  private static final Duration SOON = Duration.ofSeconds(60);

  private static final Duration FREEZE = Duration.ofSeconds(6);

  @RegisterExtension static final Routers routers = new Routers("alone");

  @Test
  void loss_ofKilledRouterIsTold() {
    try (var nats = TestNats.start()) {
      Site site = Site.onLoopback(1, nats.url()).getFirst();
      RouterProcess router = routers.start(site, Map.of("FLYLINE_CLUSTER", "off"));
      router.awaitReady();
      var plan = new Plan("alone", 5, 3, 1_000, 50, Duration.ofSeconds(4), 10);
      try (var load = ClusterLoad.open(plan, List.of(site.http()), nats)) {
        load.awaitGreeted(SOON);
        load.begin();
        load.awaitFlow(SOON);
        load.nextStretch();
        router.kill9();
        router.restart();
        router.awaitReady();
        long backMs = load.awaitFlow(SOON);

        Notice notice = load.notice();
        Findings findings = load.end();
        System.out.printf(
            "one router killed and restarted: back after %d ms, %s; %s%n",
            backMs, notice, findings);
        assertThat(findings.isHonest()).as(findings.toString()).isTrue();
        assertThat(findings.lost()).isPositive();
        assertThat(findings.gaps().keySet()).containsExactly("failover");
        assertThat(notice.stayed()).isZero();
      }
    }
  }

  /** Lines wait in sockets while the router stands still, and viewers come back for them. */
  @Test
  void frozenRouter_losesNothing() {
    try (var nats = TestNats.start()) {
      Site site = Site.onLoopback(1, nats.url()).getFirst();
      RouterProcess router = routers.start(site, Map.of("FLYLINE_CLUSTER", "off"));
      router.awaitReady();
      try (var load = ClusterLoad.open(Plan.usual("frozen"), List.of(site.http()), nats)) {
        load.awaitGreeted(SOON);
        load.begin();
        load.awaitFlow(SOON);
        long heapBefore = router.heapBytes();
        load.nextStretch();
        router.freeze();
        try {
          Await.hold(FREEZE);
        } finally {
          router.thaw();
        }
        load.awaitFlow(SOON);
        long heapAfter = router.heapBytes();

        Notice notice = load.notice();
        Findings findings = load.end();
        System.out.printf(
            "one router frozen for %s: %s, heap %d -> %d KiB, processor time %s; %s%n",
            FREEZE, notice, heapBefore / 1024, heapAfter / 1024, router.cpu(), findings);
        assertThat(findings.isExact()).as(findings.toString()).isTrue();
        assertThat(notice.movedMs()).isGreaterThanOrEqualTo(FREEZE.toMillis());
        router.terminate();
        router.awaitEnd(SOON);
      }
    }
  }
}
