package dev.flyline.web;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both HTTP listeners have in common: limits, headers, and errors that say nothing of us. */
final class Listener {

  private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

  /** Room for a token that is too long, so that it gets its 401 like any bad one. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  private static final int MAX_LINE_BYTES = 8 * 1024;

  private static final ApiError LINE_TOO_LONG =
      new ApiError(414, "uri_too_long", "the address is too long");
  private static final ApiError HEADERS_TOO_LARGE =
      new ApiError(431, "headers_too_large", "the request's headers are too large");

  private Listener() {}

  /** Listens for requests to {@code endpoints}, on the event loop of the caller. */
  static Future<HttpServer> listen(
      Vertx vertx, SocketAddress address, Origins origins, List<Endpoint> endpoints) {
    return listen(vertx, address, origins, endpoints, QuietConnections.LIMIT);
  }

  /** Likewise, closing connections without a request for {@code quiet}, or up to half longer. */
  static Future<HttpServer> listen(
      Vertx vertx,
      SocketAddress address,
      Origins origins,
      List<Endpoint> endpoints,
      Duration quiet) {
    var connections = new QuietConnections(quiet);
    vertx.setPeriodic(Math.max(1, quiet.toMillis() / 2), _ -> connections.tick());
    Router router = router(vertx, origins, endpoints);
    return vertx
        .createHttpServer(options())
        .connectionHandler(connections::opened)
        .invalidRequestHandler(Listener::refuseInvalid)
        .requestHandler(
            request -> {
              connections.asked(request);
              HeaderBounds.flaw(request)
                  .ifPresentOrElse(error -> error.send(request), () -> router.handle(request));
            })
        .listen(address);
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions()
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxInitialLineLength(MAX_LINE_BYTES)
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        // No endpoint lets Vert.x make a WebSocket; it would prepare each connection for that.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  private static Router router(Vertx vertx, Origins origins, List<Endpoint> endpoints) {
    var router = Router.router(vertx);
    router.route().handler(Listener::harden);
    router.route().handler(origins);
    endpoints.forEach(endpoint -> endpoint.mount(router));
    router.route().handler(context -> ApiError.notFound().send(context));
    router.errorHandler(400, context -> badRequest().send(context));
    router.errorHandler(404, context -> ApiError.notFound().send(context));
    router.errorHandler(500, Listener::fail);
    return router;
  }

  private static ApiError badRequest() {
    return ApiError.badRequest("the request is not well formed");
  }

  private static void harden(RoutingContext context) {
    context
        .response()
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
    context.next();
  }

  private static void fail(RoutingContext context) {
    LOG.error("a request failed by our own fault", context.failure());
    ApiError.internal().send(context);
  }

  /** Answers what is not HTTP; whatever follows it on the connection cannot be trusted. */
  private static void refuseInvalid(HttpServerRequest request) {
    var error =
        switch (request.decoderResult().cause()) {
          case TooLongHttpLineException _ -> LINE_TOO_LONG;
          case TooLongHttpHeaderException _ -> HEADERS_TOO_LARGE;
          case null, default -> badRequest();
        };
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    error.send(request);
    request.connection().close();
  }
}
