package dev.flyline.web;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Sends clients from the internet that came without TLS to HTTPS, as a trusted proxy tells of them.
 *
 * <p>The proxy cannot do that itself: Fly's would also redirect requests over Flycast, which has no
 * TLS. Health checks are never redirected, since they want 200.
 */
final class HttpsRedirect implements Handler<RoutingContext> {

  private final EdgeConfig config;

  HttpsRedirect(EdgeConfig config) {
    this.config = config;
  }

  @Override
  public void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String path = String.valueOf(request.path());
    String host = Proxies.hostName(request);
    if (config.redirects()
        && !host.isEmpty()
        && path.startsWith("/")
        && !path.startsWith(HealthEndpoint.PREFIX)
        && config.proxies().isPlain(request)) {
      redirect(request, host, path);
    } else {
      context.next();
    }
  }

  private static void redirect(HttpServerRequest request, String host, String path) {
    String name = host.indexOf(':') < 0 ? host : "[" + host + "]";
    String query = request.query() == null ? "" : "?" + request.query();
    request
        .response()
        .setStatusCode(308)
        .putHeader(HttpHeaders.LOCATION, "https://" + name + path + query)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONTENT_LENGTH, "0")
        .end();
  }
}
