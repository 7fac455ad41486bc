package dev.flyline.web;

import static dev.flyline.web.TestServer.PATIENT;
import static dev.flyline.web.TestServer.ask;
import static dev.flyline.web.TestServer.assertAnswers;
import static dev.flyline.web.TestServer.assertIsClosed;
import static dev.flyline.web.TestServer.send;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.it.SideBySide;
import dev.flyline.web.Connections.Patience;
import io.netty.util.internal.PlatformDependent;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What those without a good token can take of a router, tried with real sockets. */
@Timeout(300)
@SideBySide
final class StrangersIT {

  private static final int HALF_HEADS = 1_200;

  /** Of the smallest fields that fit, so that each would become many objects. */
  private static final String HALF_HEAD =
      "GET / HTTP/1.1\r\nHost: a\r\n"
          + "a: b\r\n".repeat(RequestHead.MAX_FIELDS - 2)
          + "x: "
          + "y".repeat(20_000);

  /** Bytes of heap and of direct memory: what 24 KiB each come to, rounded up by the allocator. */
  private static final long HALF_HEADS_BYTES = HALF_HEADS * 48L * 1024;

  private static long memory() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
        + PlatformDependent.usedDirectMemory();
  }

  @Test
  void halfHeads1200_costTheirBytesAndAreClosedAfterTenSeconds() throws Exception {
    var patience = new Patience(Duration.ofSeconds(10), Duration.ofMinutes(5), PATIENT.unread());
    var sockets = new ArrayList<Socket>();
    try (var server = new TestServer(Map.of("limit.strangers.per.address", "5000"), patience)) {
      long before = memory();
      for (int i = 0; i < HALF_HEADS; i++) {
        sockets.add(server.connect());
        send(sockets.getLast(), HALF_HEAD);
      }
      assertThat(server.requests().get("/now").body()).isEqualTo("now");
      assertThat(memory() - before).isLessThan(HALF_HEADS_BYTES);
      for (Socket socket : sockets) {
        assertIsClosed(socket);
      }
      assertThat(server.closed("slow_head")).isEqualTo(HALF_HEADS);
      assertThat(server.requests().get("/now").body()).isEqualTo("now");
    } finally {
      closeAll(sockets);
    }
  }

  private static void closeAll(List<Socket> sockets) throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\r\n\r\n"})
  void head_of101FieldsOr25KiB_is431(String end) throws Exception {
    try (var server = new TestServer(Map.of(), PATIENT)) {
      String start = "GET /now HTTP/1.1\r\nHost: a\r\n";
      for (String rest : new String[] {"a: b\r\n".repeat(100), "x: " + "y".repeat(25 * 1024)}) {
        var answer = server.requests().raw(start + rest + end);

        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.body()).contains("headers_too_large");
      }
      assertThat(server.metric("flyline_requests_refused_total{code=\"headers_too_large\"}"))
          .isEqualTo(2);
    }
  }

  @Test
  void manyStrangers_crowdOutOneAnotherAndNobodyElse() throws Exception {
    var sockets = new ArrayList<Socket>();
    try (var server = new TestServer(Map.of("limit.viewers", "200"), PATIENT);
        Socket proven = server.connect();
        Socket eldest = server.connect()) {
      ask(proven, "/proven");
      HttpServerResponse held = server.held.take();
      for (int i = 0; i < 60; i++) {
        sockets.add(server.connect());
        send(sockets.getLast(), "GET /");
      }
      assertIsClosed(eldest); // 20 are a tenth of 200
      assertIsClosed(sockets.getFirst());
      assertThat(server.requests().get("/now").body()).isEqualTo("now");
      held.end("at last");
      assertAnswers(proven, "at last");
      assertThat(server.closed("crowded_out")).isGreaterThanOrEqualTo(40);
    } finally {
      closeAll(sockets);
    }
  }

  /** Those that were served on a good token count again when they are kept for later. */
  @Test
  void keptConnections_count() throws Exception {
    var sockets = new ArrayList<Socket>();
    var held = new ArrayList<HttpServerResponse>();
    try (var server = new TestServer(Map.of("limit.viewers", "200"), PATIENT)) {
      for (int i = 0; i < 30; i++) {
        sockets.add(server.connect());
        ask(sockets.getLast(), "/proven");
        held.add(server.held.take());
      }
      held.forEach(answer -> answer.end("proven"));
      assertIsClosedAfter(sockets.get(9), "proven"); // 20 of the 30 may stay
    } finally {
      closeAll(sockets);
    }
  }

  private static void assertIsClosedAfter(Socket socket, String body) throws IOException {
    assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1)).endsWith(body);
  }

  @Test
  void connectionsOfOneAddress_areBoundedUnlessItIsATrustedProxy() throws Exception {
    var bound = Map.of("limit.strangers.per.address", "3");
    try (var server = new TestServer(bound, PATIENT);
        Socket first = server.connect();
        Socket second = server.connect();
        Socket third = server.connect();
        Socket fourth = server.connect()) {
      assertIsClosed(fourth);
      for (Socket socket : List.of(first, second, third)) {
        ask(socket, "/now");
        assertAnswers(socket, "now");
      }
      assertThat(server.closed("per_address")).isEqualTo(1);
    }
    var trusting = Map.of("limit.strangers.per.address", "3", "trusted.proxies", "127.0.0.0/8");
    var sockets = new ArrayList<Socket>();
    try (var server = new TestServer(trusting, PATIENT)) {
      for (int i = 0; i < 10; i++) {
        sockets.add(server.connect());
        ask(sockets.getLast(), "/now");
        assertAnswers(sockets.getLast(), "now");
      }
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void placesOfAnAddress_comeBack() throws Exception {
    try (var server = new TestServer(Map.of("limit.strangers.per.address", "1"), PATIENT)) {
      for (int i = 0; i < 5; i++) {
        // The server learns of the last one's end on its own time, and may first refuse this one.
        String answer = "";
        while (answer.isEmpty()) {
          try (Socket socket = server.connect()) {
            send(socket, "GET /proven HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            HttpServerResponse held = null;
            while (held == null && socket.getInputStream().available() == 0 && !isOver(socket)) {
              held = server.held.poll();
            }
            if (held != null) {
              held.end("proven");
              answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            }
          }
        }
        assertThat(answer).endsWith("proven");
      }
    }
  }

  private static boolean isOver(Socket socket) throws IOException {
    socket.setSoTimeout(1);
    try {
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException _) {
      return false;
    } catch (SocketException _) {
      return true;
    } finally {
      socket.setSoTimeout(60_000);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none         | X-Forwarded-For: 198.51.100.7                          | 127.0.0.1",
        "none         | Fly-Client-IP: 198.51.100.7                            | 127.0.0.1",
        "10.0.0.0/8   | X-Forwarded-For: 198.51.100.7                          | 127.0.0.1",
        "127.0.0.0/8  | X: y                                                   | unknown",
        "127.0.0.0/8  | X-Forwarded-For: 198.51.100.7                          | 198.51.100.7",
        "127.0.0.0/8  | X-Forwarded-For: 1.2.3.4, 198.51.100.7                 | 198.51.100.7",
        "127.0.0.0/8  | X-Forwarded-For: 1.2.3.4, 198.51.100.7, 127.0.0.9      | 198.51.100.7",
        "127.0.0.0/8  | X-Forwarded-For: 198.51.100.7, nonsense                | unknown",
        "127.0.0.0/8  | X-Forwarded-For: localhost                             | unknown",
        "127.0.0.0/8  | X-Forwarded-For: 2001:db8:1:2:3::4                     |"
            + " 20010db800010002/64",
        "127.0.0.0/8  | X-Forwarded-For: ::ffff:198.51.100.7                   | 198.51.100.7",
        "127.0.0.1    | Fly-Client-IP: 198.51.100.7                            | 198.51.100.7",
        "127.0.0.1,::1| Fly-Client-IP: 1.2.3.4~X-Forwarded-For: 198.51.100.7   | 198.51.100.7",
        "127.0.0.1    | Fly-Client-IP: 1.2.3.4~Fly-Client-IP: 198.51.100.7     | unknown"
      })
  void forwardedAddress_isBelievedOfTrustedProxiesAlone(
      String trusted, String headers, String client) throws Exception {
    try (var server = new TestServer(Map.of("trusted.proxies", trusted), PATIENT)) {
      assertThat(server.requests().get("/client", headers.split("~")).body()).isEqualTo(client);
    }
  }

  @Test
  void allDescriptorsTaken_newcomersStillGetIn() throws Exception {
    var few = new Descriptors(100, 80); // 20 for viewers' connections
    var settings = Map.of("limit.strangers.percent", "100");
    var sockets = new ArrayList<Socket>();
    try (var server = new TestServer(settings, few, PATIENT)) {
      for (int i = 0; i < 50; i++) {
        sockets.add(server.connect());
        ask(sockets.getLast(), i < 15 ? "/proven" : "/now");
      }
      assertThat(server.requests().get("/now").body()).isEqualTo("now");
      assertThat(server.closed("crowded_out")).isPositive();
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void allDescriptorsTakenByGoodTokens_newcomersAreClosed() throws Exception {
    var few = new Descriptors(100, 80);
    var sockets = new ArrayList<Socket>();
    try (var server = new TestServer(Map.of(), few, PATIENT)) {
      var answers = new ArrayList<HttpServerResponse>();
      for (int i = 0; i < 20; i++) {
        sockets.add(server.connect());
        ask(sockets.getLast(), "/proven");
        answers.add(server.held.take());
      }
      try (Socket late = server.connect()) {
        assertIsClosed(late);
      }
      assertThat(server.closed("no_room")).isPositive();
      answers.forEach(answer -> answer.end("kept"));
      for (Socket socket : sockets) {
        assertAnswers(socket, "kept");
      }
    } finally {
      closeAll(sockets);
    }
  }

  @Test
  void descriptors_leaveAReserve() {
    assertThat(Descriptors.of(1_048_576, 100).connections()).isEqualTo(1_048_576 - 1024 - 100);
    assertThat(Descriptors.of(1024, 100).connections()).isEqualTo(1024 - 128 - 100);
    assertThat(Descriptors.of(256, 100).connections()).isEqualTo(256 - 64 - 100);
    assertThat(Descriptors.of(64, 100).connections()).isEqualTo(1);
    assertThat(Descriptors.ofThisProcess().connections()).isPositive();
  }

  /** Strangers may send as much nonsense as they like: nothing of it is logged. */
  @Test
  void badHttp_isNotLogged() throws Exception {
    try (var log = new TestLog();
        var server = new TestServer(Map.of(), PATIENT)) {
      for (int i = 0; i < 50; i++) {
        assertThat(server.requests().raw("\u0001\u0002 junk " + i + "\r\n\r\n").status())
            .isEqualTo(400);
        try (Socket cut = server.connect()) {
          send(cut, "POST /now HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
          cut.setSoLinger(true, 0); // ends with a reset
        }
        try (Socket cut = server.connect()) {
          send(cut, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
          cut.setSoLinger(true, 0);
        }
      }
      assertThat(server.requests().get("/now").body()).isEqualTo("now");
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void tooManyStrangers_areToldOfInOneLine() throws Exception {
    var sockets = new ArrayList<Socket>();
    try (var log = new TestLog();
        var server = new TestServer(Map.of("limit.viewers", "10"), PATIENT)) {
      for (int i = 0; i < 100; i++) {
        sockets.add(server.connect());
      }
      assertIsClosed(sockets.get(80)); // 16 get in however few viewers the router takes
      assertThat(server.closed("crowded_out")).isGreaterThanOrEqualTo(80);
      assertThat(log.messages()).singleElement().asString().contains("without a good token");
    } finally {
      closeAll(sockets);
    }
  }
}
