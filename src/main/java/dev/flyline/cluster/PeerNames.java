package dev.flyline.cluster;

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
 * The addresses behind the names of peers, as last seen. A name without an answer keeps its last
 * one, since name servers are out of order when networks are, and is warned of once. {@link #ask}
 * belongs to one thread; {@link #addresses} may be called on any.
 */
final class PeerNames {

  private static final Logger log = LoggerFactory.getLogger(PeerNames.class);

  private final List<HostPort> peers;
  private final Resolver resolver;
  private final Map<HostPort, Set<InetSocketAddress>> answers = new HashMap<>();
  private final Set<HostPort> silent = new HashSet<>();
  private volatile Set<InetSocketAddress> addresses = Set.of();

  PeerNames(List<HostPort> peers, Resolver resolver) {
    this.peers = List.copyOf(peers);
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
    try {
      answers.put(
          peer,
          Stream.of(resolver.resolve(peer.host()))
              .map(ip -> new InetSocketAddress(ip, peer.port()))
              .collect(Collectors.toUnmodifiableSet()));
      if (silent.remove(peer)) {
        log.info("the router address {} resolves now", peer);
      }
    } catch (UnknownHostException _) {
      if (silent.add(peer)) {
        log.warn(
            "the router address {} does not resolve; it is asked for again every few seconds",
            peer);
      }
    }
  }

  private static String text(InetSocketAddress address) {
    return new HostPort(HostPort.literal(address.getAddress()), address.getPort()).toString();
  }
}
