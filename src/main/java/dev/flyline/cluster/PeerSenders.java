package dev.flyline.cluster;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import java.net.ConnectException;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** The ways to all other routers, each opened with the first message. Safe on any thread. */
final class PeerSenders implements Probes.Way {

  private final EventBus bus;
  private final Meters meters;
  private final Consumer<String> refused;
  private final Map<String, PeerSender> byNode = new ConcurrentHashMap<>();

  /**
   * Sends over {@code bus}.
   *
   * @param refused told, on any thread, the node that refused a connection
   */
  PeerSenders(EventBus bus, Meters meters, Consumer<String> refused) {
    this.bus = bus;
    this.meters = meters;
    this.refused = refused;
  }

  /** Where the router {@code node} gets its messages. */
  static String address(String node) {
    return "router." + node;
  }

  /** Sends a message of the router's. */
  void send(String node, Buffer message) {
    PeerSender peer = peer(node);
    watch(node, peer, peer.send(message));
  }

  @Override
  public void probe(String node, String probe) {
    PeerSender peer = peer(node);
    watch(node, peer, peer.probe(probe));
  }

  @Override
  public String lastFailure(String node) {
    return peer(node).lastFailure();
  }

  /** Forgets all but {@code nodes}. */
  void retain(Collection<String> nodes) {
    byNode.keySet().retainAll(nodes);
  }

  private PeerSender peer(String node) {
    PeerSender peer = byNode.get(node);
    return peer != null ? peer : byNode.computeIfAbsent(node, n -> new PeerSender(bus, address(n)));
  }

  private void watch(String node, PeerSender peer, Future<Void> written) {
    var _ =
        written.onComplete(
            _ -> peer.written(),
            cause -> {
              meters.count(Meter.BUS_SEND_FAILURES);
              if (peer.failed(cause) && isRefusal(cause)) {
                refused.accept(node);
              }
            });
  }

  /** Whether nobody listens there any more; a time-out can be the network's. */
  private static boolean isRefusal(Throwable cause) {
    return cause instanceof ConnectException && !(cause instanceof ConnectTimeoutException);
  }
}
