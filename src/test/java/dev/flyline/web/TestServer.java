package dev.flyline.web;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import dev.flyline.metrics.Meters;
import dev.flyline.web.Connections.Patience;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A listener for viewers on one event loop, with endpoints that do what a test needs, and with as
 * little patience as it wants.
 */
final class TestServer implements AutoCloseable {

  /** No client of a test is ever too slow. */
  static final Patience PATIENT =
      new Patience(Duration.ofMinutes(5), Duration.ofMinutes(5), Duration.ofMinutes(5));

  /** More than the kernel holds for a client that does not read. */
  static final int BIG_BYTES = 8 << 20;

  private static final int SECONDS = 60;

  /** Answers that the test gives. */
  final BlockingQueue<HttpServerResponse> held = new LinkedBlockingQueue<>();

  final Meters meters = new Meters();

  private final Vertx vertx =
      Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setPreferNativeTransport(true));
  private final EdgeConfig edge;
  private final HttpServer server;

  /** Starts it; {@code descriptors} are what the process may open. */
  TestServer(Map<String, String> settings, Descriptors descriptors, Patience patience)
      throws TimeoutException {
    var config = WebConfig.from(Settings.of(settings));
    edge = config.edge();
    var limits = ConnectionLimits.forViewers(config, descriptors, 1, meters);
    Promise<HttpServer> listening = Promise.promise();
    vertx.runOnContext(
        _ ->
            HttpListener.listen(
                    vertx,
                    SocketAddress.inetSocketAddress(0, "127.0.0.1"),
                    new Connections(limits, patience),
                    List.of(new HttpsRedirect(edge)),
                    List.of(HealthEndpoint.forEverybody(new Health()), this::mount))
                .onComplete(listening));
    server = listening.future().await(SECONDS, TimeUnit.SECONDS);
  }

  TestServer(Map<String, String> settings, Patience patience) throws TimeoutException {
    this(settings, Descriptors.of(1 << 20, 0), patience);
  }

  private void mount(Router router) {
    router.route("/now").handler(context -> context.response().end("now"));
    router.route("/held").handler(context -> held.add(context.response()));
    router.route("/big").handler(context -> context.response().end(big()));
    router
        .route("/client")
        .handler(
            context ->
                context.response().end(edge.proxies().client(context.request()).orElse("unknown")));
    router
        .route("/proven")
        .handler(
            context -> {
              Sockets.prove(context.request().connection());
              held.add(context.response());
            });
  }

  private static Buffer big() {
    return Buffer.buffer(new byte[BIG_BYTES]);
  }

  int port() {
    return server.actualPort();
  }

  TestRequests requests() {
    return new TestRequests(InetAddress.ofLiteral("127.0.0.1"), port());
  }

  Socket connect() throws IOException {
    return connect(0);
  }

  /** Connects with a receive buffer of {@code receiveBytes}, or the system's own for 0. */
  Socket connect(int receiveBytes) throws IOException {
    var socket = new Socket();
    if (receiveBytes > 0) {
      socket.setReceiveBufferSize(receiveBytes);
    }
    socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port()));
    socket.setSoTimeout(SECONDS * 1000);
    return socket;
  }

  static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  static void ask(Socket socket, String path) throws IOException {
    send(socket, "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  /** Reads an answer 200 whose body is {@code body}. */
  static void assertAnswers(Socket socket, String body) throws IOException {
    var answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\n" + body)) {
      int next = socket.getInputStream().read();
      assertThat(next).as("end after %s", answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer.toString()).startsWith("HTTP/1.1 200 ");
  }

  static void assertIsClosed(Socket socket) throws IOException {
    int next;
    try {
      next = socket.getInputStream().read();
    } catch (SocketException _) { // reset, since there was something that nobody read
      next = -1;
    }
    assertThat(next).isEqualTo(-1);
  }

  /** The value of a counter or gauge by its whole name, labels included; 0 if it is not there. */
  double metric(String name) {
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(0);
  }

  double closed(String cause) {
    return metric("flyline_connections_closed_total{cause=\"" + cause + "\"}");
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(SECONDS, TimeUnit.SECONDS);
  }
}
