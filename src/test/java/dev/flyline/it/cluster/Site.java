package dev.flyline.it.cluster;

import dev.flyline.it.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a router lives: its addresses stay the same over restarts.
 *
 * @param namespace the network namespace that it runs in; empty for the test's own
 * @param host where viewers and operators find it, an IP address
 * @param clusterHost where other routers find it, an IP address; the bus has the port after
 * @param natsUrl where it finds NATS
 */
record Site(
    String name,
    String region,
    Optional<String> namespace,
    String host,
    int httpPort,
    int opsPort,
    String clusterHost,
    int clusterPort,
    String natsUrl) {

  /** Sites on this machine's loopback, members at ::1 where there is one: Fly's network is IPv6. */
  static List<Site> onLoopback(int count, String natsUrl) {
    String clusterHost = canBind("::1", 0) ? "::1" : "127.0.0.1";
    var sites = new ArrayList<Site>();
    for (int i = 1; i <= count; i++) {
      sites.add(
          new Site(
              "r" + i,
              i == 1 ? "fra" : "ams",
              Optional.empty(),
              "127.0.0.1",
              FreePorts.one("127.0.0.1"),
              FreePorts.one("127.0.0.1"),
              clusterHost,
              FreePorts.first(clusterHost, 2),
              natsUrl));
    }
    return List.copyOf(sites);
  }

  private static boolean canBind(String host, int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.ofLiteral(host))) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  InetSocketAddress http() {
    return new InetSocketAddress(InetAddress.ofLiteral(host), httpPort);
  }

  InetSocketAddress hazelcast() {
    return new InetSocketAddress(InetAddress.ofLiteral(clusterHost), clusterPort);
  }

  InetSocketAddress bus() {
    return new InetSocketAddress(InetAddress.ofLiteral(clusterHost), clusterPort + 1);
  }

  /** The site as FLYLINE_CLUSTER_PEERS spells it. */
  String peer() {
    String literal = clusterHost.contains(":") ? '[' + clusterHost + ']' : clusterHost;
    return literal + ':' + clusterPort;
  }
}
