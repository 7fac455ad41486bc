package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.TestNats;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three routers with thousands of apps, each of which has a viewer somewhere. */
@Tag("cluster")
@Timeout(900)
final class ManyAppsIT {

  private static final Duration LONG = Duration.ofMinutes(3);
  private static final int APPS = 5_000;

  // On a machine that has nothing else to do; this one's slowness is measured meanwhile.
  private static final long OPEN_MS = 30_000;
  private static final long ABSORBED_MS = 15_000;

  @RegisterExtension static final Routers processes = new Routers("many");

  @Test
  void apps_openTogetherAndSurviveAMember() {
    // Each app has a line every 2.5 s, so its viewer needs more patience.
    var plan = new Plan("many", APPS, 1, 2_000, APPS, Duration.ofSeconds(20), 0);
    try (var nats = TestNats.start()) {
      RouterCluster cluster = RouterCluster.start(processes, Site.onLoopback(3, nats.url()));
      try (var load = ClusterLoad.open(plan, cluster.doors(), nats)) {
        long openMs = load.unhindered(load.awaitGreeted(LONG));
        long settledMs = cluster.awaitSettled(load.apps());
        load.begin();
        load.awaitFlow(LONG);
        load.nextStretch();
        RouterProcess router = cluster.get(0);
        router.kill9();
        long absorbedMs = load.unhindered(load.awaitFlow(LONG));
        Notice notice = load.notice();
        long againMs = RouterCluster.awaitSettled(cluster.without(router), load.apps());
        Findings findings = load.end();
        System.out.printf(
            "cluster, %d apps with a viewer each: open after %d ms, standbys in step after %d ms"
                + " more; kill -9 of a member absorbed after %d ms (a line of each app), %s,"
                + " standbys in step after %d ms more; %s%n",
            APPS, openMs, settledMs, absorbedMs, notice, againMs, findings);
        load.assertExact(findings);
        assertThat(openMs).isLessThan(OPEN_MS);
        assertThat(absorbedMs).isLessThan(ABSORBED_MS);
      }
    }
  }
}
