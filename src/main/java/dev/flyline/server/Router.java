package dev.flyline.server;

import dev.flyline.auth.SignaturePool;
import dev.flyline.bus.LogBus;
import dev.flyline.cluster.Cluster;
import dev.flyline.feed.Feeds;
import dev.flyline.feed.RingBudget;
import dev.flyline.ingest.IngestVerticle;
import dev.flyline.lane.Lanes;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.peer.PeerLinks;
import dev.flyline.replica.Timing;
import dev.flyline.stream.Encoders;
import dev.flyline.stream.HistoryBudget;
import dev.flyline.stream.LogsEndpoint;
import dev.flyline.stream.Streams;
import dev.flyline.stream.ndjson.EnvelopeEncoder;
import dev.flyline.stream.ndjson.NdjsonEncoder;
import dev.flyline.stream.sse.SseEncoder;
import dev.flyline.stream.text.TextEncoder;
import dev.flyline.stream.ws.FlylineEncoder;
import dev.flyline.stream.ws.VerbatimEncoder;
import dev.flyline.web.AppsEndpoint;
import dev.flyline.web.ConnectionLimits;
import dev.flyline.web.Credentials;
import dev.flyline.web.Endpoint;
import dev.flyline.web.Health;
import dev.flyline.web.HealthEndpoint;
import dev.flyline.web.OpsVerticle;
import dev.flyline.web.OriginGate;
import dev.flyline.web.Origins;
import dev.flyline.web.PageEndpoint;
import dev.flyline.web.ViewerLimits;
import dev.flyline.web.WebVerticle;
import dev.flyline.web.Webroot;
import io.vertx.core.Deployable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One running router: everything that is built from the settings, and the order of its life. */
public final class Router {

  private static final Logger log = LoggerFactory.getLogger(Router.class);

  /** How long a stopping router that is no longer ready still takes those who come. */
  private static final Duration NOTICED = Duration.ofSeconds(2);

  /** How long it waits at most for others to take over what it owns. */
  private static final Duration HANDOVER = Duration.ofSeconds(15);

  private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

  /** How long its verticles may take to stop. */
  private static final Duration UNDEPLOYING = Duration.ofSeconds(5);

  /** How long it then answers those who come that it stops. */
  private static final Duration REFUSING = Duration.ofSeconds(3);

  private final Cluster cluster;
  private final Vertx vertx;
  private final IngestVerticle ingest;
  private final Streams streams;
  private final Health health;
  private final SignaturePool signatures;
  private final List<WebVerticle> web;
  private final OpsVerticle ops;
  private final Duration drain;
  private final Future<Starting.Replacement> replacement;
  private final Promise<Void> stopped = Promise.promise();
  private final Deque<String> deployed = new ConcurrentLinkedDeque<>(); // the last one first
  private final AtomicBoolean stopping = new AtomicBoolean();

  private Router(
      Cluster cluster,
      IngestVerticle ingest,
      Streams streams,
      Health health,
      SignaturePool signatures,
      List<WebVerticle> web,
      OpsVerticle ops,
      Duration drain,
      Future<Starting.Replacement> replacement) {
    this.cluster = cluster;
    this.vertx = cluster.vertx();
    this.ingest = ingest;
    this.streams = streams;
    this.health = health;
    this.signatures = signatures;
    this.web = web;
    this.ops = ops;
    this.drain = drain;
    this.replacement = replacement;
  }

  /** Builds a router and starts it; succeeds when it listens, whether NATS is there or not. */
  public static Future<Router> start(RouterConfig config) {
    if (!config.cluster().hasPeers()) {
      var meters = new Meters();
      var alone = Cluster.alone(config.cluster(), config.node(), options(config), meters);
      return serve(alone, config, meters, Promise.<Starting.Replacement>promise().future());
    }
    return new Starting(
            config,
            meters -> Cluster.start(config.cluster(), config.node(), options(config), meters),
            Starting.Waits.DEFAULT)
        .begin();
  }

