package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import dev.flyline.it.SideBySide;
import dev.flyline.it.Slowness;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.impl.HazelcastRegistrationInfo;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What splits, merges and lost entries leave behind. */
@Timeout(300)
@SideBySide
final class SplitIT {

  @Test
  void splitCluster_mergesWithin30s_andMessagesGoBothWays() throws Exception {
    try (var slowness = Slowness.measure();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      var second = cluster.start(1);
      second.awaitSize(2);

      cut(first, second);
      cut(second, first);
      first.awaitSize(1);
      second.awaitSize(1);
      long splitNs = System.nanoTime();
      first.awaitSize(2);
      second.awaitSize(2);

      long splitMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - splitNs);
      assertThat(slowness.unhindered(splitMs)).isLessThan(30_000);
      var third = cluster.start(2); // knows nobody's bus address yet
      third.awaitSize(3);
      for (TestMember to : new TestMember[] {first, second}) {
        third.reach(to, "to " + to.node());
        to.reach(third, "from " + to.node());
      }
    }
  }

  @Test
  void registrationThatIsLost_isNoticedAndMended() throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      var second = cluster.start(1);
      first.awaitSize(2);

      second.hazelcast().getMultiMap("__vertx.subs").remove("router." + first.node());
      log.await("it is registered again");
      second.hazelcast().getMap("__vertx.nodeInfo").remove(first.node());
      log.await("it is registered again");

      assertThat(first.meter("flyline_bus_registrations_mended_total")).isEqualTo(2);
      var third = cluster.start(2);
      third.awaitSize(3);
      third.send(first, "found");
      assertThat(first.next()).isEqualTo("found");
      assertThat(second.meter("flyline_bus_registrations_mended_total")).isZero();
    }
  }

  @Test
  void routerThatListensNoMore_isReported() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var stays = cluster.start(0);
      var goes = cluster.start(1);
      stays.awaitSize(2);
      stays.send(goes, "connected");
      assertThat(goes.next()).isEqualTo("connected");

      // Its bus ends, Hazelcast lives on; the entry is put back, as one is left by a killed
      // process.
      TestCluster.await(goes.cluster().vertx().close());
      stays
          .hazelcast()
          .getMultiMap("__vertx.subs")
          .put(
              "router." + goes.node(),
              new HazelcastRegistrationInfo(new RegistrationInfo(goes.node(), 0, false)));

      assertThat(stays.awaitRefused(goes)).isEqualTo(goes.node());
      assertThat(stays.meter("flyline_bus_send_failures_total")).isPositive();
    }
  }

  /** Lets {@code one} believe that {@code other} is dead, as a cut network does. */
  private static void cut(TestMember one, TestMember other) {
    var hazelcast = ((HazelcastInstanceProxy) one.hazelcast()).getOriginal();
    hazelcast.getCluster().getMembers().stream()
        .filter(member -> other.node().equals(member.getAttribute("__vertx.nodeId")))
        .forEach(
            member ->
                hazelcast.node.getClusterService().suspectMember(member, "cut by the test", true));
  }
}
