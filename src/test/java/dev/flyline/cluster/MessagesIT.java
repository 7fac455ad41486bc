package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Messages between real members on a loopback address. */
@Timeout(300)
@SideBySide
final class MessagesIT {

  private static final int MANY = 20_000;

  @Test
  void messages_arriveInTheOrderOfEachThread() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var from = cluster.start(0);
      var to = cluster.start(1);
      from.awaitSize(2);

      var other = Thread.ofPlatform().start(() -> sendAll(from, to, "a"));
      sendAll(from, to, "b");
      other.join();

      int a = 0;
      int b = 0;
      while (a + b < 2 * MANY) {
        String message = to.next();
        int number = Integer.parseInt(message.substring(1));
        assertThat(number).as(message).isEqualTo(message.startsWith("a") ? a++ : b++);
      }
      assertThat(from.meter("flyline_bus_send_failures_total")).isZero();
    }
  }

  @Test
  void messages_goBothWays_andToTheOneRouterAlone() throws Exception {
    try (var cluster = new TestCluster(3)) {
      var members = cluster.startTogether(3);
      for (TestMember member : members) {
        member.awaitSize(3);
      }

      for (TestMember from : members) {
        for (TestMember to : members) {
          from.send(to, from.node() + " to " + to.node());
        }
      }

      for (TestMember to : members) {
        assertThat(new String[] {to.next(), to.next(), to.next()})
            .containsExactlyInAnyOrder(
                members.stream()
                    .map(from -> from.node() + " to " + to.node())
                    .toArray(String[]::new));
      }
    }
  }

  private static void sendAll(TestMember from, TestMember to, String prefix) {
    for (int i = 0; i < MANY; i++) {
      from.send(to, prefix + i);
    }
  }
}
