package dev.flyline.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.cluster.Cluster;
import dev.flyline.config.Settings;
import dev.flyline.it.FreePorts;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.BindException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router whose cluster cannot be joined yet. What stands for the cluster is a router alone. */
@Timeout(30)
final class StartingTest {

  private static final Starting.Waits LONG =
      new Starting.Waits(Duration.ofMillis(1), Duration.ofMinutes(5));
  private static final Starting.Waits NO_PATIENCE =
      new Starting.Waits(Duration.ofMillis(1), Duration.ofMillis(1));

  private final int opsPort = FreePorts.one("127.0.0.1");
  private final RouterConfig config = RouterConfig.from(Settings.of(settings()), Map.of());
  private final LinkedBlockingQueue<Promise<Cluster>> attempts = new LinkedBlockingQueue<>();
  private final Map<Promise<Cluster>, Meters> meters = new HashMap<>();
  private Future<Router> router = Future.failedFuture("not begun");

  private Map<String, String> settings() {
    return Map.of(
        "nats.url", "nats://127.0.0.1:1",
        "http.host", "127.0.0.1",
        "http.port", "0",
        "ops.host", "127.0.0.1",
        "ops.port", Integer.toString(opsPort),
        "auth.hmac.secret", "0123456789abcdef0123456789abcdef",
        "drain", "0s",
        "event.loops", "1");
  }

  private Starting starting(Starting.Waits waits) {
    return new Starting(
        config,
        used -> {
          Promise<Cluster> attempt = Promise.promise();
          meters.put(attempt, used);
          attempts.add(attempt);
          return attempt.future();
        },
        waits);
  }

  private Promise<Cluster> attempt() throws InterruptedException {
    Promise<Cluster> next = attempts.poll(20, TimeUnit.SECONDS);
    assertThat(next).as("an attempt").isNotNull();
    return next;
  }

  private void join(Promise<Cluster> attempt) {
    attempt.complete(
        Cluster.alone(
            config.cluster(),
            config.node(),
            Router.options(config),
            Objects.requireNonNull(meters.get(attempt))));
  }

  private HttpResponse<String> ops(String path) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + opsPort + path);
      return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static Router await(Future<Router> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void stop() {
    if (router.succeeded()) {
      router.result().stop().toCompletionStage().toCompletableFuture().join();
    }
  }

  @Test
  void illCluster_isTriedAgain_andTheRouterIsLiveAndNotReadyUntilItHasJoined() throws Exception {
    router = starting(LONG).begin();
    for (int i = 0; i < 3; i++) {
      attempt().fail("cannot open the bus: RegistrationOperation got rejected");
    }
    Promise<Cluster> fourth = attempt();
    assertThat(ops("/health/live").statusCode()).isEqualTo(200);
    assertThat(ops("/health/ready").statusCode()).isEqualTo(503);
    assertThat(ops("/health/ready").body()).contains("\"joining\"");
    assertThat(router.isComplete()).isFalse();

    join(fourth);
    await(router);
    assertThat(ops("/health/ready").statusCode()).isEqualTo(200);
  }

  @Test
  void clusterThatCannotBeJoinedForLong_leavesTheRouterAlone_untilItCan() throws Exception {
    router = starting(NO_PATIENCE).begin();
    Promise<Cluster> stuck = attempt();
    Router alone = await(router);
    assertThat(ops("/health/ready").statusCode()).isEqualTo(200);
    assertThat(alone.replacement().isComplete()).isFalse();
    assertThat(ops("/health/ready").body()).doesNotContain(config.node()); // that name is to join

    stuck.fail("still ill");
    join(attempt());
    var next = alone.replacement().toCompletionStage().toCompletableFuture().join();
    alone.stop().toCompletionStage().toCompletableFuture().join();
    router = next.get();
    await(router);
    assertThat(ops("/health/ready").body()).contains(config.node());
  }

  @Test
  void addressThatCannotBeUsed_endsTheStart() throws Exception {
    router = starting(LONG).begin();
    attempt().fail(new IllegalStateException("cannot join", new BindException("in use")));

    assertThatThrownBy(() -> await(router))
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("cannot join");
    assertThat(attempts).isEmpty();
  }
}
