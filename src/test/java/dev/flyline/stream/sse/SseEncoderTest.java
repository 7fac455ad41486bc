package dev.flyline.stream.sse;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.stream.EndReason;
import dev.flyline.stream.Samples;
import dev.flyline.stream.StreamMessage;
import dev.flyline.stream.Whatwg;
import org.junit.jupiter.api.Test;

final class SseEncoderTest {

  private static final SseEncoder ENCODER = SseEncoder.INSTANCE;

  @Test
  void batch_isAnEventPerLineWithItsPosition() {
    assertThat(text(ENCODER.batch(Samples.mixed(), Samples.onlyRegion("fra"))))
        .isEqualTo(
            """
            id: 7-x9k2:42
            data: {"a":1}

            id: 7-x9k2:44
            data: plain

            event: gap
            id: 7-x9k2:45
            data: {"type":"gap","app":"shop","from":"7-x9k2:45","to":"7-x9k2:45","count":null,"cause":"upstream"}

            """);
  }

  @Test
  void payload_isSplitAtEveryKindOfLineBreak() {
    assertThat(data("a\rb\nc\r\nd")).isEqualTo("data: a\ndata: b\ndata: c\ndata: d\n");
    assertThat(data("a\n\rb")).isEqualTo("data: a\ndata: \ndata: b\n");
    assertThat(data("a\r\n")).isEqualTo("data: a\ndata: \n");
    assertThat(data("")).isEqualTo("data: \n");
    assertThat(data("a\0\t\u001bb")).isEqualTo("data: a\0\t\u001bb\n");
  }

  @Test
  void gap_movesTheClientUnlessItWasPassed() {
    String data =
        "data: {\"type\":\"gap\",\"app\":\"shop\",\"from\":\"7-x9k2:42\",\"to\":\"7-x9k2:99\","
            + "\"count\":58,\"cause\":\"slow\"}\n\n";

    assertThat(text(ENCODER.gap(Samples.SHOP, Samples.SLOW, false)))
        .isEqualTo("event: gap\nid: 7-x9k2:99\n" + data);
    assertThat(text(ENCODER.gap(Samples.SHOP, Samples.SLOW, true)))
        .isEqualTo("event: gap\n" + data);
  }

  @Test
  void messages_areNamedEvents() {
    assertThat(text(Samples.told(ENCODER, Samples.HELLO)))
        .isEqualTo(
            """
            event: hello
            retry: 2000
            id: 7-x9k2:41
            data: {"type":"hello","app":"shop","node":"n\\"1","region":"fra","epoch":"7-x9k2",\
            "oldest":1,"head":41,"at":"7-x9k2:41","expires":1763683200}

            """);
    assertThat(text(Samples.told(ENCODER, Samples.NOTICE)))
        .isEqualTo(
            """
            event: notice
            data: {"type":"notice","code":"nats_reconnecting","detail":"say \\"hi\\"\\n"}

            """);
    assertThat(text(Samples.told(ENCODER, Samples.BYE)))
        .isEqualTo(
            """
            event: bye
            retry: 1200
            data: {"type":"bye","code":"restart","reconnect":true,"after_ms":1200}

            """);
    assertThat(ENCODER.message(Samples.EXPIRING)).isNull();
  }

  @Test
  void bye_neverMakesABrowserComeBackAtOnce() {
    byte[] bye = Samples.told(ENCODER, new StreamMessage.Bye(EndReason.END, 0));

    assertThat(Whatwg.eventSource(bye).retry()).isEqualTo(SseEncoder.RETRY_MS);
  }

  @Test
  void ping_movesTheClientWithoutAnEvent() {
    assertThat(text(ENCODER.ping(Samples.AT))).isEqualTo(": ping\nid: 7-x9k2:41\n\n");

    Whatwg.EventSource seen = Whatwg.eventSource(ENCODER.ping(Samples.AT));
    assertThat(seen.events()).isEmpty();
    assertThat(seen.lastEventId()).isEqualTo("7-x9k2:41");
  }

  @Test
  void hello_givesAnEmptyStreamItsPosition() {
    assertThat(Whatwg.eventSource(Samples.told(ENCODER, Samples.HELLO)).lastEventId())
        .isEqualTo("7-x9k2:41");
  }

  private static String data(String payload) {
    String event = text(ENCODER.batch(Samples.batch(Samples.line(payload)), LineFilter.ALL));
    assertThat(event).startsWith("id: 7-x9k2:42\n").endsWith("\n\n");
    return event.substring("id: 7-x9k2:42\n".length(), event.length() - 1);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
