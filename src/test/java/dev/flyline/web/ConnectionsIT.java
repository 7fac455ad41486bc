package dev.flyline.web;

import static dev.flyline.web.TestServer.ask;
import static dev.flyline.web.TestServer.assertAnswers;
import static dev.flyline.web.TestServer.assertIsClosed;
import static dev.flyline.web.TestServer.send;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.Attempts;
import dev.flyline.it.SideBySide;
import dev.flyline.web.Connections.Patience;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Connections that ask for nothing are closed in the end; those that are answered are not. */
@Timeout(300)
@SideBySide
final class ConnectionsIT {

  private static final Patience SHORT =
      new Patience(Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofSeconds(2));

  /** Far fewer than a head may have, which would be refused for its size. */
  private static final int MOST_BYTES = 4_000;

  private static TestServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new TestServer(Map.of(), SHORT);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void patience_isWhatTheDocumentationSays() {
    assertThat(Patience.DEFAULT)
        .isEqualTo(
            new Patience(Duration.ofSeconds(10), Duration.ofSeconds(75), Duration.ofSeconds(30)));
  }

  @Test
  void connectionWithoutARequest_isClosed() throws IOException {
    double before = server.closed("slow_head");
    try (Socket socket = server.connect()) {
      assertIsClosed(socket);
    }
    assertThat(server.closed("slow_head")).isGreaterThan(before);
  }

  @Test
  void halfHead_isClosed() throws IOException {
    try (Socket socket = server.connect()) {
      send(socket, "GET /now HTTP/1.1\r\nHost: a\r\nX: ");
      assertIsClosed(socket);
    }
  }

  /** It is idle for longer than the first head may take, and is not closed for that. */
  @Test
  void keptConnection_isUsedAgainAndThenClosed() throws Exception {
    Attempts.untilTelling(
        pace -> {
          try (Socket kept = server.connect()) {
            for (int i = 0; i < 2; i++) {
              ask(kept, "/now");
              assertAnswers(kept, "now");
              pace.within(SHORT.idle());
              try (Socket younger = server.connect()) {
                assertIsClosed(younger);
              }
            }
            ask(kept, "/now");
            assertAnswers(kept, "now");
            pace.anyTime();
            assertIsClosed(kept);
          }
        });
    assertThat(server.closed("idle")).isPositive();
  }

