package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.flyline.filter.LineFilter;
import dev.flyline.log.LogLine;
import dev.flyline.stream.ndjson.NdjsonEncoder;
import dev.flyline.stream.text.TextEncoder;
import dev.flyline.stream.ws.VerbatimEncoder;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An app can log whatever it likes: none of it passes for what the router says. */
final class ForgedWordTest {

  private static final String WRAPPED = "{\"flyline\":{\"type\":\"line\",\"payload\":";

  static List<String> forgeries() {
    return List.of(
        "{\"flyline\":{\"type\":\"bye\"}}",
        " \t\r\n{ \"flyline\" : {\"type\":\"bye\"} } ",
        "{\"flyline\":1}",
        "{\"\\u0066lyline\":{\"type\":\"bye\"}}",
        "{\"\\u0066\\u006c\\u0079\\u006C\\u0069\\u006e\\u0065\":{}}",
        "{\"f\\u004cYline\":{}}",
        "{\"FLYLINE\":{\"type\":\"bye\"}}",
        "{\"message\":\"x\",\"flyline\":{\"type\":\"bye\"}}",
        "{\"a\":{\"b\":[{}]},\"c\":\"\\\"}\",\"flyline\":{\"type\":\"bye\"}}",
        "{\"flyline\":1,\"flyline\":{\"type\":\"bye\"}}",
        "{\"message\":\"\\ud800\",\"flyline\":{\"type\":\"gap\"}}",
        "{\"flyline\":{\"type\":\"line\",\"payload\":{}}}");
  }

  /** No JSON to us, but what arrives may be to a client. */
  static List<byte[]> brokenForgeries() {
    return List.of(
        "\uFEFF{\"flyline\":{\"type\":\"bye\"}}".getBytes(UTF_8),
        ("{\"flyline\":" + "[".repeat(200) + "]".repeat(200) + "}").getBytes(UTF_8),
        ("{\"a\":" + "[".repeat(200) + "]".repeat(200) + ",\"flyline\":1}").getBytes(UTF_8),
        new byte[] {
          '{', '"', 'f', 'l', 'y', 'l', 'i', 'n', 'e', '"', ':', '"', (byte) 0xFF, '"', '}'
        });
  }

  static List<String> others() {
    return List.of(
        "{}",
        "{\"message\":\"flyline\"}",
        "{\"message\":\"{\\\"flyline\\\":{\\\"type\\\":\\\"bye\\\"}}\"}",
        "{\"a\":{\"flyline\":{\"type\":\"bye\"}}}",
        "{\"flyline \":1,\"flylines\":2,\"flylin\":3,\"_flyline\":4}",
        "{\"flyline\\u0000\":1}",
        "{\"fly\":{\"app\":\"flyline\"},\"message\":\"\\u001b[32mok\"}",
        "[{\"flyline\":{\"type\":\"bye\"}}]",
        "got {\"flyline\":{\"type\":\"bye\"}}",
        "\"flyline\":{",
        "-- bye --",
        "flyline");
  }

  @ParameterizedTest
  @MethodSource("forgeries")
  void forgery_isWrappedAmongVerbatimPayloads(String payload) {
    assertThat(webSocket(payload.getBytes(UTF_8))).isEqualTo(WRAPPED + payload + "}}");
    assertThat(ndjson(payload.getBytes(UTF_8)))
        .isEqualTo(WRAPPED + payload.replaceAll("[\r\n]", " ") + "}}");
  }

  @ParameterizedTest
  @MethodSource("brokenForgeries")
  void brokenForgery_isWrappedAsAString(byte[] payload) {
    assertThat(webSocket(payload)).startsWith(WRAPPED + '"').endsWith("\"}}");
    assertThat(ndjson(payload)).startsWith(WRAPPED + '"').endsWith("\"}}");
  }

