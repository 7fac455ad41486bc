package dev.flyline.cluster;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses behind the names of peers, as last seen: those of this router's own family alone,
 * since members listen on one address, and each attempt at another costs seconds. A name without an
 * answer keeps its last one, since name servers are out of order when networks are, and is warned
 * of once. {@link #ask} belongs to one thread; {@link #addresses} may be called on any.
 */
final class PeerNames {

  private static final Logger log = LoggerFactory.getLogger(PeerNames.class);

  private final List<HostPort> peers;
  private final boolean ipv6;
  private final Resolver resolver;
  private final Map<HostPort, Set<InetSocketAddress>> answers = new HashMap<>();
  private final Set<HostPort> silent = new HashSet<>();
  private volatile Set<InetSocketAddress> addresses = Set.of();

  /** The addresses of {@code peers} that a router at {@code self} can reach. */
  PeerNames(List<HostPort> peers, InetAddress self, Resolver resolver) {
    this.peers = List.copyOf(peers);
    this.ipv6 = self instanceof Inet6Address;
    this.resolver = resolver;
  }

  /** Every address that the last answers held. */
  Set<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Asks for every name again. */
  void ask() {
    peers.forEach(this::ask);
    Set<InetSocketAddress> now =
        answers.values().stream().flatMap(Set::stream).collect(Collectors.toUnmodifiableSet());
    if (!now.equals(addresses)) {
      log.info("routers may be at {}", now.stream().map(PeerNames::text).sorted().toList());
      addresses = now;
    }
  }

  private void ask(HostPort peer) {
    Set<InetSocketAddress> answer = resolve(peer);
    if (!answer.isEmpty()) {
      answers.put(peer, answer);
      if (silent.remove(peer)) {
        log.info("the router address {} resolves now", peer);
      }
    } else if (silent.add(peer)) {
      log.warn(
          "the router address {} does not resolve to an {} address; it is asked for again every"
              + " few seconds",
          peer,
          ipv6 ? "IPv6" : "IPv4");
    }
  }

  /** Empty without an answer, and whatever the resolver throws: else nobody would ask again. */
  private Set<InetSocketAddress> resolve(HostPort peer) {
    try {
      return Stream.of(resolver.resolve(peer.host()))
          .filter(ip -> ip instanceof Inet6Address == ipv6)
          .map(ip -> new InetSocketAddress(ip, peer.port()))
          .collect(Collectors.toUnmodifiableSet());
    } catch (UnknownHostException _) {
      return Set.of();
    } catch (RuntimeException e) {
      log.debug("the resolver failed at {}", peer, e);
      return Set.of();
    }
  }

  private static String text(InetSocketAddress address) {
    return new HostPort(HostPort.literal(address.getAddress()), address.getPort()).toString();
  }
}
