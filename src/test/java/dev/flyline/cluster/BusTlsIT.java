package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.cluster.ClusterCredentials.CertificateFiles;
import dev.flyline.it.SideBySide;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Mutual TLS between routers. */
@Timeout(300)
@SideBySide
final class BusTlsIT {

  @TempDir private Path dir = Path.of("");

  @Test
  void routersOfOneAuthority_hearEachOther() throws Exception {
    var authority = new TestAuthority(dir, "ours");
    try (var cluster = new TestCluster(2)) {
      var first = cluster.start(TestCluster.with(cluster.config(0), authority.issue("first")));
      var second = cluster.start(TestCluster.with(cluster.config(1), authority.issue("second")));
      first.awaitSize(2);

      first.send(second, "hello");
      second.send(first, "hello yourself");

      assertThat(second.next()).isEqualTo("hello");
      assertThat(first.next()).isEqualTo("hello yourself");
    }
  }

  @Test
  void plainBytes_getNoAnswer() throws Exception {
    var authority = new TestAuthority(dir, "ours");
    try (var cluster = new TestCluster(1)) {
      cluster.start(TestCluster.with(cluster.config(0), authority.issue("first")));
      try (var socket = new Socket(InetAddress.ofLiteral(TestCluster.HOST), cluster.port(0) + 1)) {
        socket.setSoTimeout(60_000);
        socket.getOutputStream().write("plain text, no TLS\n".getBytes(StandardCharsets.US_ASCII));

        assertThat(endOf(socket)).isTrue();
      }
    }
  }

  @Test
  void certificateThatIsNone_isSaidAtTheStart() throws Exception {
    Path junk = Files.writeString(dir.resolve("junk.pem"), "no certificate");
    try (var cluster = new TestCluster(1)) {
      var config = TestCluster.with(cluster.config(0), new CertificateFiles(junk, junk, junk));

      assertThatThrownBy(() -> cluster.start(config))
          .rootCause()
          .isNotNull()
          .extracting(Throwable::getMessage)
          .asString()
          .contains("no certificates");
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
}
