package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import dev.flyline.it.SideBySide;
import dev.flyline.it.Slowness;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meters;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Real members of Hazelcast on a loopback address: who sees whom, and when. */
@Timeout(300)
@SideBySide
final class MembersIT {

  @Test
  void three_seeTheSameList_withRegions_inTheOrderOfAddresses() throws Exception {
    try (var cluster = new TestCluster(3)) {
      var first = cluster.start(2);
      var second = cluster.start(0);
      var third = cluster.start(1);

      for (TestMember member : List.of(first, second, third)) {
        List<Member> seen = member.awaitMembers(list -> list.size() == 3);
        assertThat(seen)
            .containsExactlyInAnyOrder(first.self(), second.self(), third.self())
            .isSortedAccordingTo((a, b) -> a.address().compareTo(b.address()));
      }
      assertThat(third.cluster().members())
          .extracting(Member::region)
          .containsExactlyInAnyOrder("region-0", "region-1", "region-2");
      assertThat(first.self().address())
          .isEqualTo(new HostPort(TestCluster.HOST, cluster.port(2)).toString());
      assertThat(first.meter("flyline_cluster_members")).isEqualTo(3);
    }
  }

  @Test
  void startedTogether_findEachOtherWithin15s() throws Exception {
    try (var slowness = Slowness.measure();
        var cluster = new TestCluster(3)) {
      long startNs = System.nanoTime();
      for (TestMember member : cluster.startTogether(3)) {
        member.awaitSize(3);
      }

      assertThat(slowness.unhindered(sinceMs(startNs))).isLessThan(15_000);
    }
  }

  private static long sinceMs(long ns) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - ns);
  }

  /** It knows the secret; what it says of itself would forge a line of the log. */
  @Test
  void memberWithAForgedName_isPassedOver_andNotRepeatedInTheLog() throws Exception {
    try (var log = new TestLog(Level.INFO);
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      ClusterConfig config = cluster.config(1);
      var self = new Member("x\nERROR forged", config.address(), "forged \u001b[2J");
      var engines = Engines.of(TestCluster.secret("the").identity());
      var door =
          new MemberDoor(
              CompletableFuture.completedFuture(engines),
              new RefusedConnections(new Meters(), System::nanoTime));
      HazelcastInstance liar =
          HazelcastInstanceFactory.newHazelcastInstance(
              HazelcastFile.load(config, self, InetAddress::getAllByName), "liar", door);
      try {
        while (first.hazelcast().getCluster().getMembers().size() < 2) {
          Thread.onSpinWait(); // the test's own time runs
        }
        var friend = cluster.start(2);
        List<Member> seen = first.awaitMembers(list -> list.size() == 2);

        assertThat(seen).containsExactlyInAnyOrder(first.self(), friend.self());
        assertThat(log.rest())
            .anyMatch(line -> line.contains("has come"))
            .noneMatch(line -> line.contains("forged"));
      } finally {
        liar.getLifecycleService().terminate();
      }
    }
  }

  @Test
  void killed_isSeenLeaving() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var stays = cluster.start(0);
      var goes = cluster.start(1);
      stays.awaitSize(2);

      goes.kill();

      assertThat(stays.awaitMembers(list -> list.size() == 1)).containsExactly(stays.self());
    }
  }

  /** As after a merge in which it could not join again. */
  @Test
  void hazelcastThatEndsByItself_isALoss_andTheRouterCanStillLeave() throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(1)) {
      var alone = cluster.start(0);
      assertThat(alone.cluster().lost().isComplete()).isFalse();

      alone.hazelcast().getLifecycleService().terminate();

      TestCluster.await(alone.cluster().lost());
      assertThat(log.await("Hazelcast has ended")).contains("must be started again");
      TestCluster.await(alone.cluster().leave());
    }
  }

  @Test
  void left_isSeenLeaving_andItsVertxIsClosed() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var stays = cluster.start(0);
      var goes = cluster.start(1);
      stays.awaitSize(2);

      TestCluster.await(goes.cluster().leave());

      assertThat(stays.awaitMembers(list -> list.size() == 1)).containsExactly(stays.self());
      assertThat(goes.hazelcast()).isNull();
      assertThat(goes.cluster().lost().isComplete()).isFalse();
      assertThat(goes.cluster().vertx().close().isComplete()).isTrue();
    }
  }
}
