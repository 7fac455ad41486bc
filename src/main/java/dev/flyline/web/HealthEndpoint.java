package dev.flyline.web;

import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;

/**
 * {@code /health/live}: the process answers; {@code /health/ready}: send it viewers.
 *
 * <p>A router whose NATS is away is ready: its viewers wait where they are, and would not be better
 * off elsewhere. What its parts say is for operators alone.
 */
public final class HealthEndpoint implements Endpoint {

  /** Begins the paths of both. */
  static final String PREFIX = "/health/";

  private static final String JSON = "application/json";

  private final Health health;
  private final boolean detailed;

  private HealthEndpoint(Health health, boolean detailed) {
    this.health = health;
    this.detailed = detailed;
  }

  /** Says no more than ready or not. */
  public static HealthEndpoint forEverybody(Health health) {
    return new HealthEndpoint(health, false);
  }

  /** Says also what the router's parts say. */
  static HealthEndpoint forOperators(Health health) {
    return new HealthEndpoint(health, true);
  }

  @Override
  public void mount(Router router) {
    var live = new JsonObject().put("status", "live").toBuffer();
    Resource.readable(PREFIX + "live", request -> Resource.respond(request, JSON, live))
        .mount(router);
    Resource.readable(
            PREFIX + "ready",
            request -> {
              request.response().setStatusCode(health.ready() ? 200 : 503);
              var body = detailed ? health.readiness() : health.readyOrNot();
              Resource.respond(request, JSON, body.toBuffer());
            })
        .mount(router);
  }
}
