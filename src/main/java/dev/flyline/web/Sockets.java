package dev.flyline.web;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.epoll.EpollChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * A client's socket below Vert.x, and how much of the kernel's memory it may take.
 *
 * <p>The one place that knows how to get at the channel of Vert.x's connection.
 */
public final class Sockets {

  /** The name of Vert.x's decoder in the pipeline. */
  static final String DECODER = "httpDecoder";

  /**
   * {@code SO_SNDBUF}; the kernel doubles it for its own overhead. Left to itself the kernel lets a
   * client that does not read hold 4 MiB. docs/operations.md has the measurements.
   */
  static final int SEND_BUFFER_BYTES = 192 * 1024;

  /** {@code SO_RCVBUF}, likewise; heads, frames and bodies are shorter. */
  private static final int RECEIVE_BUFFER_BYTES = 32 * 1024;

  /** One read of a socket. */
  static final int MAX_READ_BYTES = 16 * 1024;

  private static final RecvByteBufAllocator READS =
      new AdaptiveRecvByteBufAllocator(256, 2048, MAX_READ_BYTES);

  private Sockets() {}

  /** The channel of {@code connection}. */
  static Channel channel(HttpConnection connection) {
    return ((ConnectionBase) connection).channel();
  }

  /** A request on {@code connection} has shown a good token. On its event loop. */
  static void prove(HttpConnection connection) {
    HeadGuard.of(channel(connection)).ifPresent(guard -> guard.connection().proves());
  }

  /**
   * The channel of {@code connection}, on which a stream begins: the rules for answers no longer
   * hold. On its event loop.
   */
  public static Channel forStream(HttpConnection connection) {
    Channel channel = channel(connection);
    HeadGuard.of(channel).ifPresent(guard -> guard.connection().streams());
    closeUnread(channel, Duration.ZERO);
    return channel;
  }

  /** Bounds what a new connection takes, where the transport is a native one. */
  static void bound(Channel channel, Duration unread) {
    channel.config().setRecvByteBufAllocator(READS);
    channel.config().setOption(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER_BYTES);
    closeUnread(channel, unread);
  }

  /**
   * Lets the kernel close a connection whose client takes nothing for so long of what the kernel
   * holds for it; zero: never.
   */
  static void closeUnread(Channel channel, Duration unread) {
    channel
        .config()
        .setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(unread.toMillis()));
  }

  /**
   * Whether {@code request} comes from a program on this machine, for this machine: not through a
   * proxy here, and not from a browser whose page has another name for our address.
   */
  public static boolean isLocal(HttpServerRequest request) {
    return Proxies.isLocal(request);
  }

  /** The other end's address; empty if it has gone already. */
  static Optional<InetAddress> peer(Channel channel) {
    return channel.remoteAddress() instanceof InetSocketAddress address
        ? Optional.ofNullable(address.getAddress())
        : Optional.empty();
  }
}
