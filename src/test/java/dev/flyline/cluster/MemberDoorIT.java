package dev.flyline.cluster;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.flyline.it.Attempts;
import dev.flyline.it.SideBySide;
import dev.flyline.log.Member;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Attacks on the ports between routers, each from a real socket: whoever has not proven the secret
 * costs its own connection and reaches nothing of Hazelcast's or of the bus.
 */
@Timeout(300)
@SideBySide
final class MemberDoorIT {

  private static final long SEED = 20_261_129;
  private static final int VARIANTS = 10_000;
  private static final int SENDERS = 4;

  /** A member's first bytes, then a packet whose length is the largest there is. */
  private static final byte[] FOURTEEN_BYTES =
      ByteBuffer.allocate(14)
          .put("HZC".getBytes(US_ASCII))
          .put((byte) 4)
          .putShort((short) 0)
          .putInt(0)
          .putInt(Integer.MAX_VALUE)
          .array();

  private static final byte[] PROTOCOL = "HZC".getBytes(US_ASCII);

  @Test
  void foreignMember_withTheSecret_joins_andIsHeard() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(0);
      var second = cluster.start(1);
      first.awaitSize(2);

      second.send(first, "hello");
      first.send(second, "hello yourself");

      assertThat(first.next()).isEqualTo("hello");
      assertThat(second.next()).isEqualTo("hello yourself");
      assertThat(first.meter("flyline_cluster_refused_total")).isZero();
    }
  }

  @Test
  void foreignMember_withAnotherSecret_staysOutside_bothSaySo_othersAreUnharmed() throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      var stranger =
          cluster.start(TestCluster.with(cluster.config(1), TestCluster.secret("another")));
      log.await("is not of this cluster: it has not proven this cluster's secret");
      log.await("a connection from ");
      var friend = cluster.start(2);
      friend.awaitSize(2);
      first.awaitSize(2);
      friend.reach(first, "hello");

      assertThat(first.cluster().members()).doesNotContain(stranger.self());
      assertThat(stranger.cluster().members()).containsExactly(stranger.self());
      assertThat(first.meter("flyline_cluster_refused_total")).isPositive();
      // Each of the three may tell of connections that come and of those that it opens.
      assertThat(log.rest())
          .hasSizeLessThanOrEqualTo(4)
          .noneMatch(line -> line.contains("xception"));
    }
  }

  @Test
  void foreignMember_withoutASecret_staysOutside() throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      ClusterConfig config = cluster.config(1);
      var self = new Member("plain", config.address(), config.region());
      HazelcastInstance stranger =
          Hazelcast.newHazelcastInstance(
              HazelcastFile.load(config, self, InetAddress::getAllByName));
      try {
        log.await("it does not speak TLS");
        var friend = cluster.start(2);
        friend.awaitSize(2);

        assertThat(stranger.getCluster().getMembers()).hasSize(1);
        assertThat(first.cluster().members()).hasSize(2);
      } finally {
        stranger.getLifecycleService().terminate();
      }
    }
  }

  /** As when a step of the replacement is left out: the one would accept, the other does not. */
  @ParameterizedTest
  @CsvSource({"old+new, new", "new, old+new"})
  void secretThatOneSideHasDropped_isRefused_andSaidByBoth(String one, String other)
      throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(2)) {
      var first = cluster.start(with(cluster.config(0), one));
      var second = cluster.start(with(cluster.config(1), other));
      log.await("it does not accept this router's proof; do both have the same secret?");

      assertThat(first.cluster().members()).containsExactly(first.self());
      assertThat(second.cluster().members()).containsExactly(second.self());
    }
  }

  @ParameterizedTest
  @CsvSource({"old, old+new", "old+new, new+old", "new+old, new"})
  void secretsWhileOneIsReplaced_meet(String one, String other) throws Exception {
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(with(cluster.config(0), one));
      var second = cluster.start(with(cluster.config(1), other));
      first.awaitSize(2);

      second.reach(first, "hello");
      first.reach(second, "hello");
    }
  }

  private static ClusterConfig with(ClusterConfig config, String secrets) {
    return TestCluster.with(config, TestCluster.secret(secrets.split("\\+")));
  }

  /** 14 bytes ended a router: Hazelcast made room for 2 GiB before it knew who asked for it. */
  @Test
  void fourteenBytes_andVariants_onBothPorts_costNothing() throws Exception {
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(0);
      var second = cluster.start(1);
      first.awaitSize(2);
      second.reach(first, "before");
      first.reach(second, "before");
      try (var log = new TestLog()) {
        pour(cluster.port(0), FOURTEEN_BYTES);
        pour(cluster.port(0) + 1, FOURTEEN_BYTES);
        pourVariants(cluster.port(0));

        second.reach(first, "still here?");
        first.reach(second, "still here");
        // On a busy machine so many connections may also keep a probe waiting.
        assertThat(log.rest()).filteredOn(line -> !line.contains("over the bus")).hasSize(1);
      }
      assertThat(first.cluster().members()).hasSize(2);
      assertThat(first.meter("flyline_cluster_refused_total")).isGreaterThanOrEqualTo(VARIANTS);
    }
  }

  private static void pourVariants(int port) throws InterruptedException {
    try (var senders = Executors.newFixedThreadPool(SENDERS)) {
      for (int i = 0; i < VARIANTS; i++) {
        byte[] junk = variant(new Random(SEED + i));
        senders.execute(
            () -> {
              pour(port, junk);
              pour(port + 1, junk);
            });
      }
      senders.shutdown();
      assertThat(senders.awaitTermination(100, TimeUnit.SECONDS)).isTrue();
    }
  }

  /** The beginnings of protocols that are spoken between routers, with some bytes wrong. */
  private static byte[] variant(Random random) {
    var tail = new byte[random.nextInt(600)];
    random.nextBytes(tail);
    byte[] head =
        switch (random.nextInt(5)) {
          case 0 -> FOURTEEN_BYTES.clone();
          case 1 -> new byte[] {22, 3, (byte) random.nextInt(4), 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3};
          case 2 -> ByteBuffer.allocate(4).putInt(random.nextInt()).array();
          case 3 -> new byte[] {(byte) (20 + random.nextInt(5)), 3, 3, (byte) random.nextInt(), 9};
          default -> new byte[0];
        };
    if (head.length > 0) {
      head[random.nextInt(head.length)] ^= (byte) (1 << random.nextInt(8));
    }
    byte[] all = Arrays.copyOf(head, head.length + tail.length);
    System.arraycopy(tail, 0, all, head.length, tail.length);
    return all;
  }

  private static void pour(int port, byte[] junk) {
    try (var socket = connect(port)) {
      socket.getOutputStream().write(junk);
    } catch (SocketException _) {
      // closed before all was written: as good
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Socket connect(int port) throws IOException {
    return new Socket(InetAddress.ofLiteral(TestCluster.HOST), port);
  }

  /** What a member says after its proof is answered; this is the way in that the others miss. */
  @Test
  void proof_thatHolds_isAnswered() throws Exception {
    try (var cluster = new TestCluster(1)) {
      cluster.start(0);
      try (var client = TlsClient.connect(cluster.port(0), identity("the"))) {
        client.write(PROTOCOL);

        assertThat(client.read()).isEqualTo(PROTOCOL);
      }
    }
  }

  @Test
  void proof_thatIsReplayedOrReflected_isRefused() throws Exception {
    try (var cluster = new TestCluster(1)) {
      var router = cluster.start(0);
      byte[] proof;
      byte[] answer;
      try (var client = TlsClient.connect(cluster.port(0), identity("the"))) {
        client.write(PROTOCOL);
        assertThat(client.read()).isEqualTo(PROTOCOL);
        proof = client.sent();
        answer = client.received();
      }

      assertThat(router.meter("flyline_cluster_refused_total")).isZero();
      sendUntilEnd(cluster.port(0), proof);
      sendUntilEnd(cluster.port(0), answer);
      sendUntilEnd(cluster.port(0) + 1, proof);

      assertThat(router.meter("flyline_cluster_refused_total")).isEqualTo(2);
    }
  }

  /** Sends {@code bytes} and waits for the other side's end. */
  private static void sendUntilEnd(int port, byte[] bytes) throws IOException {
    try (var socket = connect(port)) {
      socket.setSoTimeout(60_000);
      socket.getOutputStream().write(bytes);
      socket.getInputStream().readAllBytes();
    } catch (SocketException _) {
      // reset: ended as well
    }
  }

  @Test
  void certificate_withoutItsKey_isRefused() throws Exception {
    var stolen = identity("the");
    var own = identity("the");
    try (var cluster = new TestCluster(1)) {
      cluster.start(0);
      for (int port : List.of(cluster.port(0), cluster.port(0) + 1)) {
        assertThatThrownBy(
                () ->
                    speak(
                        port, new Identity(stolen.certificate(), own.key(), stolen.authorities())))
            .isInstanceOf(IOException.class);
      }
    }
  }

  /** A stranger who trusts everything that the router shows, and has no certificate of its own. */
  @Test
  void certificateOfAnotherSecret_isRefused_onBothPorts() throws Exception {
    var stranger = identity("another");
    var blind = new Identity(stranger.certificate(), stranger.key(), identity("the").authorities());
    try (var cluster = new TestCluster(1)) {
      cluster.start(0);
      for (int port : List.of(cluster.port(0), cluster.port(0) + 1)) {
        assertThatThrownBy(() -> speak(port, blind)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> speak(port, stranger)).isInstanceOf(IOException.class);
      }
    }
  }

  private static void speak(int port, Identity identity) throws IOException {
    try (var client = TlsClient.connect(port, identity)) {
      client.write(PROTOCOL);
      client.read();
    }
  }

  /** Many who say nothing: the oldest of them go, at once, and a member comes in between. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void manyWithoutAProof_areAFewAtATime_andKeepNobodyOut(int offset) throws Exception {
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(0);
      var held = new ArrayList<Socket>();
      try {
        Attempts.untilTelling(
            pace -> {
              pace.within(Unproven.PATIENCE); // else they may have ended by the clock
              assertEndedByThoseWhoComeLater(cluster.port(0) + offset, held);
            });
        var second = cluster.start(1);
        second.awaitSize(2);
        first.awaitSize(2);
        second.reach(first, "hello");
      } finally {
        closeAll(held);
      }
    }
  }

  private static void assertEndedByThoseWhoComeLater(int port, List<Socket> held)
      throws IOException {
    closeAll(held);
    held.clear();
    for (int i = 0; i < 4 * Unproven.MOST; i++) {
      held.add(connect(port));
    }
    for (int i = 0; i < 3 * Unproven.MOST; i++) {
      assertEnded(held.get(i), 60_000);
    }
  }

  private static void closeAll(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  /**
   * One that says nothing, two that stop half way, on both ports. No end may come before the time
   * that a proof may take; one that comes at all is not for the clock of a busy machine to judge.
   */
  @Test
  void halfAProof_endsAfterSeconds() throws Exception {
    try (var cluster = new TestCluster(1)) {
      cluster.start(0);
      byte[] hello = firstFlight(cluster.port(0));
      var sockets = new ArrayList<Socket>();
      long beganNs = System.nanoTime();
      try {
        for (int offset : new int[] {0, 1}) {
          for (int bytes : new int[] {0, 3, 100}) {
            sockets.add(connect(cluster.port(0) + offset));
            sockets.getLast().getOutputStream().write(hello, 0, bytes);
          }
        }
        for (Socket socket : sockets) {
          assertEnded(socket, 60_000);
          assertThat(System.nanoTime() - beganNs)
              .isGreaterThanOrEqualTo(Unproven.PATIENCE.toNanos());
        }
      } finally {
        closeAll(sockets);
      }
    }
  }

  @Test
  void patience_isWhatTheDocumentationSays() {
    assertThat(Unproven.PATIENCE).isEqualTo(Duration.ofSeconds(5));
  }

  private static byte[] firstFlight(int port) throws Exception {
    try (var client = TlsClient.connect(port, identity("the"))) {
      return client.sent();
    }
  }

  private static void assertEnded(Socket socket, int millis) throws IOException {
    socket.setSoTimeout(millis);
    try {
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    } catch (SocketException _) {
      // reset: ended as well
    }
  }

  private static Identity identity(String secret) throws Exception {
    return TestCluster.secret(secret).identity();
  }
}
