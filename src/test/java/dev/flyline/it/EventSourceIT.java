package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What an EventSource does by itself: it opens a stream again whenever one ends, until it gets a
 * 204, and never again after any other status but 200.
 */
@Timeout(300)
@SideBySide
final class EventSourceIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @Test
  void end_afterLinesThatAFilterHidIsTheEnd() {
    Lines.history(kit.nats(), kit.router(), app, 1, 20);
    Ask ask = finite().with("region", "fra"); // line 19; the 20th is of iad
    assertThat(kit.router().answer(ask.header("Last-Event-ID: " + idOfEnd(ask))).status())
        .isEqualTo(204);
  }

  @Test
  void end_ofABusyAppIsTheEnd() {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    String id = idOfEnd(finite());
    Lines.history(kit.nats(), kit.router(), app, 6, 50);
    assertThat(kit.router().answer(finite().header("Last-Event-ID: " + id)).status())
        .isEqualTo(204);
    assertThat(kit.router().answer(finite().with("lastEventId", id)).status()).isEqualTo(204);
  }

  @Test
  void end_ofAnAppWithoutALineIsTheEnd() {
    String id = idOfEnd(finite());
    assertThat(kit.router().answer(finite().header("Last-Event-ID: " + id)).status())
        .isEqualTo(204);
  }

  @Test
  void end_ofAnotherRoutersStreamIsTheEnd() {
    Ask ask = finite().header("Last-Event-ID: 7-elsewhere:41:end");
    assertThat(kit.router().answer(ask).status()).isEqualTo(204);
  }

  @Test
  void connection_thatBrokeHalfwayGetsTheRest() {
    Position half = Lines.history(kit.nats(), kit.router(), app, 1, 20).get(9).at().orElseThrow();
    try (LogClient client = kit.router().open(finite().header("Last-Event-ID: " + half))) {
      assertThat(client.messages(10)).isEqualTo(Lines.messages(11, 20));
    }
  }

  /** Whoever keeps the id and then asks for more gets what came after it. */
  @Test
  void end_isAPositionToGoOnFrom() {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    String id = idOfEnd(finite());
    Lines.history(kit.nats(), kit.router(), app, 6, 9);
    Ask ask = Ask.app(app, Transport.SSE).token(Tokens.of(app));
    for (Ask again : List.of(ask.header("Last-Event-ID: " + id), ask.with("since", id))) {
      try (LogClient client = kit.router().open(again)) {
        assertThat(client.messages(4)).isEqualTo(Lines.messages(6, 9));
        assertThat(client.gaps()).isEmpty();
      }
    }
  }

  /** Reads to the end as an EventSource does, and returns what it would send next. */
  private static String idOfEnd(Ask ask) {
    try (LogClient client = kit.router().open(ask)) {
      List<Seen> seen = client.rest();
      assertThat(seen.get(seen.size() - 2)).isInstanceOf(Seen.Bye.class);
      return client.sse().lastEventId();
    }
  }

  private Ask finite() {
    return Ask.app(app, Transport.SSE).token(Tokens.of(app)).with("follow", "false");
  }

  // ---- libraries that cannot set the header ----

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastEventId", // Yaffle's EventSource and event-source-polyfill, better-sse
        "lastEventID", // Mercure
        "Last-Event-ID", // Mercure until its version 0.8
        "Last-Event-Id",
        "last-event-id",
        "last_event_id",
        "evs_last_event_id", // amvtek's eventsource-polyfill
        "LASTEVENTID"
      })
  void lastEventId_isTakenFromTheQuery(String name) {
    Position seventh =
        Lines.history(kit.nats(), kit.router(), app, 1, 20).get(6).at().orElseThrow();
    for (Transport transport : Transport.values()) {
      Ask ask = Ask.app(app, transport).token(Tokens.of(app)).with(name, seventh.toString());
      try (LogClient client = kit.router().open(ask)) {
        assertThat(client.messages(13)).isEqualTo(Lines.messages(8, 20));
        assertThat(client.gaps()).isEmpty();
      }
    }
  }

  @Test
  void lastEventId_ofTheHeaderWins() {
    List<Seen.Line> lines = Lines.history(kit.nats(), kit.router(), app, 1, 20);
    Ask ask =
        Ask.app(app, Transport.SSE)
            .token(Tokens.of(app))
            .with("lastEventId", lines.get(2).at().orElseThrow().toString())
            .with("since", "earliest")
            .header("Last-Event-ID: " + lines.get(17).at().orElseThrow());
    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.messages(2)).isEqualTo(Lines.messages(19, 20));
    }
  }

  @Test
  void lastEventId_ofAQueryThatIsNoPositionIsAnUnknownEpoch() {
    Lines.history(kit.nats(), kit.router(), app, 1, 5);
    Ask ask = Ask.app(app, Transport.SSE).token(Tokens.of(app)).with("lastEventId", "garbage");
    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.messages(5)).isEqualTo(Lines.messages(1, 5));
      assertThat(client.gaps()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id=0-abc:17",
        "x=7-x9k2:41",
        "x=7-x9k2:41:end",
        "position=17",
        "cursor=abc",
        "offset=3",
        "last_id=3",
        "lastid=3",
        "eventId=3",
        "previousEventId=",
        "after=e:1",
        "lastEventId=e:1&last-event-id=e:2"
      })
  void parameter_thatLooksLikeAPositionIsRefused(String query) {
    Ask ask = Ask.target("/v1/apps/" + app + "/logs?" + query, Transport.SSE).token(Tokens.of(app));
    HttpAnswer answer = kit.router().answer(ask);
    assertThat(answer.status()).as(query).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("bad_request");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "lastEventId=",
        "lastEventId=e:1&lastEventId=e:1",
        "evs_preamble=1",
        "_=1795176000120",
        "nocache=0.17",
        "since=earliest"
      })
  void parameter_thatIsNoneIsPassedOver(String query) {
    Ask ask =
        Ask.target("/v1/apps/" + app + "/logs?follow=false&" + query, Transport.SSE)
            .token(Tokens.of(app));
    assertThat(kit.router().answer(ask).status()).as(query).isEqualTo(200);
  }

  // ---- a planned stop ----

  @Test
  void stoppingRouter_tellsAnEventSourceToComeBack() throws Exception {
    try (TestRouter leaving = TestRouter.start(kit.nats(), Map.of("drain", "3s"))) {
      var stopped = leaving.stop();
      Ask text = Ask.app(app, Transport.TEXT).token(Tokens.of(app)).with("follow", "false");
      while (leaving.answer(text).status() == 200) {} // until refused; the timeout bounds this
      assertThat(leaving.answer(text).status()).isEqualTo(503);

      Ask ask = Ask.app(app, Transport.SSE).token(Tokens.of(app)).header("Last-Event-ID: e:17");
      for (Ask sse : List.of(ask, ask.with("follow", "false"))) {
        HttpAnswer answer = leaving.answer(sse);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("content-type")).contains("text/event-stream");
        assertThat(answer.body()) // no id: the position is the client's own
            .matches("event: bye\\nretry: 1\\d{3}\\ndata: .*\"restart\".*\\n\\n");
      }
      assertThat(leaving.answer(ask.token("bad")).status()).isEqualTo(401);
      stopped.await(90, TimeUnit.SECONDS);
    }
  }

  // ---- a token of several apps ----

  @Test
  void tokenOfSeveralApps_isToldToNameOne() {
    HttpAnswer answer = kit.router().answer(Ask.plainGet("/logs").token(Tokens.of("shop", "blog")));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().getString("detail")).endsWith("name one: ?app= blog, shop");
    assertThat(
            kit.router()
                .answer(
                    Ask.plainGet("/logs?app=blog&follow=false").token(Tokens.of("shop", "blog")))
                .status())
        .isEqualTo(200);
    String bad =
        kit.router().answer(Ask.plainGet("/logs?app=..").token(Tokens.of("shop", "blog"))).body();
    assertThat(bad).contains("must match").doesNotContain("blog");
  }
}
