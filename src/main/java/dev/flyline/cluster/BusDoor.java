package dev.flyline.cluster;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Stands before the bus' port as {@link MemberDoor} does before Hazelcast's: of the connections
 * that have not proven the secret it lets few be open at a time. Vert.x itself bounds their time,
 * not their number, and each holds an engine of TLS.
 *
 * <p>Belongs to the thread that accepts. Sits in every listening channel, and leaves those of other
 * ports.
 */
final class BusDoor extends ChannelDuplexHandler {

  private final InetSocketAddress bus;
  private final Refusals refusals;
  private final Unproven unproven = new Unproven();

  /** A door before {@code bus}. */
  BusDoor(InetSocketAddress bus, Refusals refusals) {
    this.bus = bus;
    this.refusals = refusals;
  }

  @Override
  public void bind(ChannelHandlerContext context, SocketAddress local, ChannelPromise done) {
    if (!bus.equals(local)) {
      context.pipeline().remove(this);
    }
    var _ = context.bind(local, done);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    if (accepted instanceof Channel channel) {
      unproven.admit(new Accepted(channel, refusals));
    }
    context.fireChannelRead(accepted);
  }

  /** A connection to the bus; its TLS is the next that Vert.x puts into it. */
  private record Accepted(Channel channel, Refusals refusals) implements Unproven.Connection {

    @Override
    public SocketAddress peer() {
      return channel.remoteAddress();
    }

    @Override
    public boolean isDecided() {
      var tls = channel.pipeline().get(SslHandler.class);
      return !channel.isOpen() || (tls != null && tls.handshakeFuture().isSuccess());
    }

    @Override
    public void close(String reason) {
      refusals.ended(false, peer(), new TlsRefusal(reason));
      var _ = channel.close();
    }
  }
}