  static VertxOptions options(RouterConfig config) {
    return new VertxOptions()
        .setEventLoopPoolSize(config.eventLoops())
        .setPreferNativeTransport(true);
  }

  /**
   * Starts a router in {@code cluster}, which it leaves if that fails.
   *
   * @param replacement succeeds if the router serves alone and could join its cluster
   */
  static Future<Router> serve(
      Cluster cluster,
      RouterConfig config,
      Meters meters,
      Future<Starting.Replacement> replacement) {
    Promise<Router> started = Promise.promise();
    start(cluster, config, meters, replacement)
        .onSuccess(started::complete)
        // Not composed: that future's event loop ends with vertx and could not tell.
        .onFailure(cause -> cluster.leave().onComplete(_ -> started.fail(cause)));
    return started.future();
  }

  private static Future<Router> start(
      Cluster cluster,
      RouterConfig config,
      Meters meters,
      Future<Starting.Replacement> replacement) {
    InstantSource clock = InstantSource.system();
    Vertx vertx = cluster.vertx();
    var lanes = new Lanes(vertx, config.eventLoops());
    var bus = new LogBus(vertx);
    var budget = new RingBudget(config.feed().totalBytes());
    var upstream = new Upstream();
    var links = new PeerLinks(cluster, lanes, timing(config), meters);
    var ingest =
        new IngestVerticle(
            lanes, bus, links, config.ingest(), config.feed(), budget, upstream, meters, clock);
    var feeds = new Feeds(vertx, lanes, bus, ingest::owner, config.feed(), meters, clock);
    var history = new HistoryBudget(config.feed().userBytes(), meters, clock);
    var streams = new Streams(lanes, config.stream(), history, upstream, meters, clock);
    Health health = health(config, upstream);
    meters.gauge(Meter.RING_BYTES, budget::used);
    meters.gauge(Meter.APPS_WATCHED, feeds::size);
    SignaturePool signatures = config.auth().signaturePool();
    meters.gauge(Meter.SIGNATURES_WAITING, signatures::waiting);
    config.auth().warnings().forEach(log::warn);
    var ops =
        new OpsVerticle(
            config.web(), meters, health, List.of(new ClusterEndpoint(cluster, ingest)));
    List<WebVerticle> web = web(config, feeds, streams, signatures, health, meters, clock);
    Duration drain = config.stream().drain();
    return new Router(cluster, ingest, streams, health, signatures, web, ops, drain, replacement)
        .open();
  }

  private static Timing timing(RouterConfig config) {
    return Timing.DEFAULT.spreadOver(config.stream().drain()).lingering(config.feed().linger());
  }

  private static Health health(RouterConfig config, Upstream upstream) {
    var health = new Health();
    health.detail("node", config::node);
    health.detail("nats", () -> upstream.state().code());
    health.detail("nats_subscriptions_refused", () -> Integer.toString(upstream.refusedApps()));
    return health;
  }

  /** A verticle for each event loop; they share the port and the limits. */
  private static List<WebVerticle> web(
      RouterConfig config,
      Feeds feeds,
      Streams streams,
      SignaturePool signatures,
      Health health,
      Meters meters,
      InstantSource clock) {
    var page = Webroot.load();
    var limits = new ViewerLimits(config.web());
    var origins = new OriginGate(new Origins(config.web().corsOrigins()), meters);
    var connections = ConnectionLimits.forViewers(config.web(), config.eventLoops(), meters);
    var encoders = encoders();
    List<WebVerticle> web = new ArrayList<>();
    for (int i = 0; i < config.eventLoops(); i++) {
      var credentials = new Credentials(config.auth().verifier(clock, signatures), meters);
      List<Endpoint> endpoints =
          List.of(
              new LogsEndpoint(
                  feeds, streams, encoders, credentials, limits, origins, health, meters, clock),
              new AppsEndpoint(credentials),
              HealthEndpoint.forEverybody(health),
              new PageEndpoint(page, config.page()));
      web.add(new WebVerticle(config.web(), connections, endpoints));
    }
    return List.copyOf(web);
  }

