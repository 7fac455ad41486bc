package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.it.SideBySide;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Those who do not belong: other clusters, other releases, and whatever else finds the ports. */
@Timeout(300)
@SideBySide
final class StrangersIT {

  private static final long SEED = 20_261_121;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void routerOfAnotherNameOrWireVersion_staysAlone(boolean otherName) throws Exception {
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(0);
      ClusterConfig c = cluster.config(1);
      var stranger =
          cluster.start(
              new ClusterConfig(
                  c.mode(),
                  otherName ? c.name() + "-other" : c.name(),
                  otherName ? c.wire() : c.wire() + 1,
                  c.region(),
                  c.host(),
                  c.port(),
                  c.peers(),
                  c.credentials()));
      log.await("different cluster");
      var second = cluster.start(2);
      second.awaitSize(2);
      first.awaitSize(2);

      assertThat(first.cluster().members()).doesNotContain(stranger.self());
      assertThat(stranger.cluster().members()).containsExactly(stranger.self());
    }
  }

  @Test
  void junkOnBothPorts_isSurvived_withoutALoop() throws Exception {
    var random = new Random(SEED);
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(0);
      var second = cluster.start(1);
      first.awaitSize(2);
      try (var log = new TestLog()) {
        int attempts = 0;
        for (byte[] junk : junk(random)) {
          pour(cluster.port(0), junk);
          pour(cluster.port(0) + 1, junk);
          attempts += 2;
        }

        second.send(first, "still here?");
        first.send(second, "still here");
        assertThat(first.next()).isEqualTo("still here?");
        assertThat(second.next()).isEqualTo("still here");
        assertThat(log.rest()).hasSizeLessThanOrEqualTo(2 * attempts);
      }
      assertThat(first.cluster().members()).hasSize(2);
    }
  }

  @Test
  void ports_areOpenAtTheGivenAddressAlone() throws Exception {
    try (var cluster = new TestCluster(1)) {
      cluster.start(0);
      var given = InetAddress.ofLiteral(TestCluster.HOST);
      for (int port : List.of(cluster.port(0), cluster.port(0) + 1)) {
        try (var open = new Socket(given, port)) {
          assertThat(open.isConnected()).isTrue();
        }
        for (InetAddress other : otherAddresses(given)) {
          assertThatThrownBy(() -> new Socket(other, port).close())
              .as("%s port %s", other, port)
              .isInstanceOf(ConnectException.class);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void portThatIsTaken_isSaidAtTheStart(int offset) throws Exception {
    try (var cluster = new TestCluster(1);
        var taken = new ServerSocket()) {
      int port = cluster.port(0) + offset;
      taken.bind(new InetSocketAddress(InetAddress.ofLiteral(TestCluster.HOST), port));

      assertThatThrownBy(() -> cluster.start(0))
          .hasMessageContaining("cannot")
          .hasMessageContaining(":" + port);
    }
  }

  private static List<byte[]> junk(Random random) {
    var bytes = new byte[4096];
    random.nextBytes(bytes);
    return List.of(
        bytes,
        new byte[64],
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
        "SSH-2.0-OpenSSH_9.6\r\n".getBytes(StandardCharsets.US_ASCII),
        "HZC".getBytes(StandardCharsets.US_ASCII), // a member's first bytes, then no more
        ("HZC" + "x".repeat(2000)).getBytes(StandardCharsets.US_ASCII),
        "CP2".getBytes(StandardCharsets.US_ASCII), // a client of Hazelcast
        new byte[] {22, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, // TLS
        ByteBuffer.allocate(8).putInt(Integer.MAX_VALUE).putInt(0).array(), // lengths of the bus
        ByteBuffer.allocate(8).putInt(-1).putInt(-1).array(),
        ByteBuffer.allocate(12).putInt(8).putInt(0x01_ff_00_00).putInt(Integer.MAX_VALUE).array());
  }

  private static void pour(int port, byte[] junk) throws IOException {
    try (var socket = new Socket(InetAddress.ofLiteral(TestCluster.HOST), port)) {
      socket.getOutputStream().write(junk);
    } catch (SocketException _) {
      // closed before all was written: as good
    }
  }

  private static List<InetAddress> otherAddresses(InetAddress given) throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(address -> !address.equals(given) && !address.isLinkLocalAddress())
        .toList();
  }
}