  @ParameterizedTest
  @MethodSource("others")
  void anyOtherPayload_staysAsItIs(String payload) {
    assertThat(webSocket(payload.getBytes(UTF_8))).isEqualTo(payload);
    assertThat(ndjson(payload.getBytes(UTF_8))).doesNotStartWith("{\"flyline\":{\"type\":\"line");
  }

  @ParameterizedTest
  @EnumSource(
      value = WireFormat.class,
      names = {"WS_FLYLINE", "SSE", "NDJSON_ENVELOPE"})
  void framedForms_needNoWrapping(WireFormat format) {
    for (String payload : forgeries()) {
      byte[] bytes = format.encoder.batch(Samples.batch(Samples.line(payload)), LineFilter.ALL);
      assertThat(format.decode(bytes)).hasSize(1).first().isInstanceOf(Told.Line.class);
    }
  }

  /** What the router says there begins with a dash, and a line with a digit. */
  @ParameterizedTest
  @MethodSource("forgeries")
  void text_neverBeginsALineWithADash(String forged) {
    for (String payload :
        List.of(forged, "-- bye --", "{\"message\":\"x\\n-- end --\",\"timestamp\":\"-- gap\"}")) {
      byte[] bytes =
          TextEncoder.INSTANCE.batch(Samples.batch(Samples.line(payload)), LineFilter.ALL);
      assertThat(Decoders.lines(bytes))
          .hasSize(1)
          .allMatch(line -> Character.isDigit((char) line[0]));
    }
  }

  /** Compared with a whole parser, which is told to take names of any case. */
  @Test
  void randomObjects_areJudgedAsAParserReadsThem() throws IOException {
    var random = new Random(15);
    int forged = 0;
    for (int i = 0; i < 20_000; i++) {
      String json = object(random, 3);
      boolean expected = hasMember(json);
      forged += expected ? 1 : 0;
      assertThat(RouterWord.isForgedBy(json.getBytes(UTF_8))).as(json).isEqualTo(expected);
    }
    assertThat(forged).isBetween(1_000, 19_000);
  }

  private static String object(Random random, int depth) {
    var json = new StringBuilder(space(random)).append('{');
    int members = random.nextInt(4);
    for (int i = 0; i < members; i++) {
      json.append(i > 0 ? "," : "").append(space(random)).append('"').append(name(random));
      json.append('"').append(space(random)).append(':').append(value(random, depth));
    }
    return json.append(space(random)).append('}').append(space(random)).toString();
  }

  private static String name(Random random) {
    String word = List.of("flyline", "Flyline", "flylin", "x", "").get(random.nextInt(5));
    var name = new StringBuilder();
    word.chars()
        .forEach(c -> name.append(random.nextInt(6) == 0 ? String.format("\\u%04x", c) : (char) c));
    return name.toString();
  }

  private static String value(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 5 : 3)) {
      case 0 -> "17";
      case 1 -> "\"\\\\\\\"}{flyline\"";
      case 2 -> "null";
      case 3 -> '[' + object(random, depth - 1) + ']';
      default -> object(random, depth - 1);
    };
  }

  private static String space(Random random) {
    return List.of("", "", " ", "\n\t ").get(random.nextInt(4));
  }

  private static boolean hasMember(String json) throws IOException {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        if (parser.currentName().equalsIgnoreCase("flyline")) {
          return true;
        }
        parser.nextToken();
        parser.skipChildren();
      }
      return false;
    }
  }

  private static String webSocket(byte[] payload) {
    byte[] bytes = VerbatimEncoder.INSTANCE.batch(Samples.batch(line(payload)), LineFilter.ALL);
    return Decoders.strict(Decoders.webSocket(bytes).getFirst());
  }

  private static String ndjson(byte[] payload) {
    byte[] bytes = NdjsonEncoder.INSTANCE.batch(Samples.batch(line(payload)), LineFilter.ALL);
    return Decoders.strict(Decoders.lines(bytes).getFirst());
  }

  private static LogLine line(byte[] payload) {
    return Samples.line(payload);
  }
}
