package dev.flyline.stream;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollTcpInfo;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the kernel finds out that a client's machine or network is gone. While nothing is sent it
 * asks by probes and closes the connection itself; what has been sent and is not acknowledged it
 * would repeat for a quarter of an hour, so that the router must look.
 */
final class Keepalive {

  /** Unanswered probes after which the kernel gives the client up. */
  private static final int PROBES = 2;

  private Keepalive() {}

  /**
   * Lets the kernel close {@code channel} when it is quiet and the client has been silent so long.
   */
  static void set(Channel channel, Duration gone) {
    ChannelConfig config = channel.config();
    config.setOption(ChannelOption.SO_KEEPALIVE, true);
    if (channel instanceof EpollSocketChannel) {
      int seconds = (int) Math.max(1, gone.toSeconds() / (PROBES + 1));
      config.setOption(EpollChannelOption.TCP_KEEPIDLE, seconds);
      config.setOption(EpollChannelOption.TCP_KEEPINTVL, seconds);
      config.setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
    }
  }

  /** What the kernel knows while the client's owes it an acknowledgement; null if it owes none. */
  static @Nullable EpollTcpInfo unacknowledged(Channel channel) {
    if (!(channel instanceof EpollSocketChannel epoll) || !channel.isActive()) {
      return null;
    }
    EpollTcpInfo info = epoll.tcpInfo();
    return info.unacked() > 0 || info.probes() > 0 ? info : null;
  }
}
