package dev.flyline.web;

import dev.flyline.web.Connection.End;
import dev.flyline.web.Connection.Phase;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * The connections of one listener: what strangers may take, and for how long.
 *
 * <p>A stranger is a client that is not at this moment answered on a good token: it has not asked
 * yet, asks without one, or keeps a connection for later. Of these the listener has a bounded
 * number. When one more comes, the one that has done nothing for the longest time goes. So a client
 * that asks at once gets in however many others only hold connections.
 *
 * <p>Belongs to the event loop of its listener.
 */
final class Connections {

  /**
   * How long clients may take.
   *
   * @param head from the connection's opening to the end of its first request's head
   * @param idle from an answer to the end of the next request's head; longer than proxies keep
   *     connections for later, of which 60 s is common, so that no proxy meets a reset
   * @param unread without taking anything of an answer
   */
  record Patience(Duration head, Duration idle, Duration unread) {

    static final Patience DEFAULT =
        new Patience(Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(30));

    /** How often to look, so that nobody gets much more. */
    Duration tick() {
      return head.dividedBy(10);
    }
  }

  private static final long HEARING_MS = 100;

  private final ConnectionLimits limits;
  private final Patience patience;
  private final Set<Connection> strangers = new LinkedHashSet<>(); // the longest idle first
  private final Set<Connection> proven = new LinkedHashSet<>();
  private boolean trimming; // a trim is due

  Connections(ConnectionLimits limits, Patience patience) {
    this.limits = limits;
    this.patience = patience;
  }

  Patience patience() {
    return patience;
  }

  /** Counts a request that is not HTTP, or too large. */
  void refused(ApiError error) {
    limits.refused(error);
  }

  /** A client has connected. */
  void opened(HttpConnection opened) {
    Channel channel = Sockets.channel(opened);
    String address = address(channel);
    boolean hasRoom = limits.opened();
    var _ = channel.closeFuture().addListener(_ -> limits.closed());
    if (!hasRoom && !crowdOut()) {
      refuse(channel, End.NO_ROOM);
    } else if (!limits.takeStranger(address)) {
      refuse(channel, End.PER_ADDRESS);
    } else {
      var connection = new Connection(channel, this, address);
      var _ = channel.closeFuture().addListener(_ -> leave(connection));
      Sockets.bound(channel, patience.unread());
      channel.pipeline().addFirst(new HeadGuard(connection));
      enter(connection, Phase.NEW);
    }
  }

  /** Not at once: of a crowd that comes together, those who ask get the time to be heard. */
  private void trimSoon(EventLoop loop) {
    if (!trimming && strangers.size() > limits.share()) {
      trimming = true;
      var _ = loop.schedule(this::trim, HEARING_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void trim() {
    trimming = false;
    while (strangers.size() > limits.share()) {
      crowdOut();
    }
  }

  private String address(Channel channel) {
    return Sockets.peer(channel)
        .filter(peer -> !limits.proxies().trusts(peer))
        .map(Proxies::key)
        .orElse("");
  }

  private void refuse(Channel channel, End end) {
    limits.closed(end);
    var _ = channel.close();
  }

  /** Closes the stranger that has done nothing for the longest time; returns whether one was. */
  private boolean crowdOut() {
    Optional<Connection> eldest =
        strangers.stream()
            .filter(stranger -> stranger.phase() != Phase.ANSWERED)
            .findFirst()
            .or(() -> strangers.stream().findFirst());
    eldest.ifPresent(stranger -> close(stranger, End.CROWDED_OUT));
    return eldest.isPresent();
  }

  private void close(Connection connection, End end) {
    limits.closed(end);
    leave(connection);
    // Not Vert.x's close, which waits for a client that does not read.
    var _ = connection.channel().close();
  }

  private void leave(Connection connection) {
    proven.remove(connection);
    if (strangers.remove(connection)) {
      limits.releaseStranger(connection.address());
    }
  }

  /** Makes {@code connection} the one that has done something last. */
  private void enter(Connection connection, Phase phase) {
    connection.enter(phase);
    strangers.remove(connection);
    strangers.add(connection);
    trimSoon(connection.channel().eventLoop());
  }

  Optional<String> client(HttpServerRequest request) {
    return limits.proxies().client(request);
  }

  /** A request's head has come; a stream takes its connection over, and never comes back here. */
  void asked(HttpServerRequest request) {
    HeadGuard.of(Sockets.channel(request.connection()))
        .ifPresent(
            guard -> {
              enter(guard.connection(), Phase.ANSWERED);
              request.response().endHandler(_ -> answered(guard));
            });
  }

  private void answered(HeadGuard guard) {
    Connection connection = guard.connection();
    if (!connection.channel().isActive()) {
      return;
    }
    proven.remove(connection);
    if (connection.phase() == Phase.PROVEN || connection.phase() == Phase.STREAM) {
      limits.addStranger(connection.address());
      Sockets.closeUnread(connection.channel(), patience.unread());
    }
    enter(connection, Phase.IDLE);
    guard.answered();
  }

  void proven(Connection connection) {
    if (strangers.remove(connection)) {
      limits.releaseStranger(connection.address());
      connection.enter(Phase.PROVEN);
      proven.add(connection);
    }
  }

  void streaming(Connection connection) {
    leave(connection);
    connection.enter(Phase.STREAM);
  }

  /** Closes those that take too long; to be called from time to time. */
  void tick() {
    long nowNs = System.nanoTime();
    closeSome(strangers, nowNs);
    closeSome(proven, nowNs);
  }

  private void closeSome(Collection<Connection> some, long nowNs) {
    for (Connection connection : List.copyOf(some)) {
      long quietNs = nowNs - connection.sinceNs();
      if (connection.isUnread(nowNs, patience.unread())) {
        close(connection, End.UNREAD);
      } else if (connection.phase() == Phase.NEW && quietNs >= patience.head().toNanos()) {
        close(connection, End.SLOW_HEAD);
      } else if (connection.phase() == Phase.IDLE && quietNs >= patience.idle().toNanos()) {
        close(connection, End.IDLE);
      }
    }
  }
}
