package dev.flyline.stream.ws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.stream.Decoders;
import dev.flyline.stream.Samples;
import dev.flyline.stream.StreamMessage;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FlylineEncoderTest {

  private static final FlylineEncoder ENCODER = FlylineEncoder.INSTANCE;
  private static final String GAP =
      "{\"type\":\"gap\",\"app\":\"shop\",\"from\":\"7-x9k2:45\",\"to\":\"7-x9k2:45\","
          + "\"count\":null,\"cause\":\"upstream\"}";

  @Test
  void markEndsARun() {
    assertThat(batch(Samples.mixed(), LineFilter.ALL))
        .containsExactly(
            "{\"type\":\"logs\",\"app\":\"shop\",\"epoch\":\"7-x9k2\",\"seq\":42,"
                + "\"lines\":[{\"a\":1},{\"a\":2},\"plain\"]}",
            GAP,
            "{\"type\":\"logs\",\"app\":\"shop\",\"epoch\":\"7-x9k2\",\"seq\":46,"
                + "\"lines\":[{\"a\":3}]}");
  }

  @Test
  void filterThatLeavesHoles_givesSeqs() {
    assertThat(batch(Samples.mixed(), Samples.onlyRegion("fra")))
        .containsExactly(
            "{\"type\":\"logs\",\"app\":\"shop\",\"epoch\":\"7-x9k2\",\"seqs\":[42,44],"
                + "\"lines\":[{\"a\":1},\"plain\"]}",
            GAP);
    assertThat(batch(Samples.mixed(), Samples.onlyRegion("iad")))
        .containsExactly(
            "{\"type\":\"logs\",\"app\":\"shop\",\"epoch\":\"7-x9k2\",\"seq\":43,"
                + "\"lines\":[{\"a\":2}]}",
            GAP,
            "{\"type\":\"logs\",\"app\":\"shop\",\"epoch\":\"7-x9k2\",\"seq\":46,"
                + "\"lines\":[{\"a\":3}]}");
  }

  @Test
  void payloads_standByteForByteOrAsStrings() {
    LogBatch batch = Samples.batch(Samples.line(" {\"a\" :\r\n1 }"), Samples.line("\0\"\n"));

    assertThat(batch(batch, LineFilter.ALL).getFirst())
        .endsWith("\"lines\":[ {\"a\" :\r\n1 },\"\\u0000\\\"\\n\"]}");
  }

  @Test
  void frame_endsBefore64KiB() {
    Entry line = Samples.line("{\"m\":\"" + "x".repeat(292) + "\"}");
    var batch = new LogBatch(Samples.SHOP, Samples.EPOCH, 1, Collections.nCopies(1000, line));

    List<byte[]> frames = Decoders.webSocket(ENCODER.batch(batch, LineFilter.ALL));

    assertThat(frames).hasSizeBetween(5, 6);
    assertThat(frames).allSatisfy(frame -> assertThat(frame).hasSizeLessThan(64 * 1024));
    assertThat(frames.stream().mapToInt(frame -> Decoders.frame(frame).size()).sum())
        .isEqualTo(1000);
  }

  @Test
  void longLine_hasAFrameOfItsOwn() {
    LogBatch batch =
        Samples.batch(
            Samples.line("{}"), Samples.line("x".repeat(100_000)), Samples.line("{\"b\":1}"));

    assertThat(Decoders.webSocket(ENCODER.batch(batch, LineFilter.ALL))).hasSize(3);
  }

  @Test
  void messages_areTheFramesOfTheContract() {
    assertThat(one(Samples.told(ENCODER, Samples.HELLO)))
        .isEqualTo(
            "{\"type\":\"hello\",\"app\":\"shop\",\"node\":\"n\\\"1\",\"region\":\"fra\","
                + "\"epoch\":\"7-x9k2\",\"oldest\":1,\"head\":41,\"at\":\"7-x9k2:41\","
                + "\"expires\":1763683200}");
    assertThat(one(Samples.told(ENCODER, Samples.NOTICE)))
        .isEqualTo(
            "{\"type\":\"notice\",\"code\":\"nats_reconnecting\",\"detail\":\"say \\\"hi\\\"\\n\"}");
    assertThat(one(Samples.told(ENCODER, Samples.EXPIRING)))
        .isEqualTo("{\"type\":\"expiring\",\"in\":60}");
    assertThat(one(Samples.told(ENCODER, Samples.BYE)))
        .isEqualTo("{\"type\":\"bye\",\"code\":\"restart\",\"reconnect\":true,\"after_ms\":1200}");
    assertThat(one(ENCODER.ping(Samples.AT))).isEqualTo("{\"type\":\"ping\",\"at\":\"7-x9k2:41\"}");
    assertThat(one(ENCODER.gap(Samples.SHOP, Samples.SLOW, true)))
        .isEqualTo(
            "{\"type\":\"gap\",\"app\":\"shop\",\"from\":\"7-x9k2:42\",\"to\":\"7-x9k2:99\","
                + "\"count\":58,\"cause\":\"slow\"}");
  }

  @Test
  void filter_isToldAsItWasWritten() {
    var hello =
        new StreamMessage.Hello(
            Samples.SHOP,
            "n",
            "fra",
            Samples.EPOCH,
            1,
            41,
            Samples.AT,
            Instant.ofEpochSecond(1763683200),
            "say \"hi\"\n");
    assertThat(one(Samples.told(ENCODER, hello)))
        .endsWith(",\"expires\":1763683200,\"filter\":\"say \\\"hi\\\"\\n\"}");
    var place = new StreamMessage.Place(2, "quote it: \"(\"");
    assertThat(one(Samples.told(ENCODER, new StreamMessage.Notice("bad_request", "no", place))))
        .isEqualTo(
            "{\"type\":\"notice\",\"code\":\"bad_request\",\"detail\":\"no\",\"position\":2,"
                + "\"hint\":\"quote it: \\\"(\\\"\"}");
  }

  private static List<String> batch(LogBatch batch, LineFilter filter) {
    return Decoders.webSocket(ENCODER.batch(batch, filter)).stream().map(Decoders::strict).toList();
  }

  private static String one(byte[] bytes) {
    List<byte[]> messages = Decoders.webSocket(bytes);
    assertThat(messages).hasSize(1);
    return Decoders.strict(messages.getFirst());
  }
}
