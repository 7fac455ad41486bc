package dev.flyline.stream.ndjson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.stream.Samples;
import dev.flyline.stream.StreamMessage;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NdjsonEncoderTest {

  private static final NdjsonEncoder ENCODER = NdjsonEncoder.INSTANCE;

  @Test
  void batch_isAValuePerLine() {
    assertThat(text(ENCODER.batch(Samples.mixed(), LineFilter.ALL)))
        .isEqualTo(
            """
            {"a":1}
            {"a":2}
            "plain"
            {"flyline":{"type":"gap","app":"shop","from":"7-x9k2:45","to":"7-x9k2:45","count":null,"cause":"upstream"}}
            {"a":3}
            """);
  }

  @Test
  void lineBreaksBetweenTokens_becomeSpaces() {
    var batch = Samples.batch(Samples.line("{\"a\":\r\n\t1,\n\"b\":\"\\n\"}\n"));

    assertThat(text(ENCODER.batch(batch, LineFilter.ALL)))
        .isEqualTo("{\"a\":  \t1, \"b\":\"\\n\"} \n");
  }

  @Test
  void nothingIsAdded_butGapsAndTheEnd() {
    assertThat(text(ENCODER.gap(Samples.SHOP, Samples.SLOW, true)))
        .isEqualTo(
            """
            {"flyline":{"type":"gap","app":"shop","from":"7-x9k2:42","to":"7-x9k2:99","count":58,"cause":"slow"}}
            """);
    assertThat(text(Samples.told(ENCODER, Samples.END)))
        .isEqualTo(
            """
            {"flyline":{"type":"bye","code":"end","reconnect":false,"after_ms":0}}
            """);
    for (StreamMessage other : List.of(Samples.HELLO, Samples.NOTICE, Samples.EXPIRING)) {
      assertThat(ENCODER.message(other)).isNull();
    }
    assertThat(ENCODER.ping(Samples.AT)).isNull();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }
}
