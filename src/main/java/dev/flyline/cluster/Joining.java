package dev.flyline.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceFactory;
import dev.flyline.log.Member;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;

/** How a router becomes a member and gets its bus, and how a member ends. */
final class Joining {

  /** A bus connection is asked so often whether it lives, and given up after so long a silence. */
  private static final Duration PING = Duration.ofSeconds(3);

  /** What is not written for so long will not be: closes also what waits for a frozen peer. */
  private static final Duration STUCK = Duration.ofSeconds(10);

  private static final Duration CONNECT = Duration.ofSeconds(3);

  /** The bus asks Hazelcast on these, rarely; each is a thread from its first task on. */
  private static final int WORKERS = 8;

  private Joining() {}

  /** A member of the cluster, and what its bus runs on. */
  record Joint(HazelcastInstance hazelcast, HazelcastClusterManager directory, Vertx vertx) {}

  /** Joins as {@code self}, then opens the bus. */
  static Future<Joint> join(
      ClusterConfig config, Member self, VertxOptions options, Meters meters, Resolver resolver) {
    var refusals = new RefusedConnections(meters, System::nanoTime);
    Future<Engines> engines =
        onThread("prepare this router's certificate", () -> Engines.of(identity(config)));
    var door = new MemberDoor(engines.toCompletionStage().toCompletableFuture(), refusals);
    return onThread(
            "join the cluster at " + self.address(),
            () ->
                HazelcastInstanceFactory.newHazelcastInstance(
                    HazelcastFile.load(config, self, resolver), self.node(), door))
        .compose(
            hazelcast ->
                engines
                    .map(Engines::identity)
                    .compose(own -> openBus(config, own, refusals, hazelcast, options, meters))
                    .recover(cause -> end(hazelcast).transform(_ -> Future.failedFuture(cause))));
  }

  private static Identity identity(ClusterConfig config) throws Exception {
    if (config.credentials() == null) {
      throw new IllegalStateException("a cluster needs a secret or certificates");
    }
    return config.credentials().identity();
  }

  /**
   * Leaves in order: what the other members need is handed over, for at most the time that the file
   * gives, and the bus closed behind that. The directory must have left before.
   */
  static Future<Void> leave(Joint joint) {
    Promise<Void> left = Promise.promise(); // of no event loop: they end here
    onThread(
            "leave the cluster",
            () -> {
              joint.hazelcast().shutdown();
              return null;
            })
        .onComplete(_ -> joint.vertx().close().onComplete(left));
    return left.future();
  }

  /** Leaves without a word. */
  private static Future<Void> end(HazelcastInstance hazelcast) {
    return onThread(
        "leave the cluster",
        () -> {
          hazelcast.getLifecycleService().terminate();
          return null;
        });
  }

  private static Future<Joint> openBus(
      ClusterConfig config,
      Identity identity,
      RefusedConnections refusals,
      HazelcastInstance hazelcast,
      VertxOptions options,
      Meters meters) {
    var directory = new HazelcastClusterManager(hazelcast);
    var bus = new InetSocketAddress(InetAddress.ofLiteral(config.host()), config.busPort());
    Promise<Joint> open = Promise.promise(); // of no event loop: the bus' own end if it fails
    Vertx.builder()
        .with(
            new VertxOptions(options)
                .setWorkerPoolSize(WORKERS)
                .setEventBusOptions(busOptions(config, identity)))
        .withTransport(
            GuardedTransport.of(
                options.getPreferNativeTransport(), () -> new BusDoor(bus, refusals)))
        .withClusterManager(directory)
        .buildClustered()
        .onComplete(
            vertx ->
                open.complete(
                    new Joint(hazelcast, directory, vertx.exceptionHandler(new Uncaught(meters)))),
            cause ->
                open.fail(
                    problem(
                        "open the bus at " + new HostPort(config.host(), config.busPort()),
                        cause)));
    return open.future();
  }

  static EventBusOptions busOptions(ClusterConfig config, Identity identity) {
    var bus =
        new EventBusOptions()
            .setHost(config.host())
            .setPort(config.busPort())
            .setClusterPublicHost(config.host())
            .setClusterPingInterval(PING.toMillis())
            .setClusterPingReplyInterval(PING.toMillis())
            .setWriteIdleTimeout((int) STUCK.toSeconds())
            .setTcpUserTimeout((int) STUCK.toMillis())
            .setConnectTimeout((int) CONNECT.toMillis());
    identity.applyTo(bus);
    return bus;
  }

  /** Does what blocks, on a thread of its own. */
  private static <T> Future<T> onThread(String what, Callable<T> work) {
    Promise<T> done = Promise.promise();
    Thread.ofPlatform()
        .name("flyline-cluster")
        .start(
            () -> {
              try {
                done.complete(work.call());
              } catch (Exception e) { // of a library: any
                done.fail(problem(what, e));
              }
            });
    return done.future();
  }

  private static IllegalStateException problem(String what, Throwable cause) {
    return new IllegalStateException("cannot " + what + ": " + Failures.reason(cause), cause);
  }
}
