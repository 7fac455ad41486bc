package dev.flyline.server;

import dev.flyline.cluster.Cluster;
import dev.flyline.metrics.Meters;
import dev.flyline.web.Health;
import dev.flyline.web.OpsVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A router that begins. It serves when it has joined its cluster, and until then answers on the ops
 * port that it is not ready. That another router is ill is no reason to fail: it tries again, and
 * after a while serves alone. When it can join after all, another router takes its place in this
 * process, since what runs on one Vert.x cannot move to another.
 *
 * <p>Belongs to the one event loop of a Vert.x of its own.
 */
final class Starting {

  private static final Logger log = LoggerFactory.getLogger(Starting.class);

  private static final long LONGEST_MS = 10_000;

  /**
   * How long to wait.
   *
   * @param first before the second attempt to join; twice as long before each other, up to 10 s
   * @param patience before it serves alone
   */
  record Waits(Duration first, Duration patience) {
    static final Waits DEFAULT = new Waits(Duration.ofSeconds(1), Duration.ofSeconds(30));
  }

  private final RouterConfig config;
  private final Function<Meters, Future<Cluster>> join;
  private final Waits waits;
  private final Vertx vertx;
  private final Health health = new Health();
  private final Promise<Router> started = Promise.promise(); // of no event loop: it outlives this
  private final Promise<Replacement> replacement = Promise.promise();
  private String deployed = ""; // what answers on the ops port until a router does
  private long waitMs;
  private boolean served; // a router serves, or is about to
  private String trouble = "joining";

  Starting(RouterConfig config, Function<Meters, Future<Cluster>> join, Waits waits) {
    this.config = config;
    this.join = join;
    this.waits = waits;
    this.waitMs = waits.first().toMillis();
    this.vertx =
        Vertx.vertx(
            new VertxOptions()
                .setEventLoopPoolSize(1)
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                .setPreferNativeTransport(true));
  }

  /** A router in the cluster, to take the place of one that serves alone. */
  record Replacement(Cluster cluster, RouterConfig config, Meters meters) {

    /** Starts it; its ports must be free. */
    Future<Router> start() {
      return Router.serve(cluster, config, meters, Promise.<Replacement>promise().future());
    }
  }

  /** Succeeds when a router serves, in the cluster or alone. */
  Future<Router> begin() {
    health.startJoining();
    health.detail("node", config::node);
    health.detail("cluster", () -> trouble);
    vertx
        .deployVerticle(new OpsVerticle(config.web(), new Meters(), health, List.of()))
        .onFailure(this::fail)
        .onSuccess(
            id -> {
              deployed = id;
              vertx.setTimer(waits.patience().toMillis(), _ -> serveAlone());
              attempt();
            });
    return started.future();
  }

  private void attempt() {
    var meters = new Meters();
    join.apply(meters)
        .onComplete(
            cluster -> vertx.runOnContext(_ -> joined(cluster, meters)),
            cause -> vertx.runOnContext(_ -> failed(cause)));
  }

  private void joined(Cluster cluster, Meters meters) {
    if (served) {
      log.info("the cluster can be joined now; the streams of this router will come back to it");
      replacement.complete(new Replacement(cluster, config, meters));
      vertx.close();
      return;
    }
    served = true;
    vertx
        .undeploy(deployed)
        .onComplete(
            _ -> {
              Router.serve(cluster, config, meters, replacement.future()).onComplete(started);
              vertx.close();
            });
  }

  private void failed(Throwable cause) {
    if (!served && Cluster.isOwnFault(cause)) {
      fail(cause);
      return;
    }
    trouble = "joining; another attempt is due";
    log.warn("{}; trying again in {} ms", cause.getMessage(), waitMs);
    vertx.setTimer(waitMs, _ -> attempt());
    waitMs = Math.min(LONGEST_MS, 2 * waitMs);
  }

  private void fail(Throwable cause) {
    served = true;
    vertx.close().onComplete(_ -> started.fail(cause));
  }

  /** Attempts go on meanwhile; a name is never used for two routers. */
  private void serveAlone() {
    if (served) {
      return;
    }
    served = true;
    log.warn(
        "no cluster within {} s: this router serves alone, and joins when it can",
        waits.patience().toSeconds());
    var meters = new Meters();
    RouterConfig alone = config.renamed();
    vertx
        .undeploy(deployed)
        .onComplete(
            _ ->
                Router.serve(
                        Cluster.alone(alone.cluster(), alone.node(), Router.options(alone), meters),
                        alone,
                        meters,
                        replacement.future())
                    .onComplete(started));
  }
}