  private static Encoders encoders() {
    return new Encoders(
        VerbatimEncoder.INSTANCE,
        FlylineEncoder.INSTANCE,
        SseEncoder.INSTANCE,
        NdjsonEncoder.INSTANCE,
        EnvelopeEncoder.INSTANCE,
        TextEncoder.INSTANCE);
  }

  /**
   * Deploys the verticles one after the other: ingest first, so that the first viewer finds NATS
   * connected if NATS is there, and the listeners for viewers last, which share the first one's
   * port.
   */
  private Future<Router> open() {
    Future<?> opened = deploy(ingest).compose(_ -> deploy(ops));
    for (WebVerticle listener : web) {
      opened = opened.compose(_ -> deploy(listener));
    }
    return opened
        .<Router>map(_ -> this)
        .onSuccess(
            _ ->
                log.info(
                    "viewers on port {}, metrics and health on port {}, transport {}",
                    httpPort(),
                    opsPort(),
                    vertx.isNativeTransportEnabled() ? "native" : "nio"))
        .onFailure(_ -> signatures.close());
  }

  /**
   * Deploys one more verticle, which is undeployed before all that are deployed now. It may hear an
   * app's lines at {@link LogBus#address}. Succeeds when it has started.
   */
  public Future<String> deploy(Deployable verticle) {
    return vertx.deployVerticle(verticle).onSuccess(deployed::push);
  }

  /** Undeploys the verticles in the reverse order, each after the one before has stopped. */
  private Future<?> undeploy() {
    Future<?> stopping = Future.succeededFuture();
    for (String id : List.copyOf(deployed)) {
      stopping = stopping.transform(_ -> vertx.undeploy(id));
    }
    return stopping;
  }

  /** The port for viewers. */
  public int httpPort() {
    return web.getFirst().actualPort();
  }

  /** The port for metrics and health. */
  public int opsPort() {
    return ops.actualPort();
  }

  /**
   * Succeeds when this router has lost its cluster for good, without being stopped. It still serves
   * its viewers, of what it reads itself, and should be stopped and started again.
   */
  public Future<Void> lost() {
    return cluster.lost();
  }

  /**
   * Succeeds, on some thread, if this router serves alone and could be in its cluster: when this
   * one has stopped, what is given starts the router that takes its place.
   */
  public Future<Supplier<Future<Router>>> replacement() {
    return replacement.map(next -> next::start);
  }

  /**
   * Stops for good: says that it is not ready, takes viewers until that has been noticed, tells
   * every viewer when to come back, refuses those who come too early, and leaves. With a drain of
   * nothing it does all of that at once. Calling it again gives the same answer.
   */
  public Future<Void> stop() {
    if (stopping.compareAndSet(false, true)) {
      log.info("stopping; {} streams will be told to come back", streams.size());
      health.startDraining();
      ingest.handOver();
      vertx
          .timer(drain.isZero() ? 1 : NOTICED.toMillis())
          .onSuccess(_ -> health.startRefusing())
          .compose(_ -> streams.restart())
          .compose(_ -> vertx.timer(Math.clamp(drain.toMillis(), 1, REFUSING.toMillis())))
          .compose(_ -> handedOver(System.nanoTime() + HANDOVER.toNanos()))
          .transform(_ -> Future.any(undeploy(), vertx.timer(UNDEPLOYING.toMillis())))
          .onComplete(
              _ -> {
                signatures.close();
                // Not composed: this future's event loop ends with vertx and could not tell of it.
                cluster.leave().onComplete(stopped);
              });
    }
    return stopped.future();
  }

  /** Succeeds when no other router would miss this one, or at the latest when {@code endNs} is. */
  private Future<Void> handedOver(long endNs) {
    return ingest
        .isIdle()
        .compose(
            idle -> {
              if (idle || System.nanoTime() - endNs > 0) {
                return Future.succeededFuture();
              }
              return vertx.timer(LOOK_AGAIN.toMillis()).compose(_ -> handedOver(endNs));
            });
  }
}
