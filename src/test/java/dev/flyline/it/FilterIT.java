package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code filter=} on every transport: history and live lines alike, and its refusals. */
@Timeout(300)
final class FilterIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  /** One in ten fails, and each of those has a frame of its stack behind it. */
  private static String message(int n) {
    return switch (n % 10) {
      case 0 -> "ERROR order " + n + " timed out after 30 ms";
      case 1 -> "\tat shop.Cart.pay(Cart.java:" + n + ")";
      case 2 -> "{\"level\":\"warn\",\"order\":" + n + ",\"user\":{\"name\":\"Zoë\"}}";
      default -> "GET /order/" + n + " 200";
    };
  }

  private void publish(int first, int last) {
    for (int n = first; n <= last; n++) {
      var payload =
          new JsonObject()
              .put("event", new JsonObject().put("provider", n % 2 == 0 ? "app" : "proxy"))
              .put("log", new JsonObject().put("level", "info"))
              .put("message", message(n));
      kit.nats().send("logs." + app + ".fra.m1", payload.toBuffer().getBytes());
    }
    kit.nats().flush();
  }

  private void history(int first, int last) {
    try (LogClient watcher = kit.router().live(app, Transport.FLYLINE_V1)) {
      publish(first, last);
      watcher.lines(last - first + 1);
    }
  }

  private Ask ask(Transport transport, String filter) {
    return Ask.app(app, transport).token(Tokens.of(app)).with("filter", filter);
  }

  private static List<String> messages(int... numbers) {
    var messages = new ArrayList<String>();
    for (int n : numbers) {
      messages.add(message(n));
    }
    return messages;
  }

  @ParameterizedTest
  @EnumSource
  void filter_choosesLinesOfHistoryAndLive(Transport transport) {
    history(1, 100);

    Ask timeouts = ask(transport, "\"timed OUT\" -/order [0-5]0 /").with("tail", 3);
    try (LogClient client = kit.router().live(timeouts, app)) {
      assertThat(client.messages(3)).isEqualTo(messages(80, 90, 100));
      publish(101, 130);
      assertThat(client.messages(3)).isEqualTo(messages(110, 120, 130));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void filter_readsFieldsAndLevels(Transport transport) {
    history(1, 40);

    assertThat(ended(ask(transport, "@order:12..32 @user.name:zo*")))
        .isEqualTo(messages(12, 22, 32));
    assertThat(ended(ask(transport, "@level:warn @provider:app @order:>30")))
        .isEqualTo(messages(32));
    assertThat(ended(ask(transport, "@level:info \"/order/3\" -@provider:app")))
        .isEqualTo(messages(3, 33, 35, 37, 39));
    assertThat(ended(ask(transport, "nothing OR @region:iad"))).isEmpty();
    assertThat(ended(ask(transport, " "))).hasSize(40);
  }

  /** Also where a viewer begins to read within the trace. */
  @ParameterizedTest
  @EnumSource
  void stackTrace_hasTheLevelOfItsError(Transport transport) {
    try (LogClient client =
        kit.router().live(ask(transport, "@level:>=error").with("tail", 0), app)) {
      publish(20, 33); // at once: what comes 50 ms later is no part of the trace
      assertThat(client.messages(4)).isEqualTo(messages(20, 21, 30, 31));
    }
    assertThat(ended(ask(transport, "@level:>=error").with("tail", 1))).isEqualTo(messages(31));
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void filteredLines_keepTheirPositions(Transport transport) {
    history(1, 50);

    try (LogClient all = kit.router().open(Ask.app(app, transport).token(Tokens.of(app)));
        LogClient some = kit.router().open(ask(transport, "ERROR"))) {
      List<Position> positions =
          all.lines(50).stream().map(line -> line.at().orElseThrow()).toList();
      List<Position> found = some.lines(5).stream().map(l -> l.at().orElseThrow()).toList();
      assertThat(found).isEqualTo(List.of(9, 19, 29, 39, 49).stream().map(positions::get).toList());
      try (LogClient resumed =
          kit.router().open(ask(transport, "ERROR").with("since", found.get(2).toString()))) {
        assertThat(resumed.messages(2)).isEqualTo(messages(40, 50));
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '→',
      value = {
        "a (b → 2",
        "timeout OR → 10",
        "\"open → 0",
        "/login → 0",
        "x /((a{100}){100}){100}/ → 2",
        "@level:loud → 7",
        "@status:>many → 8",
        "ü( → 2"
      })
  void malformedFilter_getsItsPlaceAndAHint(String filter, int position) {
    for (Transport transport : Transport.values()) {
      HttpAnswer answer = kit.router().answer(ask(transport, filter));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(answer.header("content-type").orElseThrow())
          .startsWith("application/problem+json");
      assertThat(answer.code()).isEqualTo("bad_request");
      assertThat(answer.json().getString("detail")).startsWith("filter: ");
      assertThat(answer.json().getInteger("position")).isEqualTo(position);
      assertThat(answer.json().getString("hint")).isNotBlank();
    }
  }

  @Test
  void filter_isBoundedAndGivenOnce() {
    String longest = "ü".repeat(512);

    assertThat(ended(ask(Transport.TEXT, longest))).isEmpty();
    HttpAnswer tooLong = kit.router().answer(ask(Transport.TEXT, longest + "x"));
    assertThat(tooLong.json().getInteger("position")).isEqualTo(512);
    HttpAnswer twice = kit.router().answer(ask(Transport.TEXT, "a").with("filter", "b"));
    assertThat(twice.status()).isEqualTo(400);
    HttpAnswer zero = kit.router().answer(ask(Transport.TEXT, "a\u0000b"));
    assertThat(zero.json().getInteger("position")).isEqualTo(1);
    HttpAnswer other = kit.router().answer(ask(Transport.TEXT, "a").with("tail", "x"));
    assertThat(other.json().containsKey("position")).isFalse();
  }

  private static List<String> ended(Ask ask) {
    try (LogClient client = kit.router().open(ask.with("follow", "false"))) {
      return client.rest().stream()
          .filter(Seen.Line.class::isInstance)
          .map(seen -> ((Seen.Line) seen).message())
          .toList();
    }
  }
}
