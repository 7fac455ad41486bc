package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * HTTP/1.0, as nginx speaks it to what it proxies unless told otherwise: no chunks, and a close.
 */
@Timeout(300)
final class OldHttpIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"SSE", "NDJSON", "ENVELOPE", "TEXT"})
  void history_endsWithTheConnection(Transport transport) throws IOException {
    Lines.history(kit.nats(), kit.router(), app, 1, 50);
    try (Wire wire = ask(kit.router(), Ask.app(app, transport).with("follow", "false"))) {
      assertUnchunked(HttpHead.read(wire, Deadline.soon()));
      List<String> lines = linesToTheEnd(wire);
      assertThat(lines.stream().filter(line -> line.contains("line 50"))).hasSize(1);
      assertThat(String.join("", lines)).containsAnyOf("\"bye\"", "-- end --");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"SSE", "NDJSON", "ENVELOPE", "TEXT"})
  void stream_isLiveAndEndsWithTheConnection(Transport transport) throws Exception {
    try (TestRouter leaving = TestRouter.start(kit.nats(), Map.of("drain", "0s"));
        LogClient modern = leaving.live(app, transport);
        Wire wire = ask(leaving, Ask.app(app, transport).with("tail", "0"))) {
      assertUnchunked(HttpHead.read(wire, Deadline.soon()));
      Lines.publish(kit.nats(), app, 1, 50);
      assertThat(modern.messages(50)).isEqualTo(Lines.messages(1, 50));
      awaitLine(wire, "line 50");
      var stopped = leaving.stop();
      assertThat(String.join("", linesToTheEnd(wire))).contains("restart");
      stopped.await();
    }
  }

  @Test
  void stream_withoutAHostIsServed() throws IOException {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    Ask ask = Ask.app(app, Transport.TEXT).token(Tokens.of(app)).with("follow", "false");
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      wire.send(old(ask).replace("Host: localhost\r\n", ""));
      assertUnchunked(HttpHead.read(wire, Deadline.soon()));
      assertThat(linesToTheEnd(wire)).hasSize(6);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/app.js", "/health/live", "/health/ready", "/v1/apps", "/none"})
  void answers_haveALength(String target) throws IOException {
    try (Wire wire = ask(kit.router(), Ask.plainGet(target))) {
      HttpHead head = HttpHead.read(wire, Deadline.soon());
      assertThat(head.status()).isEqualTo(target.equals("/none") ? 404 : 200);
      assertThat(head.chunked()).isFalse();
      assertThat(head.contentLength()).isPositive();
      wire.need(head.contentLength(), Deadline.soon());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void webSocket_needsHttp11(Transport transport) throws IOException {
    try (Wire wire = ask(kit.router(), Ask.app(app, transport))) {
      HttpHead head = HttpHead.read(wire, Deadline.soon());
      HttpAnswer answer = HttpAnswer.read(head, wire, Deadline.soon());
      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.json().getString("detail")).contains("HTTP/1.1");
    }
  }

  private Wire ask(TestRouter at, Ask ask) throws IOException {
    Wire wire = Wire.connect(at.httpPort());
    wire.send(old(ask.token(Tokens.of(app))));
    return wire;
  }

  /** With the header that nginx sends along. */
  private static String old(Ask ask) {
    return ask.header("Connection: close").request().replace(" HTTP/1.1\r\n", " HTTP/1.0\r\n");
  }

  private static void assertUnchunked(HttpHead head) {
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("transfer-encoding")).isEmpty();
    assertThat(head.header("content-length")).isEmpty();
    assertThat(head.header("connection")).contains("close");
  }

  private static void awaitLine(Wire wire, String text) throws IOException {
    while (!line(wire).orElseThrow().contains(text)) {}
  }

  private static List<String> linesToTheEnd(Wire wire) throws IOException {
    var lines = new ArrayList<String>();
    for (Optional<String> line = line(wire); line.isPresent(); line = line(wire)) {
      lines.add(line.get());
    }
    return lines;
  }

  private static Optional<String> line(Wire wire) throws IOException {
    return wire.line(Deadline.soon()).map(bytes -> new String(bytes, StandardCharsets.UTF_8));
  }
}
