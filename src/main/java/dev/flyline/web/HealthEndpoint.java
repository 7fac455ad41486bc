package dev.flyline.web;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/**
 * {@code /health/live}: the process answers; {@code /health/ready}: send it viewers, with details.
 *
 * <p>A router whose NATS is away is ready: its viewers wait where they are, and would not be better
 * off elsewhere.
 */
public final class HealthEndpoint implements Endpoint {

  private static final String JSON = "application/json";

  private final Health health;

  public HealthEndpoint(Health health) {
    this.health = health;
  }

  @Override
  public void mount(Router router) {
    var live = new JsonObject().put("status", "live").toBuffer();
    Resource.readable("/health/live", request -> Resource.respond(request, JSON, live))
        .mount(router);
    Resource.readable(
            "/health/ready",
            request -> {
              request.response().setStatusCode(health.draining() ? 503 : 200);
              Resource.respond(request, JSON, health.readiness().toBuffer());
            })
        .mount(router);
  }
}
