package dev.flyline.it;

import dev.flyline.config.Settings;
import dev.flyline.server.Router;
import dev.flyline.server.RouterConfig;
import dev.flyline.stream.StreamConfig;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/** A whole router in this process, on free ports, with limits out of the way of the tests. */
final class TestRouter implements AutoCloseable {

  private static final long START_SECONDS = 60;

  private final TestNats nats;
  private final Router router;
  private Optional<Future<Void>> stopping = Optional.empty();

  private TestRouter(TestNats nats, Router router) {
    this.nats = nats;
    this.router = router;
  }

  static TestRouter start(TestNats nats) {
    return start(nats, Map.of());
  }

  /** Starts a router with these settings, by their dotted names, over the tests' own. */
  static TestRouter start(TestNats nats, Map<String, String> settings) {
    TestRouter router = startAlone(nats, settings);
    router.awaitNats();
    return router;
  }

  /** Starts a router that closes clients which take nothing for {@code stalled}. */
  static TestRouter startImpatient(TestNats nats, Duration stalled) {
    return start(
        nats,
        Map.of(),
        s ->
            new StreamConfig(
                s.node(), s.region(), s.onFly(), s.ping(), s.pong(), s.gone(), stalled, s.drain()));
  }

  /** Starts a router that soon misses clients which give no sign of life. */
  static TestRouter startWatchful(
      TestNats nats, Map<String, String> settings, Duration ping, Duration missed) {
    return start(
        nats,
        settings,
        s ->
            new StreamConfig(
                s.node(), s.region(), s.onFly(), ping, missed, missed, s.stalled(), s.drain()));
  }

  private static TestRouter start(
      TestNats nats, Map<String, String> settings, UnaryOperator<StreamConfig> change) {
    TestRouter router =
        startAlone(
            nats,
            settings,
            config -> {
              return new RouterConfig(
                  config.node(),
                  config.eventLoops(),
                  config.cluster(),
                  config.ingest(),
                  config.feed(),
                  change.apply(config.stream()),
                  config.auth(),
                  config.web(),
                  config.page());
            });
    router.awaitNats();
    return router;
  }

  /** Starts a router that may not get to NATS; {@link #start} waits until it is there. */
  static TestRouter startAlone(TestNats nats, Map<String, String> settings) {
    return startAlone(nats, settings, config -> config);
  }

  private static TestRouter startAlone(
      TestNats nats, Map<String, String> settings, UnaryOperator<RouterConfig> change) {
    var all = new HashMap<String, String>();
    all.put("nats.url", nats.url());
    all.put("http.host", "127.0.0.1");
    all.put("http.port", "0");
    all.put("ops.host", "127.0.0.1");
    all.put("ops.port", "0");
    all.put("auth.hmac.secret", Tokens.SECRET);
    all.put("drain", "0s");
    all.put("limit.per.user", "10000");
    all.put("limit.per.app", "10000");
    all.put("limit.connects.per.address", "0");
    all.putAll(settings);
    try {
      Router router =
          Router.start(change.apply(RouterConfig.from(Settings.of(all))))
              .await(START_SECONDS, TimeUnit.SECONDS);
      return new TestRouter(nats, router);
    } catch (TimeoutException e) {
      throw new AssertionError("the router did not start", e);
    }
  }

  /** A viewer who comes before NATS is there is told of a hole, which most tests do not want. */
  private void awaitNats() {
    var deadline = Deadline.soon();
    while (metric("flyline_nats_connects_total") < 1) {
      if (deadline.passed()) {
        throw new AssertionError("the router does not connect to NATS");
      }
      Thread.onSpinWait();
    }
  }

  int httpPort() {
    return router.httpPort();
  }

  int opsPort() {
    return router.opsPort();
  }

  /** Opens a stream; a refusal fails the test. Without a token it asks with a good one. */
  LogClient open(String app, Transport transport) {
    return open(Ask.app(app, transport).token(Tokens.of(app)));
  }

  LogClient open(Ask ask) {
    try {
      return LogClient.open(Wire.connect(httpPort(), ask.receiveBytes()), ask, Deadline.soon());
    } catch (IOException e) {
      throw new AssertionError("no stream for " + ask, e);
    }
  }

  /** Opens a stream of lines yet to come, of an app that the router reads when this returns. */
  LogClient live(String app, Transport transport) {
    return live(Ask.app(app, transport).with("tail", 0).token(Tokens.of(app)), app);
  }

  /** Opens a stream, and waits until the router reads the app. */
  LogClient live(Ask ask, String app) {
    LogClient client = open(ask);
    if (ask.transport().isFramed()) {
      client.await(Seen.Hello.class);
    }
    nats.awaitReader(app);
    return client;
  }

  /** The whole answer to a request that opens no stream. */
  HttpAnswer answer(Ask ask) {
    return exchange(httpPort(), ask.request());
  }

  /** The whole answer to these bytes. */
  HttpAnswer answer(String request) {
    return exchange(httpPort(), request);
  }

  /** The value of a gauge or counter without labels. */
  double metric(String name) {
    return ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + ' '))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  /** What operators see at {@code target}. */
  HttpAnswer ops(String target) {
    return exchange(opsPort(), Ask.plainGet(target).request());
  }

  private static HttpAnswer exchange(int port, String request) {
    try (var wire = Wire.connect(port)) {
      wire.send(request);
      return HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
    } catch (IOException e) {
      throw new AssertionError("no answer to " + request, e);
    }
  }

  /** Stops the router as SIGTERM does. */
  Future<Void> stop() {
    if (stopping.isEmpty()) {
      stopping = Optional.of(router.stop());
    }
    return stopping.get();
  }

  @Override
  public void close() {
    try {
      stop().await(START_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("the router does not stop", e);
    }
  }
}
