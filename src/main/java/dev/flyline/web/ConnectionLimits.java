package dev.flyline.web;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many connections a port takes, and of whom. One object for all listeners of the port; any
 * thread may ask.
 */
public final class ConnectionLimits {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionLimits.class);

  /** What the operators' port takes; the reserve of descriptors has room for them. */
  private static final int OPERATORS = 48;

  /** So few are always let into each listener; a browser opens six to load the page. */
  private static final int LEAST = 16;

  private static final long LOG_EVERY_NS = 60_000_000_000L;

  private final int max;
  private final int strangers;
  private final int share;
  private final Proxies proxies;
  private final Counts<String> strangersByAddress;
  private final Meters meters;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong crowdedOut = new AtomicLong();
  private final AtomicLong loggedNs = new AtomicLong(System.nanoTime() - LOG_EVERY_NS);

  private ConnectionLimits(
      int max, int strangers, int listeners, int perAddress, Proxies proxies, Meters meters) {
    this.max = max;
    this.strangers = strangers;
    this.share = Math.max(LEAST, strangers / listeners);
    this.strangersByAddress = new Counts<>(perAddress);
    this.proxies = proxies;
    this.meters = meters;
    // At the start, so that all series exist, and no class must be found when no file can be
    // opened.
    meters.begin(
        Meter.CONNECTIONS_CLOSED, Stream.of(Connection.End.values()).map(Connection.End::label));
    meters.begin(Meter.REQUESTS_REFUSED, RequestHead.REFUSALS.stream());
  }

  /** Those of the viewers' port, which {@code listeners} share. Says what ulimit allows. */
  public static ConnectionLimits forViewers(WebConfig config, int listeners, Meters meters) {
    var descriptors = Descriptors.ofThisProcess();
    var limits = forViewers(config, descriptors, listeners, meters);
    meters.gauge(Meter.CONNECTIONS, limits.open::get);
    descriptors.log(limits, config.maxViewers());
    return limits;
  }

  static ConnectionLimits forViewers(
      WebConfig config, Descriptors descriptors, int listeners, Meters meters) {
    EdgeConfig edge = config.edge();
    int most = descriptors.connections();
    int viewers = Math.min(config.maxViewers(), most);
    int strangers = Math.max(LEAST, (int) (viewers * (long) edge.strangersPercent() / 100));
    return new ConnectionLimits(
        most, strangers, listeners, edge.strangersPerAddress(), edge.proxies(), meters);
  }

  /** Those of the operators' port: few, and nobody has a token. */
  static ConnectionLimits forOperators(WebConfig config, Meters meters) {
    return new ConnectionLimits(
        Integer.MAX_VALUE, OPERATORS, 1, OPERATORS, config.edge().proxies(), meters);
  }

  /** How many connections may be open. */
  int max() {
    return max;
  }

  /** How many of them may be without a good token. */
  int strangers() {
    return strangers;
  }

  /** How many of those one listener may have. */
  int share() {
    return share;
  }

  Proxies proxies() {
    return proxies;
  }

  /** Counts a new connection; returns whether there is room for it. */
  boolean opened() {
    return open.incrementAndGet() <= max;
  }

  void closed() {
    open.decrementAndGet();
  }

  /** Counts a connection without a good token; returns whether its address may have one more. */
  boolean takeStranger(String address) {
    return address.isEmpty() || strangersByAddress.take(address);
  }

  /** Counts a connection whose good token has been served. */
  void addStranger(String address) {
    if (!address.isEmpty()) {
      strangersByAddress.add(address);
    }
  }

  void releaseStranger(String address) {
    if (!address.isEmpty()) {
      strangersByAddress.giveBack(address);
    }
  }

  /** Counts that a connection was closed, and says once a minute that there were too many. */
  void closed(Connection.End end) {
    meters.count(Meter.CONNECTIONS_CLOSED, end.label());
    if (!end.isForWantOfRoom()) {
      return;
    }
    crowdedOut.incrementAndGet();
    long nowNs = System.nanoTime();
    long lastNs = loggedNs.get();
    if (nowNs - lastNs >= LOG_EVERY_NS && loggedNs.compareAndSet(lastNs, nowNs)) {
      LOG.warn(
          "too many connections without a good token; closed {} since the last such line",
          crowdedOut.getAndSet(0));
    }
  }

  void refused(ApiError error) {
    meters.count(Meter.REQUESTS_REFUSED, error.code());
  }
}
