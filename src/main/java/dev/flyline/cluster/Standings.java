package dev.flyline.cluster;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of the addresses that connect to a port between routers. It decides who goes first
 * when more connections come than may begin a handshake.
 *
 * <p>Belongs to the thread of its {@link Unproven}.
 */
final class Standings {

  /** Addresses kept of each kind; beyond that, the one unused for longest is forgotten. */
  static final int MOST = 1_024;

  /** The shortest time between two handshakes of a doubtful address. */
  static final Duration PACE = Duration.ofSeconds(1);

  /** How long an address stays doubtful after its last handshake. */
  static final Duration MEMORY = Duration.ofMinutes(1);

  /** Bytes of an IPv6 address that tell two machines apart: Fly gives each of them a /112. */
  private static final int GROUP_BYTES = 14;

  private final Map<InetAddress, Boolean> proven = new Latest<>();
  private final Map<InetAddress, Long> triedAtNs = new Latest<>();

  /** Who waits longest comes first. */
  enum Standing {
    /** Has lately begun a handshake and not proven the secret. */
    DOUBTFUL,
    /** Nothing is known of it. */
    UNKNOWN,
    /** Has proven the secret before. */
    PROVEN
  }

  Standing of(InetAddress address, long nowNs) {
    if (proven.get(address) != null) { // a use, unlike containsKey
      return Standing.PROVEN;
    }
    return isWithin(MEMORY, address, nowNs) ? Standing.DOUBTFUL : Standing.UNKNOWN;
  }

  /** Whether {@code address} may begin a handshake, as far as it alone is concerned. */
  boolean mayBegin(InetAddress address, long nowNs) {
    return proven.containsKey(address) || !isWithin(PACE, address, nowNs);
  }

  private boolean isWithin(Duration time, InetAddress address, long nowNs) {
    Long atNs = triedAtNs.get(group(address));
    return atNs != null && nowNs - atNs < time.toNanos();
  }

  /** {@code address} begins a handshake. */
  void begins(InetAddress address, long nowNs) {
    triedAtNs.put(group(address), nowNs);
  }

  /** {@code address} has proven the secret; its neighbours are no longer doubtful for its sake. */
  void proves(InetAddress address) {
    proven.put(address, true);
    triedAtNs.remove(group(address));
  }

  /** The machine that {@code address} is one of; for IPv4 the address itself. */
  static InetAddress group(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address;
    }
    byte[] bytes = address.getAddress();
    Arrays.fill(bytes, GROUP_BYTES, bytes.length, (byte) 0);
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // only for another length
    }
  }

  /** A map of those that were used last. */
  private static final class Latest<V> extends LinkedHashMap<InetAddress, V> {

    private static final long serialVersionUID = 1;

    Latest() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<InetAddress, V> eldest) {
      return size() > MOST;
    }
  }
}
