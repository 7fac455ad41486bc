package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.FreePorts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Strangers who begin handshakes with the ports between routers as fast as they can: few of them
 * cost an engine, and routers still get in.
 */
@Timeout(120)
final class HandshakeFloodIT {

  /** Of a TLS record; its last two bytes are the length of the rest. */
  private static final int HEADER_BYTES = 5;

  private static final String MEMBERS = "127.0.0.1";
  private static final List<String> ONE_STRANGER = Collections.nCopies(8, "127.9.0.1");
  private static final List<String> MANY_STRANGERS =
      IntStream.rangeClosed(1, 24).mapToObj(i -> "127.9.1." + i).toList();

  enum Words {
    NONE,
    HALF_A_HELLO,
    HELLO
  }

  private static byte[] words(Words words, int port) throws Exception {
    byte[] hello = hello(port);
    return switch (words) {
      case NONE -> new byte[0];
      case HALF_A_HELLO -> Arrays.copyOf(hello, 100);
      case HELLO -> hello;
    };
  }

  /** The first flight of a router of this cluster, which anybody can make. */
  private static byte[] hello(int port) throws Exception {
    try (var router = TlsClient.connect(MEMBERS, port, TestCluster.secret("the").identity())) {
      byte[] sent = router.sent();
      return Arrays.copyOf(
          sent, HEADER_BYTES + Short.toUnsignedInt(ByteBuffer.wrap(sent).getShort(3)));
    }
  }

  /** A router on IPv4, where a machine has as many addresses of its own as a test needs. */
  private static ClusterConfig router(TestCluster cluster, int i, List<Integer> ports) {
    ClusterConfig config = cluster.config(0);
    return new ClusterConfig(
        config.mode(),
        config.name(),
        config.wire(),
        config.region(),
        MEMBERS,
        ports.get(i),
        ports.stream().map(port -> new HostPort(MEMBERS, port)).toList(),
        config.credentials());
  }

  private static List<Integer> ports(int routers) {
    return IntStream.range(0, routers).mapToObj(_ -> FreePorts.first(MEMBERS, 2)).toList();
  }

  @ParameterizedTest
  @CsvSource({
    "0, NONE",
    "0, HALF_A_HELLO",
    "0, HELLO",
    "1, NONE",
    "1, HALF_A_HELLO",
    "1, HELLO",
  })
  void handshakeFlood_ofOneStranger_costsAHandshakeASecond(int offset, Words words)
      throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(1)) {
      List<Integer> ports = ports(1);
      var first = cluster.start(router(cluster, 0, ports));
      int port = ports.getFirst() + offset;
      byte[] said = words(words, port);
      double before = handshakes(first);
      long beganNs = System.nanoTime();
      try (var flood = HandshakeFlood.start(MEMBERS, port, ONE_STRANGER, said, false)) {
        awaitOpened(flood, 2_000);
      }
      assertThat(handshakes(first) - before).isBetween(1.0, 2.0 + secondsSince(beganNs));
      assertThat(first.meter("flyline_cluster_refused_total")).isPositive();
      assertThat(log.rest()).hasSizeLessThanOrEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void handshakeFlood_ofManyStrangers_costsABudget(int offset) throws Exception {
    try (var cluster = new TestCluster(1)) {
      List<Integer> ports = ports(1);
      var first = cluster.start(router(cluster, 0, ports));
      int port = ports.getFirst() + offset;
      byte[] said = words(Words.HELLO, port);
      double before = handshakes(first);
      long beganNs = System.nanoTime();
      try (var flood = HandshakeFlood.start(MEMBERS, port, MANY_STRANGERS, said, true)) {
        awaitOpened(flood, 500);
      }
      assertThat(handshakes(first) - before)
          .isBetween(24.0, Unproven.AT_ONCE + 1 + secondsSince(beganNs) * Unproven.PER_SECOND);
    }
  }

  /**
   * Four routers behind one address begin, and are replaced all at once, while both ports flood.
   */
  @Test
  void handshakeFlood_keepsNoRouterOut() throws Exception {
    try (var cluster = new TestCluster(1)) {
      List<Integer> ports = ports(5);
      var first = cluster.start(router(cluster, 0, ports));
      int port = ports.getFirst();
      byte[] hello = words(Words.HELLO, port);
      try (var members = HandshakeFlood.start(MEMBERS, port, MANY_STRANGERS, hello, true);
          var bus = HandshakeFlood.start(MEMBERS, port + 1, MANY_STRANGERS, hello, true)) {
        awaitOpened(members, 500);
        awaitOpened(bus, 500);
        for (int round = 0; round < 2; round++) {
          List<TestMember> others =
              cluster.startTogether(
                  IntStream.range(1, 5).mapToObj(i -> router(cluster, i, ports)).toList());
          first.awaitSize(5);
          for (TestMember other : others) {
            other.awaitSize(5);
            other.reach(first, "hello " + round);
            first.reach(other, "hello yourself " + round);
          }
          others.forEach(TestMember::kill);
          first.awaitSize(1);
        }
        assertThat(members.opened()).isPositive();
      }
    }
  }

  private static double handshakes(TestMember router) {
    return router.meter("flyline_cluster_handshakes_total");
  }

  private static double secondsSince(long beganNs) {
    return Duration.ofNanos(System.nanoTime() - beganNs).toMillis() / 1_000.0;
  }

  private static void awaitOpened(HandshakeFlood flood, long count) {
    while (flood.opened() < count) {
      Thread.onSpinWait();
    }
  }
}
