package dev.flyline.cluster;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Stands before the bus' port as {@link MemberDoor} does before Hazelcast's: of the connections
 * that have not proven the secret it lets few be open at a time, and few begin a handshake. Vert.x
 * itself bounds their time, not their number, and each holds an engine of TLS.
 *
 * <p>Belongs to the thread that accepts. Sits in every listening channel, and leaves those of other
 * ports.
 */
final class BusDoor extends ChannelDuplexHandler {

  private final InetSocketAddress bus;
  private final RefusedConnections refusals;
  private @Nullable Unproven unproven; // from the port's opening on

  /** A door before {@code bus}. */
  BusDoor(InetSocketAddress bus, RefusedConnections refusals) {
    this.bus = bus;
    this.refusals = refusals;
  }

  @Override
  public void bind(ChannelHandlerContext context, SocketAddress local, ChannelPromise done) {
    if (bus.equals(local)) {
      unproven =
          new Unproven(
              (time, task) -> {
                var _ = context.executor().schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
              },
              System::nanoTime);
    } else {
      context.pipeline().remove(this);
    }
    var _ = context.bind(local, done);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (unproven != null) {
      unproven.end(); // nobody else knows of those that wait
    }
    context.fireChannelInactive();
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object accepted) {
    if (unproven != null && accepted instanceof Channel channel) {
      unproven.admit(new Accepted(channel, new AtomicBoolean(), context, refusals));
    } else {
      context.fireChannelRead(accepted);
    }
  }

  /** A connection to the bus; its TLS is the next that Vert.x puts into it. */
  private record Accepted(
      Channel channel,
      AtomicBoolean begun,
      ChannelHandlerContext listener,
      RefusedConnections refusals)
      implements Unproven.Candidate {

    @Override
    public SocketAddress peer() {
      return channel.remoteAddress();
    }

    /** Hands it on to Vert.x, which makes an engine at once. */
    @Override
    public void begin() {
      refusals.begun();
      begun.set(true);
      listener.fireChannelRead(channel);
    }

    @Override
    public boolean isDecided() {
      return !channel.isOpen() || isProven();
    }

    @Override
    public boolean isProven() {
      var tls = channel.pipeline().get(SslHandler.class);
      return tls != null && tls.handshakeFuture().isSuccess();
    }

    @Override
    public void close(String reason) {
      refusals.ended(false, peer(), new TlsRefusal(reason));
      if (begun.get()) {
        channel.pipeline().addLast(new AtOnce());
      } else {
        channel.unsafe().closeForcibly(); // it has no event loop
      }
    }
  }

  /** Closes a channel as soon as it has its event loop, which another thread gives it. */
  private static final class AtOnce extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel channel) {
      var _ = channel.close();
    }
  }
}
