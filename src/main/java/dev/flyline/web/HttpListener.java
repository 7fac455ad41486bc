package dev.flyline.web;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.ServerSocketChannel;
import java.time.InstantSource;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both HTTP listeners have in common: limits, headers, and errors that say nothing of us. */
final class HttpListener {

  private static final Logger LOG = LoggerFactory.getLogger(HttpListener.class);

  private static final String ALL = "::";
  private static final boolean HAS_IPV6 = hasIpv6();

  private static final int MAX_LINE_BYTES = 8 * 1024;

  private HttpListener() {}

  /**
   * Listens for requests to {@code endpoints}, on the event loop of the caller; {@code before} has
   * each request first.
   */
  static Future<HttpServer> listen(
      Vertx vertx,
      SocketAddress address,
      Connections connections,
      List<Handler<RoutingContext>> before,
      List<Endpoint> endpoints) {
    vertx.setPeriodic(
        Math.max(1, connections.patience().tick().toMillis()), _ -> connections.tick());
    Router router = router(vertx, before, endpoints);
    var date = new HttpDate(InstantSource.system());
    return vertx
        .createHttpServer(options())
        .connectionHandler(connections::opened)
        .invalidRequestHandler(
            request -> {
              prepare(request, date);
              refuseInvalid(request, connections);
            })
        .requestHandler(
            request -> {
              prepare(request, date);
              connections.asked(request);
              HeaderBounds.flaw(request)
                  .ifPresentOrElse(error -> error.send(request), () -> router.handle(request));
            })
        .listen(address);
  }

  /**
   * What to listen on for {@code host}: {@code ::} means all addresses that there are, and in a
   * container without IPv6 those are {@code 0.0.0.0}.
   */
  static String host(String host) {
    return host.equals(ALL) && !HAS_IPV6 ? "0.0.0.0" : host;
  }

  /** Whether this machine has the one IPv6 address that every machine with IPv6 has. */
  private static boolean hasIpv6() {
    try (var channel = ServerSocketChannel.open(StandardProtocolFamily.INET6)) {
      channel.bind(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0));
      return true;
    } catch (IOException | UnsupportedOperationException _) {
      return false;
    }
  }

  private static HttpServerOptions options() {
    return new HttpServerOptions()
        .setMaxHeaderSize(RequestHead.MAX_BYTES)
        .setMaxInitialLineLength(MAX_LINE_BYTES)
        .setSendBufferSize(Sockets.SEND_BUFFER_BYTES)
        .setTcpNoDelay(true)
        .setHttp2ClearTextEnabled(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        // No endpoint lets Vert.x make a WebSocket; it would prepare each connection for that.
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false);
  }

  private static Router router(
      Vertx vertx, List<Handler<RoutingContext>> before, List<Endpoint> endpoints) {
    var router = Router.router(vertx);
    before.forEach(handler -> router.route().handler(handler));
    endpoints.forEach(endpoint -> endpoint.mount(router));
    router.route().handler(context -> ApiError.notFound().send(context));
    router.errorHandler(400, context -> badRequest().send(context));
    router.errorHandler(404, context -> ApiError.notFound().send(context));
    router.errorHandler(500, HttpListener::fail);
    return router;
  }

  private static ApiError badRequest() {
    return ApiError.badRequest("the request is not well formed");
  }

  /** Sets what every answer bears. */
  private static void prepare(HttpServerRequest request, HttpDate date) {
    request
        .response()
        .putHeader(HttpHeaders.DATE, date.now())
        .putHeader("X-Content-Type-Options", "nosniff")
        .putHeader("Referrer-Policy", "no-referrer");
  }

  private static void fail(RoutingContext context) {
    LOG.error("a request failed by our own fault", context.failure());
    ApiError.internal().send(context);
  }

  /** Answers what is not HTTP; whatever follows it on the connection cannot be trusted. */
  private static void refuseInvalid(HttpServerRequest request, Connections connections) {
    ApiError error =
        HeadGuard.of(Sockets.channel(request.connection()))
            .flatMap(HeadGuard::flaw)
            .orElseGet(HttpListener::badRequest);
    connections.refused(error);
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    error.send(request);
    request.connection().close();
  }
}
