package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cluster's secret is replaced as docs/operations.md says, while lines flow. */
@Tag("cluster")
@Timeout(600)
@SideBySide
final class SecretRotationIT {

  private static final String OLD = RouterCluster.SECRET;
  private static final String NEW = "QSBuZXcgc2VjcmV0IG9mIGEgdGVzdCdzIGNsdXN0ZXI";
  private static final Duration SOON = Duration.ofSeconds(90);

  @RegisterExtension static final Routers processes = new Routers("rotation");

  @Test
  void rotation_inRollingRestarts_losesNothing() {
    try (var nats = TestNats.start()) {
      RouterCluster cluster = RouterCluster.start(processes, Site.onLoopback(2, nats.url()));
      var plan = new Plan("rotation", 10, 3, 500, 40, Duration.ofSeconds(20), 0);
      try (var load = ClusterLoad.flowing(plan, cluster, nats)) {
        for (String secrets : List.of(OLD + "," + NEW, NEW + "," + OLD, NEW)) {
          for (RouterProcess router : cluster.routers()) {
            load.nextStretch();
            router.terminate();
            router.awaitEnd(SOON);
            load.awaitFlow(SOON);
            router.restartWith(Map.of("FLYLINE_CLUSTER_SECRET", secrets));
            router.awaitReady();
            cluster.awaitMembers(2);
            cluster.awaitSettled(load.apps());
          }
        }
        Findings findings = load.end();
        System.out.printf("cluster, the secret replaced in three rolling restarts: %s%n", findings);
        load.assertExact(findings);
      }
      for (RouterProcess router : cluster.routers()) {
        assertThat(router.log()).noneMatch(line -> line.contains("not of this cluster"));
      }
    }
  }
}
