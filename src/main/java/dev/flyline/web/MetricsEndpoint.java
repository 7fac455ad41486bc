package dev.flyline.web;

import dev.flyline.metrics.Meters;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;

/** {@code GET /metrics}: all meters in Prometheus' text format. */
final class MetricsEndpoint implements Endpoint {

  private final Meters meters;

  MetricsEndpoint(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void mount(Router router) {
    Resource.readable(
            "/metrics",
            request ->
                Resource.respond(request, Meters.CONTENT_TYPE, Buffer.buffer(meters.scrape())))
        .mount(router);
  }
}
