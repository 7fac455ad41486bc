package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names that would widen a NATS subject to other tenants get 400, even if a token grants them. */
@Timeout(300)
final class BadAppNameIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  /** Absence is shown by what is subscribed later. */
  @AfterEach
  void nothingWasSubscribed() {
    try (LogClient _ = kit.router().live("sentinel", Transport.WEBSOCKET)) {
      assertThat(kit.nats().subscriptions("")).noneMatch(BadAppNameIT::isForeign);
    }
  }

  private static boolean isForeign(String subject) {
    boolean ofClients = subject.startsWith("_INBOX") || subject.startsWith("$");
    return !ofClients && !subject.equals("logs.sentinel.>") && !subject.equals("logs.app.>");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.%3E",
        "a.>",
        "*",
        "%2A",
        ">",
        "%3E",
        "..%2Fb",
        "%2E%2E%2Fb",
        "%2e%2e",
        "a%2Fb",
        "a%5Cb",
        "a.b",
        "a%2Eb",
        "a%252Eb",
        "APP",
        "App",
        "%41pp",
        "app%00",
        "app%0d%0aX-Injected:%20yes",
        "app%20",
        "%20app",
        "app%09",
        "%c0%ae",
        "%C3%A9",
        "\u00e9",
        "%ff",
        "%EF%BC%8A",
        "app%",
        "app%2",
        "app%zz",
        "-app",
        "_app",
        "app_1",
        "app;x=1",
        "app,other",
        "$SYS",
        "a23456789012345678901234567890123456789012345678901234567890abcd"
      })
  void name_thatIsNoAppNameGets400(String name) {
    String token = Tokens.of("app", "a.>", "a.b", "*", ">", "../b", "APP", "App", "-app", "_app");
    for (Transport transport : Transport.values()) {
      HttpAnswer answer = kit.router().answer(Ask.app(name, transport).token(token));
      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.header("x-injected")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a.>", "*", ">", "../b", "..", "a/b", "APP", "app\0", "app\r\nX: y", " ", ""})
  void name_inTheQueryGets400Too(String name) {
    String token = Tokens.of("app", "a.>", "*", ">", "../b", "APP", "");
    Ask ask = Ask.plainGet("/logs").token(token).with("follow", "false");

    assertThat(kit.router().answer(ask.with("app", name)).status()).isEqualTo(400);
  }

  /** A path that leaves the apps is no app's: there is no route, or no such app. */
  @ParameterizedTest
  @ValueSource(strings = {"../b", "..", ".", "", "/", "a/b", "a/../../b"})
  void path_thatLeavesTheAppsIsRefused(String name) {
    HttpAnswer answer =
        kit.router().answer(Ask.app(name, Transport.TEXT).token(Tokens.of("b", "app")));

    assertThat(answer.status()).as(name).isIn(400, 404);
  }

  @Test
  void name_ofSixtyThreeCharactersIsGood() {
    String longest = "a".repeat(63);
    Ask ask = Ask.app(longest, Transport.TEXT).token(Tokens.of(longest)).with("follow", "false");

    assertThat(kit.router().answer(ask).status()).isEqualTo(200);
  }
}
