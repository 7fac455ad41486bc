package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, with which status, in which order, and in which words. */
@Timeout(300)
final class RefusalIT {

  private static final String GOOD = "shop";
  private static final Map<String, String> LIMITS =
      Map.of("limit.viewers", "5", "limit.per.user", "2", "limit.per.app", "3");

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  /** Each row repairs what the one before was refused for, so the order is the contract's. */
  @ParameterizedTest
  @EnumSource
  void refusals_comeInTheContractsOrder(Transport transport) {
    assertRefused(Ask.target("/v1/apps/BAD/log?tail=x", transport), 404);
    assertRefused(Ask.app("BAD", transport).with("tail", "x"), 401);
    Ask badName = Ask.app("BAD", transport).with("tail", "x").token(Tokens.of("BAD"));
    assertRefused(badName, 400);
    Ask notGranted = Ask.app(GOOD, transport).with("tail", "x").token(Tokens.of("other"));
    assertRefused(notGranted, 403);
    Ask badTail = Ask.app(GOOD, transport).with("tail", "x").token(Tokens.of(GOOD));
    assertRefused(badTail.accept(Optional.of("image/png")), 400);
  }

  @Test
  void pageOfAnotherOrigin_isToldSoByACodeOfItsOwn() {
    for (Transport transport : List.of(Transport.FLYLINE_V1, Transport.WEBSOCKET)) {
      Ask socket = Ask.app(GOOD, transport).header("Origin: https://evil.example");
      assertProblem(kit.router().answer(socket.token(Tokens.of(GOOD))), 403, "origin_not_allowed");
      assertProblem(kit.router().answer(socket.token(Tokens.of("other"))), 403, "forbidden");
      assertProblem(kit.router().answer(socket), 401, "unauthenticated");
    }
    Ask why = Ask.plainGet("/v1/apps/" + GOOD + "/logs?follow=false&tail=0").token(Tokens.of(GOOD));
    assertProblem(
        kit.router().answer(why.header("Flyline-Origin: https://evil.example")),
        403,
        "origin_not_allowed");
    assertThat(kit.router().answer(why.header("Flyline-Origin: http://localhost")).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tail=x",
        "tail=-1",
        "tail=1.5",
        "tail=1e3",
        "tail=0x10",
        "since=yesterday",
        "since=e:",
        "since=e:x",
        "since=e:-1",
        "since=E:1",
        "since=:1",
        "since=-15m",
        "since=15",
        "since=2026-13-01T00:00:00Z",
        "since=2026-11-20",
        "since=e:99999999999999999999999",
        "follow=maybe"
      })
  void parameters_thatAreMalformedGet400(String query) {
    String target = "/v1/apps/" + GOOD + "/logs?" + query;
    HttpAnswer answer = kit.router().answer(Ask.plainGet(target).token(Tokens.of(GOOD)));

    assertProblem(answer, 400, "bad_request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "application/json", "text/html"})
  void accept_ofNoTransportGets406(String accept) {
    Ask ask = Ask.app(GOOD, Transport.TEXT).token(Tokens.of(GOOD)).accept(Optional.of(accept));

    assertRefused(ask, 406);
  }

  @Test
  void methods_otherThanGetGet405() {
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH")) {
      String request = Ask.app(GOOD, Transport.TEXT).token(Tokens.of(GOOD)).request();
      HttpAnswer answer =
          kit.router()
              .answer(
                  method
                      + request.substring(3, request.length() - 2)
                      + "Content-Length: 0\r\n\r\n");
      assertThat(answer.status()).as(method).isEqualTo(405);
      assertThat(answer.header("content-type").orElseThrow())
          .startsWith("application/problem+json");
    }
  }

  @Test
  void forbidden_saysTheSameOfAppsThatExistAndOfOthers() {
    String token = Tokens.of("mine");
    try (LogClient _ = kit.router().live(GOOD, Transport.FLYLINE_V1)) {
      HttpAnswer exists = kit.router().answer(Ask.app(GOOD, Transport.TEXT).token(token));
      HttpAnswer doesNot = kit.router().answer(Ask.app("none-such", Transport.TEXT).token(token));

      assertProblem(exists, 403, "forbidden");
      assertThat(doesNot.body()).isEqualTo(exists.body());
      assertThat(doesNot.head().headers().keySet()).isEqualTo(exists.head().headers().keySet());
    }
  }

  @Test
  void wildcardsInAGrant_areNoWildcards() {
    for (String granted : List.of("*", ">", "sho*", "")) {
      Ask ask = Ask.app(GOOD, Transport.TEXT).token(Tokens.of(granted));
      assertRefused(ask, 403);
    }
  }

  @Test
  void limits_ofUserAppAndRouterGet429() {
    try (TestRouter small = TestRouter.start(kit.nats(), LIMITS);
        LogClient _ = small.open(ask("u", "a"));
        LogClient second = small.open(ask("u", "a"))) {
      assertTooMany(small.answer(ask("u", "b")));
      assertTooMany(small.answer(socket("u", "b")));
      try (LogClient _ = small.open(ask("v", "a"))) {
        assertTooMany(small.answer(ask("w", "a")));
        try (LogClient _ = small.open(ask("v", "b"));
            LogClient _ = small.open(ask("w", "b"))) {
          assertTooMany(small.answer(ask("x", "c")));
        }
      }
      second.cut();
      awaitRoom(small, ask("u", "b"));
    }
  }

  /** A router learns of a client's leaving soon after, not at once. */
  private static void awaitRoom(TestRouter small, Ask ask) {
    var deadline = Deadline.soon();
    while (small.answer(ask.with("follow", "false")).status() == 429) {
      assertThat(deadline.passed()).as("room was not made in time").isFalse();
    }
  }

  @Test
  void malformedParameters_areToldBeforeLimits() {
    try (TestRouter small = TestRouter.start(kit.nats(), LIMITS);
        LogClient _ = small.open(ask("u", "a"));
        LogClient _ = small.open(ask("u", "a"))) {
      assertProblem(small.answer(ask("u", "a").with("tail", "x")), 400, "bad_request");
      assertThat(small.answer(ask("u", "a").accept(Optional.of("image/png"))).status())
          .isEqualTo(406);
      assertProblem(
          small.answer(Ask.app("z", Transport.TEXT).token(Tokens.user("u", "a"))),
          403,
          "forbidden");
    }
  }

  private static Ask ask(String user, String app) {
    return Ask.app(app, Transport.TEXT).token(Tokens.user(user, app));
  }

  private static Ask socket(String user, String app) {
    return Ask.app(app, Transport.FLYLINE_V1).token(Tokens.user(user, app));
  }

  private static void assertTooMany(HttpAnswer answer) {
    assertThat(answer.status()).isEqualTo(429);
    assertThat(answer.code()).startsWith("too_many_");
    assertThat(Integer.parseInt(answer.header("retry-after").orElseThrow())).isPositive();
    assertThat(answer.json().getString("detail")).isNotBlank();
  }

  private static void assertRefused(Ask ask, int status) {
    String code =
        switch (status) {
          case 400 -> "bad_request";
          case 401 -> "unauthenticated";
          case 403 -> "forbidden";
          default -> "";
        };
    assertProblem(kit.router().answer(ask), status, code);
  }

  /** An empty code stands for one that the contract does not name. */
  private static void assertProblem(HttpAnswer answer, int status, String code) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(status);
    assertThat(answer.header("content-type").orElseThrow()).startsWith("application/problem+json");
    assertThat(answer.code()).isNotEqualTo("(none)");
    if (!code.isEmpty()) {
      assertThat(answer.code()).isEqualTo(code);
    }
    assertThat(answer.json().getString("detail")).isNotBlank();
  }
}
