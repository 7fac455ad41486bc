package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Health and metrics on both ports. */
@Timeout(300)
final class OpsVerticleIT {

  @Test
  void ready_saysToOperatorsWhatThePartsSayUntilTheRouterDrains() throws Exception {
    try (var listeners = new TestListeners(Map.of())) {
      listeners.health.detail("nats", () -> "reconnecting");
      var ready = listeners.operators().get("/health/ready");

      assertThat(ready.status()).isEqualTo(200);
      assertThat(new JsonObject(ready.body()))
          .isEqualTo(
              new JsonObject()
                  .put("status", "ready")
                  .put("details", new JsonObject().put("nats", "reconnecting")));

      listeners.health.startDraining();

      for (var port : new TestRequests[] {listeners.viewers(), listeners.operators()}) {
        assertThat(port.get("/health/ready").status()).isEqualTo(503);
        assertThat(port.get("/health/live").status()).isEqualTo(200);
      }
      assertThat(listeners.operators().get("/health/ready").body()).contains("\"draining\"");
    }
  }

  @Test
  void ready_saysToStrangersReadyOrNotAndNoMore() throws Exception {
    try (var listeners = new TestListeners(Map.of())) {
      listeners.health.detail("nats", () -> "reconnecting");

      assertThat(listeners.viewers().get("/health/ready").body())
          .isEqualTo("{\"status\":\"ready\"}");
      listeners.health.startDraining();
      assertThat(listeners.viewers().get("/health/ready").body())
          .isEqualTo("{\"status\":\"not_ready\"}");
    }
  }

  @Test
  void metrics_areOnTheOpsPortAlone() throws Exception {
    try (var listeners = new TestListeners(Map.of())) {
      var metrics = listeners.operators().get("/metrics");

      assertThat(metrics.status()).isEqualTo(200);
      assertThat(metrics.header("content-type").orElseThrow()).startsWith("text/plain");
      assertThat(metrics.body()).contains("flyline_viewers");
      assertThat(listeners.viewers().get("/metrics").status()).isEqualTo(404);
      assertThat(listeners.operators().get("/v1/apps").status()).isEqualTo(404);
      assertThat(listeners.operators().get("/").status()).isEqualTo(404);
      assertThat(listeners.operators().send("POST", "/metrics").status()).isEqualTo(405);
    }
  }
}
