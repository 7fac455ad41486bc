package dev.flyline.cluster;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the connections that have not proven the cluster's secret, and logs one of them a minute:
 * one of those that come, whoever opens them, and one of those that this router opens itself.
 *
 * <p>Safe on any thread.
 */
final class RefusedConnections {

  private static final Logger log = LoggerFactory.getLogger(RefusedConnections.class);

  /** The shortest time between two lines of one kind. */
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final Meters meters;
  private final LongSupplier clockNs;
  private final AtomicLong silentUntilNs;
  private final AtomicLong silentOnOpenedUntilNs;

  /** Counts in {@code meters}; {@code clockNs} is {@link System#nanoTime} or a test's. */
  RefusedConnections(Meters meters, LongSupplier clockNs) {
    this.meters = meters;
    this.clockNs = clockNs;
    this.silentUntilNs = new AtomicLong(clockNs.getAsLong());
    this.silentOnOpenedUntilNs = new AtomicLong(clockNs.getAsLong());
  }

  /** Takes note of a handshake that begins on a connection that came. */
  void begun() {
    meters.count(Meter.CLUSTER_HANDSHAKES);
  }

  /**
   * Takes note of how a connection with {@code peer} began.
   *
   * @param opened whether this router has opened it
   * @param cause why it did not; null if the other side has proven the secret
   */
  void ended(boolean opened, SocketAddress peer, @Nullable Throwable cause) {
    if (cause == null) {
      return;
    }
    if (!opened) {
      meters.count(Meter.CLUSTER_REFUSED);
    }
    if (TlsRefusal.isGoneAway(cause) || !mayLog(opened ? silentOnOpenedUntilNs : silentUntilNs)) {
      return;
    }
    if (opened) {
      log.warn("the router at {} is not of this cluster: {}", text(peer), reason(cause));
    } else {
      log.warn(
          "a connection from {} to a port between routers was refused: {}; others within a"
              + " minute are only counted",
          text(peer),
          reason(cause));
    }
  }

  private boolean mayLog(AtomicLong silentUntil) {
    long now = clockNs.getAsLong();
    long until = silentUntil.get();
    return now - until >= 0 && silentUntil.compareAndSet(until, now + INTERVAL.toNanos());
  }

  private static String reason(Throwable cause) {
    String said = Failures.reason(cause);
    if (!(cause instanceof SSLException)) {
      return said;
    }
    if (said.contains("Received fatal alert")) {
      return "it does not accept this router's proof; do both have the same secret?";
    }
    return "it has not proven this cluster's secret (" + said + ")";
  }

  private static String text(SocketAddress peer) {
    return peer instanceof InetSocketAddress address && address.getAddress() != null
        ? new HostPort(HostPort.literal(address.getAddress()), address.getPort()).toString()
        : "an address that is no longer known";
  }
}
