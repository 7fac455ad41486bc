package dev.flyline.it;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening and closing a WebSocket, and its control frames: RFC 6455 byte for byte. */
@Timeout(300)
final class WebSocketIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  private Ask ask(Transport transport) {
    return Ask.app(app, transport).token(Tokens.of(app));
  }

  @Test
  void opening_echoesOurSubprotocolAndNeverTheToken() {
    Ask ask =
        Ask.app(app, Transport.FLYLINE_V1).subprotocols("bearer." + Tokens.of(app), "flyline.v1");

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.head().headers().get("sec-websocket-protocol"))
          .containsExactly("flyline.v1");
      assertThat(client.head().header("sec-websocket-accept")).contains(HandshakeKey.accepted());
      assertThat(client.head().header("x-content-type-options")).contains("nosniff");
    }
  }

  @Test
  void opening_withForeignSubprotocolsEchoesNone() {
    Ask ask = Ask.app(app, Transport.WEBSOCKET).subprotocols("bearer." + Tokens.of(app), "x");

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.head().header("sec-websocket-protocol")).isEmpty();
    }
  }

  @Test
  void opening_echoesTheVerbatimSubprotocol() {
    Ask ask = ask(Transport.WEBSOCKET).subprotocols("flyline.verbatim", "x");

    try (LogClient client = kit.router().live(ask.with("tail", 0), app)) {
      assertThat(client.head().headers().get("sec-websocket-protocol"))
          .containsExactly("flyline.verbatim");
      kit.nats().publish("logs." + app + ".fra.m1", "verbatim");
      assertThat(client.next().payload()).isEqualTo("verbatim");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "flyline.v1, flyline.verbatim, flyline.v1",
    "flyline.verbatim, flyline.v1, flyline.verbatim",
    "flyline.v2, flyline.verbatim, flyline.verbatim",
    "FLYLINE.VERBATIM, flyline.v1, flyline.v1"
  })
  void opening_takesTheFirstSubprotocolThatIsKnown(String first, String second, String taken) {
    Transport transport = taken.equals("flyline.v1") ? Transport.FLYLINE_V1 : Transport.WEBSOCKET;

    try (LogClient client = kit.router().open(ask(transport).subprotocols(first, second))) {
      assertThat(client.head().headers().get("sec-websocket-protocol")).containsExactly(taken);
    }
  }

  /** Java's client fails a handshake that does not echo what it has offered, as browsers do. */
  @Test
  void clientThatWantsAnEcho_getsTheVerbatimFormWithATokenInASubprotocol() throws Exception {
    var uri = "ws://127.0.0.1:" + kit.router().httpPort() + "/v1/apps/" + app + "/logs?tail=0";
    var line = new CompletableFuture<String>();
    var listener =
        new WebSocket.Listener() {
          @Override
          public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
            line.complete(text.toString());
            return WebSocket.Listener.super.onText(socket, text, last);
          }
        };
    try (var client = HttpClient.newHttpClient()) {
      WebSocket socket =
          client
              .newWebSocketBuilder()
              .subprotocols("flyline.verbatim", "bearer." + Tokens.of(app))
              .buildAsync(URI.create(uri), listener)
              .get(90, TimeUnit.SECONDS);
      kit.nats().awaitReader(app);
      kit.nats().publish("logs." + app + ".fra.m1", "to a browser");

      assertThat(line.get(90, TimeUnit.SECONDS)).isEqualTo("to a browser");
      assertThat(socket.getSubprotocol()).isEqualTo("flyline.verbatim");
      socket.abort();
    }
  }

  @Test
  void compression_isNotAccepted() {
    String offer = "Sec-WebSocket-Extensions: permessage-deflate, x-webkit-deflate-frame";

    try (LogClient client = kit.router().open(ask(Transport.WEBSOCKET).header(offer))) {
      assertThat(client.head().header("sec-websocket-extensions")).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 8, 426",
    "Sec-WebSocket-Version: 13, X-Other: 1, 426",
    "Connection: Upgrade, Connection: keep-alive, 400",
    "Sec-WebSocket-Key: " + HandshakeKey.KEY + ", X-Other: 1, 400",
    "Sec-WebSocket-Key: " + HandshakeKey.KEY + ", Sec-WebSocket-Key: c2hvcnQ=, 400",
    "Sec-WebSocket-Key: " + HandshakeKey.KEY + ", Sec-WebSocket-Key: not base64 at all!!, 400",
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 13|Content-Length: 3, 400",
    "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 13|Transfer-Encoding: chunked, 400"
  })
  void opening_thatIsFlawedIsRefused(String header, String instead, int status) throws IOException {
    String request =
        ask(Transport.WEBSOCKET).request().replace(header, instead.replace("|", "\r\n"));
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      wire.send(request);
      HttpHead head = HttpHead.read(wire, Deadline.soon());

      assertThat(head.status()).isEqualTo(status);
      assertThat(head.header("content-type")).contains("application/problem+json");
      if (status == 426) {
        assertThat(head.header("sec-websocket-version")).contains("13");
      }
    }
  }

  /** As Firefox asks. */
  @ParameterizedTest
  @ValueSource(strings = {"keep-alive, Upgrade", "UPGRADE", "upgrade,keep-alive"})
  void opening_findsUpgradeAmongOtherOptions(String options) throws IOException {
    String request =
        ask(Transport.WEBSOCKET).request().replace("Connection: Upgrade", "Connection: " + options);
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      wire.send(request);
      assertThat(HttpHead.read(wire, Deadline.soon()).status()).isEqualTo(101);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void ping_isAnsweredWithItsPayload(Transport transport) throws IOException {
    byte[] payload = "12345".getBytes(US_ASCII);
    try (LogClient client = kit.router().live(app, transport)) {
      client.wire().send(WebSocketSource.frame(WebSocketSource.PING, true, payload));

      Wire wire = client.wire();
      wire.need(2 + payload.length, Deadline.soon());
      assertThat(wire.take(2)).containsExactly(0x8A, payload.length);
      assertThat(wire.take(payload.length)).isEqualTo(payload);
    }
  }

  /** The router echoes the code, sends nothing behind it, and closes the connection. */
  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void close_ofTheClientIsAnsweredAndEndsTheStream(Transport transport) throws IOException {
    try (LogClient client = kit.router().live(app, transport)) {
      client.wire().send(WebSocketSource.frame(WebSocketSource.CLOSE, true, new byte[] {3, -23}));
      Lines.publish(kit.nats(), app, 1, 1);

      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(1001));
      assertThat(sendsMore(client.wire())).isFalse();
    }
  }

  private static boolean sendsMore(Wire wire) throws IOException {
    try {
      return wire.has(1, Deadline.soon());
    } catch (SocketException reset) {
      return false; // by what the client sent to a connection that was closed
    }
  }

  @Test
  void close_withoutACodeIsAnsweredWithoutOne() throws IOException {
    try (LogClient client = kit.router().live(app, Transport.WEBSOCKET)) {
      client.wire().send(WebSocketSource.frame(WebSocketSource.CLOSE, true, new byte[0]));

      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(1005));
    }
  }

  @Test
  void frame_over64KiBIsRefusedByItsLengthAlone() throws IOException {
    byte[] head = {(byte) 0x81, (byte) 0xFF, 0, 0, 0, 0, 0, 1, 0, 1}; // 65,537 bytes, none sent
    try (LogClient client = kit.router().live(app, Transport.WEBSOCKET)) {
      client.wire().send(head);

      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(1009));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void message_over64KiBIsRefusedWhenItHasGrownSoFar(Transport transport) throws IOException {
    try (LogClient client = kit.router().live(app, transport)) {
      Wire wire = client.wire();
      wire.send(WebSocketSource.frame(WebSocketSource.TEXT, false, new byte[40_000]));
      wire.send(WebSocketSource.frame(WebSocketSource.CONTINUATION, true, new byte[40_000]));

      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(1009));
    }
  }

  @Test
  void message_inPartsIsPutTogether() throws IOException {
    byte[] bad = "{\"type\":\"nonsense\"}".getBytes(US_ASCII);
    byte[] good = "{\"type\":\"pause\"}".getBytes(US_ASCII);
    try (LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
      sendInParts(client.wire(), good);
      sendInParts(client.wire(), bad);

      assertThat(client.await(Seen.Bye.class).code()).isEqualTo("bad_request");
      assertThat(client.see()).isEqualTo(new Seen.End(4400));
    }
  }

  private static void sendInParts(Wire wire, byte[] message) throws IOException {
    for (int i = 0; i < message.length; i++) {
      wire.send(
          WebSocketSource.frame(
              i == 0 ? WebSocketSource.TEXT : WebSocketSource.CONTINUATION,
              i == message.length - 1,
              new byte[] {message[i]}));
    }
  }

  /** A stream that follows has its connection to itself, and says so. */
  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"SSE", "NDJSON", "ENVELOPE", "TEXT"})
  void httpStream_saysThatTheConnectionEndsWithIt(Transport transport) {
    try (LogClient client = kit.router().open(ask(transport))) {
      assertThat(client.head().header("connection")).contains("close");
      assertThat(client.head().header("x-content-type-options")).contains("nosniff");
    }
    try (LogClient client = kit.router().open(ask(transport).with("follow", "false"))) {
      assertThat(client.head().header("connection")).isEqualTo(Optional.empty());
    }
  }
}
