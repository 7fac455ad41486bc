package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A router that is stopped as it is deployed: with the drain and the leases of the defaults. */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class PlannedStopIT {

  private static final int APPS = 60;
  private static final Duration SOON = Duration.ofSeconds(90);

  /** Nobody comes back because a busy machine was silent for some seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** The drain, over which viewers are told to come back, and what they need then. */
  private static final Duration BACK = Duration.ofMinutes(2);

  /** Longer than a watch lasts that nobody renews. */
  private static final long LONG_AWAY_MS = 20_000;

  /** Until it is noticed, refusing, handing over, leaving. */
  private static final long ENDED_MS = 40_000;

  @RegisterExtension static final Routers processes = new Routers("planned");

  /**
   * While its only viewer is away, as long as it was told to be, somebody goes on reading an app.
   */
  @Test
  void onlyViewersOfTheirApps_comeBackWhenTold_andMissNothing() {
    var plan = new Plan("planned", APPS, 1, 10 * APPS, APPS, PATIENCE, 0);
    try (var nats = TestNats.start()) {
      RouterCluster cluster =
          RouterCluster.startUnhurried(processes, Site.onLoopback(3, nats.url()));
      try (var load = ClusterLoad.openAtFirst(plan, cluster.doors(), nats)) {
        load.awaitGreeted(SOON);
        cluster.awaitSettled(load.apps());
        load.begin();
        load.awaitFlow(SOON);
        load.nextStretch();
        RouterProcess router = cluster.get(0);
        router.terminate();
        long beganNs = System.nanoTime();
        router.awaitEnd(SOON);
        long endedMs = load.unhindered((System.nanoTime() - beganNs) / 1_000_000);
        long settledMs = RouterCluster.awaitSettled(cluster.without(router), load.apps());
        long backMs = load.awaitFlow(BACK);
        Notice notice = load.notice();
        Findings findings = load.end();
        System.out.printf(
            "cluster, SIGTERM with the default drain, %d apps with their only viewer there: it ends"
                + " after %d ms, all apps have an owner and a standby after %d ms more, all viewers"
                + " are back after %d ms, %s; %s%n",
            APPS, endedMs, settledMs, backMs, notice, findings);
        load.assertExact(findings);
        assertThat(notice.moved()).as("viewers who had to come back").isEqualTo(APPS);
        assertThat(notice.movedMs()).as("the longest absence").isGreaterThan(LONG_AWAY_MS);
        assertThat(endedMs).isLessThan(ENDED_MS);
        assertThat(router.exitStatus()).as("exit status after SIGTERM").isIn(0, 143);
      }
    }
  }
}
