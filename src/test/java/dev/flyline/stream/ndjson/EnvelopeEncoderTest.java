package dev.flyline.stream.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.stream.Samples;
import org.junit.jupiter.api.Test;

final class EnvelopeEncoderTest {

  private static final EnvelopeEncoder ENCODER = EnvelopeEncoder.INSTANCE;

  @Test
  void batch_isAFramePerLine() {
    assertThat(text(ENCODER.batch(Samples.mixed(), Samples.onlyRegion("fra"))))
        .isEqualTo(
            """
            {"type":"logs","app":"shop","epoch":"7-x9k2","seqs":[42,44],"lines":[{"a":1},"plain"]}
            {"type":"gap","app":"shop","from":"7-x9k2:45","to":"7-x9k2:45","count":null,"cause":"upstream"}
            """);
  }

  @Test
  void lineBreaksBetweenTokens_becomeSpaces() {
    var batch = Samples.batch(Samples.line("{\"a\":\r\n1}\n"), Samples.line("b\n"));

    assertThat(text(ENCODER.batch(batch, LineFilter.ALL)))
        .endsWith("\"lines\":[{\"a\":  1} ,\"b\\n\"]}\n");
  }

  @Test
  void messages_areFramesToo() {
    assertThat(text(Samples.told(ENCODER, Samples.EXPIRING)))
        .isEqualTo("{\"type\":\"expiring\",\"in\":60}\n");
    assertThat(text(ENCODER.ping(Samples.AT)))
        .isEqualTo("{\"type\":\"ping\",\"at\":\"7-x9k2:41\"}\n");
    assertThat(text(Samples.told(ENCODER, Samples.BYE)))
        .isEqualTo(
            "{\"type\":\"bye\",\"code\":\"restart\",\"reconnect\":true,\"after_ms\":1200}\n");
    assertThat(text(Samples.told(ENCODER, Samples.HELLO)))
        .startsWith("{\"type\":\"hello\",")
        .endsWith("}\n");
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
