package dev.flyline.cluster;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The accepted connections that have not proven the cluster's secret yet: a few at a time. If there
 * are too many, the oldest one of the address that has most of them ends, so that a stranger who
 * opens many takes the places of his own and never a member's.
 *
 * <p>Belongs to the thread that accepts.
 */
final class Unproven {

  /** The most at a time. */
  static final int MOST = 32;

  /** How long one may take; members need some milliseconds, or three round trips. */
  static final Duration PATIENCE = Duration.ofSeconds(5);

  private final List<Connection> connections = new ArrayList<>();

  /** Takes {@code connection} in, and ends another one if there are too many. */
  void admit(Connection connection) {
    connections.removeIf(Connection::isDecided);
    connections.add(connection);
    if (connections.size() > MOST) {
      Connection loser = oldestOfTheMany();
      connections.remove(loser);
      loser.close("too many connections without a proof");
    }
  }

  private Connection oldestOfTheMany() {
    Map<Optional<InetAddress>, Integer> counts = new HashMap<>();
    connections.forEach(connection -> counts.merge(address(connection), 1, Integer::sum));
    return connections.stream() // the first of several that are equal: the oldest
        .max(Comparator.comparing(connection -> counts.getOrDefault(address(connection), 0)))
        .orElseThrow();
  }

  private static Optional<InetAddress> address(Connection connection) {
    return connection.peer() instanceof InetSocketAddress peer
        ? Optional.ofNullable(peer.getAddress())
        : Optional.empty();
  }

  /** One that was accepted. */
  interface Connection {

    /** Who has opened it. */
    SocketAddress peer();

    /** Whether it has proven the secret, or has ended. */
    boolean isDecided();

    /** Ends it. */
    void close(String reason);
  }
}
