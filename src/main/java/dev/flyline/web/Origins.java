package dev.flyline.web;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which pages of other origins may use this router from a browser (CORS).
 *
 * <p>For plain requests the browser asks, by headers; a WebSocket it opens without asking, so that
 * an endpoint which upgrades must itself refuse what {@link #allows} does not.
 */
public final class Origins implements Handler<RoutingContext> {

  /** Stands for every origin. */
  static final String ANY = "*";

  private static final String MAX_AGE_SECONDS = "600";

  /**
   * What libraries send beside what needs no leave: EventSource polyfills and clients
   * (Last-Event-ID, Cache-Control, Pragma), fetch wrappers (Accept beyond 128 bytes, Content-Type,
   * X-Requested-With), caches (If-None-Match), and tracing, which adds its own to every request of
   * a page (W3C Trace Context and Baggage, Sentry, Datadog).
   */
  private static final String HEADERS =
      String.join(
          ", ",
          "Authorization",
          "Last-Event-ID",
          "Accept",
          "Cache-Control",
          "Pragma",
          "Content-Type",
          "If-None-Match",
          "X-Requested-With",
          "traceparent",
          "tracestate",
          "baggage",
          "sentry-trace",
          "x-datadog-origin",
          "x-datadog-parent-id",
          "x-datadog-sampling-priority",
          "x-datadog-trace-id");

  private final Set<String> allowed;

  /** Allows {@code origins}, each as {@link #normalize} gives it or {@code *}, and our own. */
  public Origins(List<String> origins) {
    this.allowed =
        origins.stream()
            .map(origin -> origin.equals(ANY) ? ANY : normalize(origin).orElseThrow())
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The one spelling of an origin, as browsers send it: {@code https://example.com}, without the
   * scheme's own port; empty for what is none.
   */
  static Optional<String> normalize(String origin) {
    try {
      var uri = new URI(origin);
      boolean isOrigin =
          uri.getScheme() != null
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawPath().isEmpty()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null;
      if (!isOrigin) {
        return Optional.empty();
      }
      var scheme = uri.getScheme().toLowerCase(Locale.ROOT);
      var host = uri.getHost().toLowerCase(Locale.ROOT);
      boolean plain = uri.getPort() < 0 || uri.getPort() == defaultPort(scheme);
      return Optional.of(scheme + "://" + host + (plain ? "" : ":" + uri.getPort()));
    } catch (URISyntaxException notUri) {
      return Optional.empty();
    }
  }

  private static int defaultPort(String scheme) {
    return switch (scheme) {
      case "http" -> 80;
      case "https" -> 443;
      default -> -1;
    };
  }

  /**
   * Whether a page may open a WebSocket by this request: it is ours, or of an allowed origin, or
   * there is no page, because only browsers send {@code Origin}.
   */
  public boolean allows(HttpServerRequest request) {
    return allows(request, HttpHeaders.ORIGIN);
  }

  /** Likewise, by the origin that stands in {@code header}. */
  boolean allows(HttpServerRequest request, CharSequence header) {
    var origins = request.headers().getAll(header);
    return switch (origins.size()) {
      case 0 -> true;
      case 1 -> isListed(origins.getFirst()) || isOwn(origins.getFirst(), request);
      default -> false;
    };
  }

  private boolean isListed(String origin) {
    return allowed.contains(ANY) || normalize(origin).filter(allowed::contains).isPresent();
  }

  /**
   * Whether the page came from the host that the request names. Its scheme is not compared: TLS
   * ends before us, and we do not see whether there was any.
   */
  private static boolean isOwn(String origin, HttpServerRequest request) {
    var host = request.getHeader(HttpHeaders.HOST);
    return host != null
        && normalize(origin)
            .filter(
                own ->
                    normalize(own.substring(0, own.indexOf(':')) + "://" + host)
                        .filter(own::equals)
                        .isPresent())
            .isPresent();
  }

  /** Adds the headers that let an allowed page read the answer; answers preflights. */
  @Override
  public void handle(RoutingContext context) {
    var request = context.request();
    var origin = request.getHeader(HttpHeaders.ORIGIN);
    var headers = context.response().headers();
    if (!allowed.isEmpty() && !allowed.contains(ANY)) {
      headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
    }
    boolean listed = origin != null && isListed(origin);
    if (listed) {
      headers
          .set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, allowed.contains(ANY) ? ANY : origin)
          .set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, "Retry-After");
    }
    if (!isPreflight(request)) {
      context.next();
      return;
    }
    if (listed) {
      headers
          .set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD")
          .set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
          .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE_SECONDS);
    }
    context.response().setStatusCode(204).end();
  }

  private static boolean isPreflight(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS)
        && request.headers().contains(HttpHeaders.ORIGIN)
        && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
  }
}
