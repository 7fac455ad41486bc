package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How a client says which app and which form it wants, and how it learns what it got. */
@Timeout(300)
final class NegotiationIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @ParameterizedTest
  @CsvSource({
    "text/event-stream, text/event-stream",
    "application/x-ndjson, application/x-ndjson",
    "text/plain, text/plain",
    "*/*, text/plain",
    "text/*, text/plain",
    "'text/event-stream, */*;q=0.1', text/event-stream"
  })
  void accept_choosesTheForm(String accept, String type) {
    Ask ask = Ask.app(app, Transport.TEXT).token(Tokens.of(app)).accept(Optional.of(accept));

    HttpAnswer answer = kit.router().answer(ask.with("follow", "false"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type").orElseThrow()).startsWith(type);
  }

  @Test
  void noAccept_getsText() {
    Lines.history(kit.nats(), kit.router(), app, 1, 3);
    Ask ask = Ask.plainGet("/v1/apps/" + app + "/logs").token(Tokens.of(app));

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.head().header("content-type").orElseThrow()).startsWith("text/plain");
      assertThat(client.messages(3)).isEqualTo(Lines.messages(1, 3));
    }
  }

  @Test
  void text_saysWhereEachLineComesFrom() {
    String payload =
        """
        {"log":{"level":"warn"},"message":"slow query","timestamp":"2026-11-20T12:00:00.123456789Z"}\
        """;
    try (LogClient client = kit.router().live(app, Transport.TEXT)) {
      kit.nats().publish("logs." + app + ".fra.m1", payload);

      Seen.Plain line = client.next().plain().orElseThrow();
      assertThat(line.time().toString()).startsWith("2026-11-20T12:00:00.123");
      assertThat(line.region()).isEqualTo("fra");
      assertThat(line.machine()).isEqualTo("m1");
      assertThat(line.level()).isEqualTo("warn");
      assertThat(line.message()).isEqualTo("slow query");
    }
  }

  @Test
  void sse_isNeverCachedAndSaysWhenToComeBack() {
    try (LogClient client = kit.router().live(app, Transport.SSE)) {
      assertThat(client.head().header("cache-control").orElseThrow())
          .containsAnyOf("no-store", "no-cache");
      assertThat(client.sse().retryMs()).isPresent();
    }
  }

  @Test
  void sse_lastEventIdWinsOverSince() {
    List<Seen.Line> lines = Lines.history(kit.nats(), kit.router(), app, 1, 20);
    String seventh = lines.get(6).at().orElseThrow().toString();
    Ask ask =
        Ask.app(app, Transport.SSE)
            .token(Tokens.of(app))
            .with("since", lines.get(14).at().orElseThrow().toString())
            .header("Last-Event-ID: " + seventh);

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.messages(13)).isEqualTo(Lines.messages(8, 20));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @Test
  void sse_reconnectAfterTheEndGets204() {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    Ask ask = Ask.app(app, Transport.SSE).token(Tokens.of(app)).with("follow", "false");

    try (LogClient client = kit.router().open(ask)) {
      client.rest();
      String last = client.sse().lastEventId();
      assertThat(kit.router().answer(ask.header("Last-Event-ID: " + last)).status()).isEqualTo(204);
    }
  }

  @Test
  void webSocket_isAcceptedWithoutCompression() {
    Ask ask =
        Ask.app(app, Transport.WEBSOCKET)
            .token(Tokens.of(app))
            .header("Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits");

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.head().header("sec-websocket-accept")).contains(HandshakeKey.accepted());
      assertThat(client.head().header("sec-websocket-extensions")).isEmpty();
      assertThat(client.head().header("sec-websocket-protocol")).isEmpty();
    }
  }

  @Test
  void webSocket_offeringOtherSubprotocolsGetsLinesVerbatim() {
    Ask ask = Ask.app(app, Transport.WEBSOCKET).token(Tokens.of(app)).with("tail", 0);

    try (LogClient client = kit.router().live(ask.subprotocols("graphql-ws", "flyline.v9"), app)) {
      assertThat(client.head().header("sec-websocket-protocol")).isEmpty();
      Lines.publish(kit.nats(), app, 1, 1);
      assertThat(client.next().payload()).isEqualTo(Lines.payload(1));
    }
  }

  @Test
  void webSocket_offeringFlylineAmongOthersGetsFrames() {
    Ask ask = Ask.app(app, Transport.FLYLINE_V1).token(Tokens.of(app));

    try (LogClient client = kit.router().open(ask.subprotocols("other", "flyline.v1"))) {
      assertThat(client.head().header("sec-websocket-protocol")).contains("flyline.v1");
      assertThat(client.see()).isInstanceOf(Seen.Hello.class);
    }
  }

  @Test
  void webSocket_takesItsTokenFromASubprotocolThatIsNotEchoed() {
    Ask ask = Ask.app(app, Transport.FLYLINE_V1);

    try (LogClient client =
        kit.router().open(ask.subprotocols("flyline.v1", "bearer." + Tokens.of(app)))) {
      assertThat(client.head().header("sec-websocket-protocol")).contains("flyline.v1");
      assertThat(client.see()).isInstanceOf(Seen.Hello.class);
    }
    Ask forged = ask.subprotocols("flyline.v1", "bearer." + Tokens.of(app) + "x");
    assertThat(kit.router().answer(forged).status()).isEqualTo(401);
    Ask other = ask.subprotocols("flyline.v1", "bearer." + Tokens.of("other"));
    assertThat(kit.router().answer(other).status()).isEqualTo(403);
  }

  @Test
  void token_inTheUrlIsNotLookedAt() {
    for (String name : List.of("token", "access_token", "bearer", "jwt")) {
      Ask ask = Ask.app(app, Transport.TEXT).with(name, Tokens.of(app)).with("follow", "false");
      assertThat(kit.router().answer(ask).status()).as(name).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @EnumSource
  void logs_isTheOnlyAppOfTheToken(Transport transport) {
    Ask ask = Ask.target("/logs", transport).token(Tokens.of(app)).with("tail", 0);

    try (LogClient client = kit.router().live(ask, app)) {
      Lines.publish(kit.nats(), app, 1, 2);
      assertThat(client.messages(2)).isEqualTo(Lines.messages(1, 2));
    }
  }

  @ParameterizedTest
  @EnumSource
  void logs_takesTheAppFromTheQuery(Transport transport) {
    Ask ask = Ask.target("/logs", transport).token(Tokens.of("other", app));

    try (LogClient client = kit.router().live(ask.with("app", app).with("tail", 0), app)) {
      Lines.publish(kit.nats(), app, 1, 2);
      assertThat(client.messages(2)).isEqualTo(Lines.messages(1, 2));
    }
    assertThat(kit.router().answer(ask).status()).isEqualTo(400);
    assertThat(kit.router().answer(ask.with("app", "third")).status()).isEqualTo(403);
    assertThat(kit.router().answer(ask.with("app", "a.>")).status()).isEqualTo(400);
  }

  @Test
  void apps_areThoseOfTheToken() {
    Ask ask = Ask.plainGet("/v1/apps");

    HttpAnswer answer = kit.router().answer(ask.token(Tokens.of("blog", "shop")));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type").orElseThrow()).startsWith("application/json");
    assertThat(answer.json().getJsonArray("apps")).containsExactly("blog", "shop");
    assertThat(kit.router().answer(ask).status()).isEqualTo(401);
  }
}
