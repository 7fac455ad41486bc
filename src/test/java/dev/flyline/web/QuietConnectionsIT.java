package dev.flyline.web;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that ask for nothing are closed in the end; those that are answered are not. */
@Timeout(60)
final class QuietConnectionsIT {

  private static final Duration LIMIT = Duration.ofSeconds(3);
  private static final String REQUEST = "GET /%s HTTP/1.1\r\nHost: a\r\n\r\n";

  /** Far fewer than a head may have, which would be refused for its size. */
  private static final int MOST_BYTES = 4_000;

  private static final BlockingQueue<HttpServerResponse> HELD = new LinkedBlockingQueue<>();

  private static Vertx vertx;
  private static HttpServer server;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    Endpoint probes =
        router -> {
          router.route("/now").handler(context -> context.response().end("now"));
          router.route("/held").handler(context -> HELD.add(context.response()));
        };
    Promise<HttpServer> listening = Promise.promise();
    vertx.runOnContext(
        _ ->
            Listener.listen(
                    vertx,
                    SocketAddress.inetSocketAddress(0, "127.0.0.1"),
                    new Origins(List.of()),
                    List.of(probes),
                    LIMIT)
                .onComplete(listening));
    server = listening.future().await(20, TimeUnit.SECONDS);
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private static Socket connect() throws IOException {
    var socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), server.actualPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(US_ASCII));
  }

  private static void assertAnswers(Socket socket, String body) throws IOException {
    var answer = new StringBuilder();
    while (!answer.toString().endsWith("\r\n\r\n" + body)) {
      int next = socket.getInputStream().read();
      assertThat(next).as("end after %s", answer).isNotNegative();
      answer.append((char) next);
    }
    assertThat(answer.toString()).startsWith("HTTP/1.1 200 ");
  }

  private static void assertIsClosed(Socket socket) throws IOException {
    assertThat(socket.getInputStream().read()).isEqualTo(-1);
  }

  @Test
  void connectionWithoutARequest_isClosed() throws IOException {
    try (Socket socket = connect()) {
      assertIsClosed(socket);
    }
  }

  @Test
  void connectionAfterItsAnswer_isUsedAgainAndThenClosed() throws IOException {
    try (Socket socket = connect()) {
      for (int i = 0; i < 3; i++) {
        send(socket, REQUEST.formatted("now"));
        assertAnswers(socket, "now");
      }
      assertIsClosed(socket);
    }
  }

  @Test
  void requestThatComesAByteAtATime_gainsNoTime() throws IOException {
    try (Socket socket = connect()) {
      socket.setSoTimeout(10); // between two bytes
      send(socket, "GET /now HTTP/1.1\r\nX: ");
      int answer = 0;
      for (int sent = 0; answer == 0 && sent < MOST_BYTES; sent++) {
        answer = sendOne(socket);
      }
      assertThat(answer).isEqualTo(-1);
    }
  }

  /** Returns -1 if the connection is closed, else 0. */
  private static int sendOne(Socket socket) throws IOException {
    try {
      send(socket, "x");
      return socket.getInputStream().read();
    } catch (SocketTimeoutException _) {
      return 0;
    } catch (SocketException _) { // the byte came after the close
      return -1;
    }
  }

  @Test
  void bodyThatDoesNotCome_endsWithTheConnection() throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET /now HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nx");
      assertAnswers(socket, "now");
      assertIsClosed(socket);
    }
  }

  @Test
  void connectionThatIsBeingAnswered_isNotClosed() throws Exception {
    try (Socket answered = connect()) {
      send(answered, REQUEST.formatted("held"));
      HttpServerResponse held = HELD.take();
      for (int i = 0; i < 2; i++) {
        try (Socket younger = connect()) {
          assertIsClosed(younger);
        }
      }
      held.end("at last");
      assertAnswers(answered, "at last");
    }
  }
}
