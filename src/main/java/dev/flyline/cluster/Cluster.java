package dev.flyline.cluster;

import dev.flyline.log.Member;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.net.InetAddress;
import java.util.List;
import java.util.function.Consumer;

/**
 * This router among its peers: who they are, and a way to send them messages.
 *
 * <p>Every method may be called on any thread. What it calls back runs on one context of its own.
 */
public sealed interface Cluster permits Alone, Joined {

  /**
   * Starts the Vert.x of the router called {@code node} and joins its peers, if it is to have any;
   * succeeds once others can send to it. It does not wait for peers to be there, and may fail if
   * one that is there is ill.
   */
  static Future<Cluster> start(
      ClusterConfig config, String node, VertxOptions options, Meters meters) {
    return config.mode() == ClusterConfig.Mode.OFF
        ? Future.succeededFuture(Alone.start(config, node, options, meters))
        : Joined.start(config, node, options, meters, InetAddress::getAllByName);
  }

  /** Starts the Vert.x of the router called {@code node}, which has no peers, or not yet. */
  static Cluster alone(ClusterConfig config, String node, VertxOptions options, Meters meters) {
    return Alone.start(config, node, options, meters);
  }

  /** Whether joining failed for a reason that no other router can have, as a port that is taken. */
  static boolean isOwnFault(Throwable failure) {
    return Failures.isOfBinding(failure);
  }

  /** What everything of this router runs on. */
  Vertx vertx();

  /** This router. */
  Member self();

  /** All routers, this one too, in the order of their addresses. */
  List<Member> members();

  /** Calls {@code listener} with {@link #members} after every change. */
  void onMembers(Consumer<List<Member>> listener);

  /**
   * Sends {@code message}, which must not be changed any more, to the router {@code node}. What one
   * thread sends to one router arrives in that order, or not at all: nobody says what was lost.
   */
  void send(String node, Buffer message);

  /** Gives {@code handler} every message that comes; until then they are thrown away. */
  void receive(Handler<Buffer> handler);

  /** Calls {@code listener} with each router that refuses a connection when something is sent. */
  void onFailure(Consumer<String> listener);

  /**
   * Succeeds, on some thread, when this router has ceased to be a member though it did not leave:
   * it will never see another router again.
   */
  Future<Void> lost();

  /** Leaves the list of members, then closes {@link #vertx}. */
  Future<Void> leave();
}