  @Test
  void slowHead_byteByByteGainsNoTime() throws IOException {
    try (Socket socket = server.connect()) {
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
    for (String length : new String[] {"Content-Length: 10000", "Transfer-Encoding: chunked"}) {
      try (Socket socket = server.connect()) {
        send(socket, "POST /now HTTP/1.1\r\nHost: a\r\n" + length + "\r\n\r\n");
        assertAnswers(socket, "now");
        assertIsClosed(socket);
      }
    }
  }

  @Test
  void connectionThatIsBeingAnswered_isNotClosed() throws Exception {
    try (Socket answered = server.connect()) {
      ask(answered, "/held");
      HttpServerResponse held = server.held.take();
      for (int i = 0; i < 4; i++) {
        try (Socket younger = server.connect()) {
          assertIsClosed(younger);
        }
      }
      held.end("at last");
      assertAnswers(answered, "at last");
    }
  }

  /** What waits for it waits in the process, in the kernel, or both. */
  @Test
  void answerThatIsNotRead_endsWithTheConnection() throws Exception {
    try (Socket socket = server.connect(4096)) {
      ask(socket, "/big");
      ask(socket, "/now");
      var in = socket.getInputStream();
      byte[] some = new byte[1000];
      assertThat(in.readNBytes(some, 0, some.length)).isEqualTo(some.length);
      // Its end is seen at the server first; only then does the client read on.
      while (server.closed("unread") == 0) {
        Thread.onSpinWait();
      }
      assertThat(readAll(socket)).isLessThan(TestServer.BIG_BYTES);
    }
  }

  private static long readAll(Socket socket) throws IOException {
    byte[] bytes = new byte[1 << 16];
    long all = 0;
    try {
      for (int n = 0; n >= 0; n = socket.getInputStream().read(bytes)) {
        all += n;
      }
    } catch (SocketException _) {
      // reset: the server threw away what it held
    }
    return all;
  }

  /** A client that reads slowly, but reads, gets all. */
  @Test
  void answerThatIsReadSlowly_comesWhole() throws Exception {
    Attempts.untilTelling(
        pace -> {
          try (Socket socket = server.connect(64 * 1024)) {
            ask(socket, "/big");
            byte[] bytes = new byte[TestServer.BIG_BYTES / 8];
            var in = socket.getInputStream();
            for (int part = 0; part < 8; part++) {
              pace.within(SHORT.unread());
              assertThat(in.readNBytes(bytes, 0, bytes.length)).isEqualTo(bytes.length);
              if (part < 3) {
                try (Socket pause = server.connect()) {
                  assertIsClosed(pause);
                }
              }
            }
          }
        });
  }

  /** One read brings many requests, and the client reads no answer: one answer waits, not all. */
  @Test
  void floodOfRequests_waitsForItsAnswersToBeRead() throws Exception {
    double before = server.closed("unread");
    try (Socket socket = server.connect(4096)) {
      send(socket, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n".repeat(300));
      while (server.closed("unread") == before) {
        Thread.onSpinWait();
      }
      assertThat(readAll(socket)).isLessThan(2L * TestServer.BIG_BYTES);
    }
  }

  @Test
  void requestsThatComeTogether_areAnsweredInOrder() throws Exception {
    String chunked =
        String.join(
            "\r\n",
            "POST /now HTTP/1.1",
            "Host: a",
            "Transfer-Encoding: chunked",
            "",
            "3;x=y",
            "a\nb",
            "1",
            "\n",
            "0",
            "Trailer: x",
            "",
            "");
    String sized = "POST /now HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\r\n\r\n";
    String plain = "GET /now HTTP/1.1\r\nHost: a\r\n\r\n";
    String all = (chunked + sized + plain).repeat(50);
    try (Socket socket = server.connect()) {
      send(socket, all + "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
      for (int i = 0; i < 150; i++) {
        assertAnswers(socket, "now");
      }
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .startsWith("HTTP/1.1 404");
    }
  }

  @Test
  void requestBehindOneThatIsHeld_waitsForItsTurn() throws Exception {
    try (Socket socket = server.connect()) {
      send(
          socket,
          "GET /held HTTP/1.1\r\nHost: a\r\n\r\nGET /now HTTP/1.1\r\nHost: a\r\n\r\nGET /b");
      HttpServerResponse held = server.held.take();
      held.end("first");
      assertAnswers(socket, "first");
      assertAnswers(socket, "now");
      assertIsClosed(socket);
    }
  }

  /** Nothing more is read that could push its answer out. */
  @Test
  void lastRequestBehindOneThatIsHeld_isAnsweredAtOnce() throws Exception {
    String ask = "GET /held HTTP/1.1\r\nHost: a\r\n\r\n";
    try (Socket socket = server.connect()) {
      send(socket, ask + ask);
      server.held.take().end("first");
      assertAnswers(socket, "first");
      server.held.take().end("second");
      assertAnswers(socket, "second");
    }
  }

  /** A refusal comes in its turn, and the client gets it though it goes on sending. */
  @Test
  void badHeadBehindOneThatIsHeld_isRefusedInItsTurn() throws Exception {
    try (Socket socket = server.connect()) {
      send(socket, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
      HttpServerResponse held = server.held.take();
      send(socket, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + "x".repeat(10_000));
      held.end("first");
      assertAnswers(socket, "first");
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .matches("(?s)HTTP/1\\.\\d 400 .*");
    }
  }
}
