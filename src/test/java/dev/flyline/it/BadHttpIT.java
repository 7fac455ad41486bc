package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes that are no HTTP get a refusal or a close, and nobody else notices. */
@Timeout(300)
final class BadHttpIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();
  private final AtomicInteger published = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE\r\n\r\n",
        "\r\n\r\n\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "GET /v1/apps HTTP/1.1\r\nHost: a\r\nX\0Y: z\r\n\r\n",
        "GET /v1/apps HTTP/1.1\r\nno colon\r\n\r\n",
        "GET /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "GET /v1/apps HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST /logs HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /v1/apps/%zz/logs HTTP/1.1\r\nHost: a\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
        "CONNECT evil.example:443 HTTP/1.1\r\nHost: a\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET /v1/apps/a/logs HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc\u0003\u0003"
      })
  void garbage_getsARefusalOrACloseAndNothingElse(String garbage) throws IOException {
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1);
        Wire wire = Wire.connect(kit.router().httpPort())) {
      wire.send(garbage);
      wire.finish();
      wire.line(Deadline.in(Duration.ofSeconds(90)))
          .ifPresent(
              line -> assertThat(Utf8.strict(line)).matches("HTTP/\\d\\.\\d [45]\\d\\d .*\r"));
      assertGetsLines(other);
    }
  }

  @Test
  void requestLine_andHeadersAreBounded() throws IOException {
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1)) {
      for (String start : List.of("GET /", "GET / HTTP/1.1\r\nX: ")) {
        try (Wire wire = Wire.connect(kit.router().httpPort())) {
          wire.send(start);
          assertThat(endOfEndless(wire)).as(start).isIn("414", "431", "closed");
        }
      }
      assertGetsLines(other);
    }
  }

  /**
   * How the router ends a connection on which its bound is passed and no end comes: with which
   * status, or by a close. How many bytes the kernel takes meanwhile is not the router's doing, and
   * so no part of it.
   */
  private static String endOfEndless(Wire wire) throws IOException {
    try {
      wire.send("x".repeat(1 << 18));
      return wire.line(Deadline.in(Duration.ofSeconds(90)))
          .map(line -> Utf8.strict(line).split(" ", -1)[1])
          .orElse("closed");
    } catch (SocketTimeoutException e) {
      throw new AssertionError("the router reads on without end", e);
    } catch (SocketException _) {
      return "closed"; // by a reset, since it has not read all
    }
  }

  /** Publishes a line and sees it arrive: the router works for this client. */
  private void assertGetsLines(LogClient client) {
    int n = published.incrementAndGet();
    Lines.publish(kit.nats(), app, n, n);
    assertThat(client.next().message()).isEqualTo(Lines.message(n));
  }
}
