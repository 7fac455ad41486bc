package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.metrics.Meters;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Junk fills no log: one line a minute, whatever comes. */
@Timeout(20)
final class RefusedConnectionsTest {

  private static final SocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 4711);
  private final Throwable junk = new TlsRefusal("it does not speak TLS");

  private final Meters meters = new Meters();
  private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 1); // about to wrap around
  private final RefusedConnections refusals = new RefusedConnections(meters, nowNs::get);

  @Test
  void manyRefusals_areOneLineAMinute_andAllCounted() {
    try (var log = new TestLog()) {
      for (int i = 0; i < 1_000; i++) {
        refusals.ended(false, PEER, junk);
      }
      assertThat(log.rest()).hasSize(1).first().asString().contains("127.0.0.1:4711");

      nowNs.addAndGet(Duration.ofSeconds(59).toNanos());
      refusals.ended(false, PEER, junk);
      assertThat(log.rest()).hasSize(1);

      nowNs.addAndGet(Duration.ofSeconds(1).toNanos());
      refusals.ended(false, PEER, junk);
      assertThat(log.rest()).hasSize(2);
    }
    assertThat(meters.scrape()).contains("flyline_cluster_refused_total 1002.0");
  }

  /** Strangers who come must not hide from the operator that a peer has another secret. */
  @Test
  void refusalOfAConnectionThatThisRouterOpens_isALineOfItsOwn() {
    try (var log = new TestLog()) {
      refusals.ended(false, PEER, junk);
      refusals.ended(true, PEER, new SSLHandshakeException("Received fatal alert: bad"));

      assertThat(log.rest()).hasSize(2).last().asString().contains("do both have the same secret?");
    }
    assertThat(meters.scrape()).contains("flyline_cluster_refused_total 1.0");
  }

  /**
   * So end the checks of a platform and the ports' scans; members that prove themselves end well.
   */
  @Test
  void connectionThatEndsByItself_isCountedOnly() {
    try (var log = new TestLog()) {
      refusals.ended(false, PEER, TlsRefusal.goneAway());
      refusals.ended(false, PEER, null);

      assertThat(log.rest()).isEmpty();
    }
    assertThat(meters.scrape()).contains("flyline_cluster_refused_total 1.0");
  }
}
