package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.TestNats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A router without others: what is lost when it is killed is told, and nothing else is lost. */
@Timeout(120)
final class RestartedRouterIT {

  private static final Duration SOON = Duration.ofSeconds(20);

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
}
