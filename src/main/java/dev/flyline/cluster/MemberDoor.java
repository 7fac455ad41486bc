package dev.flyline.cluster;

import com.hazelcast.cluster.Address;
import com.hazelcast.instance.EndpointQualifier;
import com.hazelcast.instance.impl.DefaultNodeContext;
import com.hazelcast.instance.impl.DefaultNodeExtension;
import com.hazelcast.instance.impl.Node;
import com.hazelcast.instance.impl.NodeExtension;
import com.hazelcast.internal.networking.Channel;
import com.hazelcast.internal.networking.ChannelInitializer;
import com.hazelcast.internal.server.ServerContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import javax.net.ssl.SSLEngine;

/**
 * Puts mutual TLS between a member's port and Hazelcast, in both directions: before a connection
 * has proven the cluster's secret not one byte of it reaches a decoder of Hazelcast's.
 *
 * <p>Hazelcast's paid edition has its TLS in the same place. The free one has the place and no
 * public way to it: the {@code internal} and {@code impl} classes used here are those of Hazelcast
 * 5.6.0, and {@code MemberDoorIT} fails if a later one leads connections past them.
 */
final class MemberDoor extends DefaultNodeContext {

  /** Accepted connections on their way to the one thread that lets them begin. */
  private static final int MOST_ARRIVING = 256;

  private final CompletableFuture<Engines> engines;
  private final RefusedConnections refusals;

  /**
   * A door with {@code engines}, which are made while Hazelcast starts: the first connections wait
   * for them, and Hazelcast waits much longer for peers.
   */
  MemberDoor(CompletableFuture<Engines> engines, RefusedConnections refusals) {
    this.engines = engines;
    this.refusals = refusals;
  }

  private SSLEngine engine(boolean opens) {
    Engines made = engines.join();
    return (opens ? made.opening() : made.accepting()).get();
  }

  @Override
  public NodeExtension createNodeExtension(Node node) {
    return new Extension(node);
  }

  /** Hazelcast's own, but for how channels begin. */
  private final class Extension extends DefaultNodeExtension {

    private final ScheduledThreadPoolExecutor proofs =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("flyline-proofs").factory());

    Extension(Node node) {
      super(node);
      proofs.setRemoveOnCancelPolicy(true);
    }

    @Override
    public Function<EndpointQualifier, ChannelInitializer> createChannelInitializerFn(
        ServerContext context) {
      var plain = super.createChannelInitializerFn(context);
      var door = new Initializer(plain.apply(EndpointQualifier.MEMBER), context, proofs);
      return qualifier -> {
        if (!EndpointQualifier.MEMBER.equals(qualifier)) {
          throw new IllegalArgumentException("no endpoint is meant for " + qualifier);
        }
        return door;
      };
    }

    @Override
    public void afterShutdown() {
      proofs.shutdownNow();
      super.afterShutdown();
    }
  }

  /** Surrounds Hazelcast's handlers: TLS is the first to read and the last to write. */
  private final class Initializer implements ChannelInitializer {

    private final ChannelInitializer plain;
    private final ServerContext context;
    private final ScheduledThreadPoolExecutor proofs;
    private final Unproven unproven; // belongs to the proofs' thread
    private final AtomicInteger arriving = new AtomicInteger();

    Initializer(
        ChannelInitializer plain, ServerContext context, ScheduledThreadPoolExecutor proofs) {
      this.plain = plain;
      this.context = context;
      this.proofs = proofs;
      this.unproven =
          new Unproven(
              (time, task) -> {
                var _ = proofs.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
              },
              System::nanoTime);
    }

    /** On the accepting thread for a connection that comes in, on another for one that goes out. */
    @Override
    public void initChannel(Channel channel) throws Exception {
      boolean opens = channel.isClientMode();
      var link = new TlsLink(channel, () -> engine(opens), proofs, refusals::begun);
      var deadline =
          proofs.schedule(
              () -> link.close("it has proven nothing in time"),
              Unproven.PATIENCE.toMillis(),
              TimeUnit.MILLISECONDS);
      var _ =
          link.proof()
              .whenComplete(
                  (_, cause) -> {
                    deadline.cancel(false);
                    refusals.ended(opens, link.peer(), cause);
                    if (cause != null
                        && channel.attributeMap().get(Address.class) instanceof Address peer) {
                      context.onFailedConnection(
                          peer); // else a start waits for its answer for minutes
                    }
                  });
      channel.inboundPipeline().addLast(new TlsDecoder(link, opens ? () -> {} : () -> admit(link)));
      plain.initChannel(channel);
      channel.outboundPipeline().addLast(new TlsEncoder(link));
    }

    /** On the channel's inbound thread, which can be woken from now on. */
    private void admit(TlsLink link) {
      if (arriving.incrementAndGet() > MOST_ARRIVING) {
        arriving.decrementAndGet();
        link.close("too many connections at once");
        return;
      }
      proofs.execute(
          () -> {
            arriving.decrementAndGet();
            unproven.admit(link);
          });
    }
  }
}
