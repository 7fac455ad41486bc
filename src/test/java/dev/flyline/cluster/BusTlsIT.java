package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS between routers. */
@Timeout(90)
final class BusTlsIT {

  @TempDir private Path dir = Path.of("");

  @Test
  void routersOfOneAuthority_hearEachOther() throws Exception {
    var authority = new TestAuthority(dir, "ours");
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(with(cluster.config(0), authority.issue("first")));
      var second = cluster.start(with(cluster.config(1), authority.issue("second")));
      first.awaitSize(2);

      first.send(second, "hello");
      second.send(first, "hello yourself");

      assertThat(second.next()).isEqualTo("hello");
      assertThat(first.next()).isEqualTo("hello yourself");
    }
  }

  @Test
  void routerOfAnotherAuthority_isNotHeard_andTheLogSaysSo() throws Exception {
    var ours = new TestAuthority(dir, "ours");
    var foreign = new TestAuthority(dir, "foreign");
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var first = cluster.start(with(cluster.config(0), ours.issue("first")));
      var second = cluster.start(with(cluster.config(1), ours.issue("second")));
      var stranger = cluster.start(with(cluster.config(2), foreign.issue("stranger")));
      first.awaitSize(3);

      stranger.send(first, "from a stranger");
      first.send(stranger, "for a stranger");
      var complaint = stranger.self().address() + " is a member and does not answer";
      log.await(complaint); // of the first router
      log.await(complaint); // and of the second
      stranger.send(first, "from a stranger");
      second.send(first, "from a friend");

      assertThat(first.next()).isEqualTo("from a friend");
      assertThat(stranger.hasHeard()).isFalse();
      assertThat(first.meter("flyline_cluster_unheard")).isEqualTo(1);
    }
  }

  @Test
  void routerThatTrustsUs_butHasNoCertificateOfOurs_isNotHeard() throws Exception {
    var ours = new TestAuthority(dir, "ours");
    var foreign = new TestAuthority(dir, "foreign").issue("stranger");
    try (var log = new TestLog();
        var cluster = new TestCluster(3)) {
      var tls = ours.issue("first");
      var first = cluster.start(with(cluster.config(0), tls));
      var second = cluster.start(with(cluster.config(1), ours.issue("second")));
      var stranger =
          cluster.start(
              with(
                  cluster.config(2),
                  new BusTls(foreign.certificate(), foreign.key(), tls.authority())));
      first.awaitSize(3);

      stranger.send(first, "from a stranger");
      log.await(stranger.node() + " at " + stranger.self().address() + " is a member and does not");
      stranger.send(first, "from a stranger");
      second.send(first, "from a friend");

      assertThat(first.next()).isEqualTo("from a friend");
    }
  }

  @Test
  void plainBytes_getNoAnswer() throws Exception {
    var authority = new TestAuthority(dir, "ours");
    try (var cluster = new TestCluster(1)) {
      cluster.start(with(cluster.config(0), authority.issue("first")));
      try (var socket = new Socket(InetAddress.ofLiteral(TestCluster.HOST), cluster.port(0) + 1)) {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("plain text, no TLS\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(endOf(socket)).isTrue();
      }
    }
  }

  @Test
  void certificateThatIsNone_isSaidAtTheStart() throws Exception {
    Path junk = Files.writeString(dir.resolve("junk.pem"), "no certificate");
    try (var cluster = new TestCluster(1)) {
      var config = with(cluster.config(0), new BusTls(junk, junk, junk));

      assertThatThrownBy(() -> cluster.start(config))
          .rootCause()
          .isNotNull()
          .extracting(Throwable::getMessage)
          .asString()
          .contains("BEGIN PRIVATE KEY");
    }
  }

  /** Whether the other side closes the connection; an alert may come before. */
  private static boolean endOf(Socket socket) {
    try {
      socket.getInputStream().readAllBytes();
      return true;
    } catch (IOException _) {
      return false; // it took too long, or was reset
    }
  }

  private static ClusterConfig with(ClusterConfig config, @Nullable BusTls tls) {
    return new ClusterConfig(
        config.mode(),
        config.name(),
        config.wire(),
        config.region(),
        config.host(),
        config.port(),
        config.peers(),
        tls);
  }
}
