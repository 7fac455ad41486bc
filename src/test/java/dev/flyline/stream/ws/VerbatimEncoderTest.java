package dev.flyline.stream.ws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.stream.Decoders;
import dev.flyline.stream.Samples;
import dev.flyline.stream.StreamMessage;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class VerbatimEncoderTest {

  private static final VerbatimEncoder ENCODER = VerbatimEncoder.INSTANCE;

  @Test
  void frame_isFinalUnmaskedText() {
    assertThat(ENCODER.batch(Samples.batch(Samples.line("hi")), LineFilter.ALL))
        .containsExactly(0x81, 2, 'h', 'i');
  }

  @Test
  void lengths_takeTheShortestForm() {
    assertThat(header(125)).containsExactly(0x81, 125);
    assertThat(header(126)).containsExactly(0x81, 126, 0, 126);
    assertThat(header(65_535)).containsExactly(0x81, 126, 0xFF, 0xFF);
    assertThat(header(65_536)).containsExactly(0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0);
  }

  @Test
  void batch_isAMessagePerLineAndAnAsidePerMark() {
    assertThat(messages(ENCODER.batch(Samples.mixed(), LineFilter.ALL)))
        .containsExactly(
            "{\"a\":1}",
            "{\"a\":2}",
            "plain",
            "{\"flyline\":{\"type\":\"gap\",\"app\":\"shop\",\"from\":\"7-x9k2:45\","
                + "\"to\":\"7-x9k2:45\",\"count\":null,\"cause\":\"upstream\"}}",
            "{\"a\":3}");
  }

  @Test
  void nothingIsAdded_butGapsAndTheEnd() {
    assertThat(messages(ENCODER.gap(Samples.SHOP, Samples.SLOW, false)))
        .containsExactly(
            "{\"flyline\":{\"type\":\"gap\",\"app\":\"shop\",\"from\":\"7-x9k2:42\","
                + "\"to\":\"7-x9k2:99\",\"count\":58,\"cause\":\"slow\"}}");
    assertThat(messages(Samples.told(ENCODER, Samples.BYE)))
        .containsExactly(
            "{\"flyline\":{\"type\":\"bye\",\"code\":\"restart\",\"reconnect\":true,"
                + "\"after_ms\":1200}}");
    for (StreamMessage other : List.of(Samples.HELLO, Samples.NOTICE, Samples.EXPIRING)) {
      assertThat(ENCODER.message(other)).isNull();
    }
    assertThat(ENCODER.ping(Samples.AT)).isNull();
  }

  private static byte[] header(int length) {
    byte[] frame = ENCODER.batch(Samples.batch(Samples.line("x".repeat(length))), LineFilter.ALL);
    return Arrays.copyOf(frame, frame.length - length);
  }

  private static List<String> messages(byte[] bytes) {
    return Decoders.webSocket(bytes).stream().map(Decoders::strict).toList();
  }
}
