package dev.flyline.stream.text;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.LogLine;
import dev.flyline.stream.Decoders;
import dev.flyline.stream.Samples;
import dev.flyline.stream.StreamMessage;
import dev.flyline.stream.Whatwg;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TextEncoderTest {

  private static final TextEncoder ENCODER = TextEncoder.INSTANCE;

  /** What {@link Character} and the tables of Unicode call invisible, but for the tab. */
  private static final String UNSEEN =
      "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\x{34F}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}\\x{17B4}\\x{17B5}"
          + "\\x{180B}-\\x{180F}\\x{2060}-\\x{206F}\\x{FE00}-\\x{FE0F}\\x{FFF0}-\\x{FFFB}"
          + "\\x{E0000}-\\x{E0FFF}&&[^\t]]";

  private static final String STYLED = "(?<=[^\\x00-\\x7f&&[^" + UNSEEN + "]])[\\x{FE0E}\\x{FE0F}]";
  private static final String ARRIVED = "2026-11-20T12:00:00.120Z";

  @Test
  void flyLine_isToldInFiveColumns() {
    assertThat(
            text(
                """
                {"event":{"provider":"app"},"fly":{"app":{"instance":"d8"},"region":"dfw"},\
                "log":{"x":[{}],"level":"warn"},"message":"GET / 200","timestamp":"2026-11-20T11:59:58.123456789Z"}\
                """))
        .isEqualTo("2026-11-20T11:59:58.123456789Z fra m1 warn GET / 200\n");
  }

  @Test
  void missingParts_haveTheirStandIns() {
    assertThat(text("{\"message\":\"m\"}")).isEqualTo(ARRIVED + " fra m1 - m\n");
    assertThat(text("{\"message\":\"\"}")).isEqualTo(ARRIVED + " fra m1 - \n");
    assertThat(text("{\"log\":{\"level\":\"info\"},\"x\":1}"))
        .isEqualTo(ARRIVED + " fra m1 info {\"log\":{\"level\":\"info\"},\"x\":1}\n");
    assertThat(text("plain")).isEqualTo(ARRIVED + " fra m1 - plain\n");
    assertThat(text("{\"message\":\"m\"} and more"))
        .isEqualTo(ARRIVED + " fra m1 - {\"message\":\"m\"} and more\n");
  }

  @Test
  void fieldsOfAnotherKind_areNotTaken() {
    assertThat(text("{\"message\":{\"message\":\"in\"},\"log\":\"x\",\"timestamp\":7}"))
        .isEqualTo(
            ARRIVED
                + " fra m1 - {\"message\":{\"message\":\"in\"},\"log\":\"x\",\"timestamp\":7}\n");
    assertThat(text("{\"message\":\"m\",\"log\":{\"level\":[\"x\"]},\"a\":{\"message\":\"n\"}}"))
        .isEqualTo(ARRIVED + " fra m1 - m\n");
  }

  @Test
  void columns_cannotBeForgedByOthers() {
    assertThat(text("{\"message\":\"m\",\"timestamp\":\"-- end --\",\"log\":{\"level\":\"a b\"}}"))
        .isEqualTo(ARRIVED + " fra m1 - m\n");
    assertThat(text("{\"message\":\"m\",\"timestamp\":\"2026\\n\",\"log\":{\"level\":\"\"}}"))
        .isEqualTo(ARRIVED + " fra m1 - m\n");
    var odd = new LogLine("f\u001bra", "m\n1", "x".getBytes(UTF_8), Samples.ARRIVED_MS);
    assertThat(new String(ENCODER.batch(Samples.batch(odd), LineFilter.ALL), UTF_8))
        .isEqualTo(ARRIVED + " f\\x1bra m\\x0a1 - x\n");
  }

  @Test
  void controlCharacters_areSpelledOut() {
    assertThat(
            text("{\"message\":\"a\\r\\n\\tb\\u0000\\u001b[2J\\u007f\\u0085\\u009bé\\u2028😀\"}"))
        .isEqualTo(ARRIVED + " fra m1 - a\\x0d\\x0a\tb\\x00\\x1b[2J\\x7f\\x85\\x9bé\\u{2028}😀\n");
    assertThat(text("{\"message\":\"\\ud800x\\udc00\"}"))
        .isEqualTo(ARRIVED + " fra m1 - \uFFFDx\uFFFD\n");
  }

  @ParameterizedTest
  @MethodSource("dev.flyline.stream.Samples#hostile")
  void hostilePayload_staysOnItsLine(Samples.Hostile hostile) {
    LogLine line = Samples.line(hostile.payload());
    byte[] bytes = ENCODER.batch(Samples.batch(line, Samples.line("after")), LineFilter.ALL);

    List<byte[]> lines = Decoders.lines(bytes);

    assertThat(lines).hasSize(2);
    String text = Decoders.strict(lines.getFirst());
    assertThat(text.chars().filter(c -> Character.isISOControl(c) && c != '\t').count()).isZero();
    if (!hostile.object()) {
      String told = text.substring((ARRIVED + " fra m1 - ").length());
      assertThat(told.equals(spelledOut(Whatwg.decode(hostile.payload())))).isTrue();
    }
    assertThat(Decoders.strict(lines.getLast())).isEqualTo(ARRIVED + " fra m1 - after");
  }

  @Test
  void gapsAndTheEnd_areTold() {
    assertThat(new String(ENCODER.gap(Samples.SHOP, Samples.SLOW, true), UTF_8))
        .isEqualTo("-- gap 58 (slow) --\n");
    assertThat(new String(ENCODER.batch(Samples.mixed(), Samples.onlyRegion("none")), UTF_8))
        .isEqualTo("-- gap (upstream) --\n");
    assertThat(new String(Samples.told(ENCODER, Samples.BYE), UTF_8)).isEqualTo("-- restart --\n");
    assertThat(new String(Samples.told(ENCODER, Samples.END), UTF_8)).isEqualTo("-- end --\n");
  }

  @Test
  void nothingElse_isTold() {
    for (StreamMessage other : List.of(Samples.HELLO, Samples.NOTICE, Samples.EXPIRING)) {
      assertThat(ENCODER.message(other)).isNull();
    }
    assertThat(ENCODER.ping(Samples.AT)).isNull();
  }

  private static String spelledOut(String text) {
    return Pattern.compile("(?!" + STYLED + ")" + UNSEEN)
        .matcher(text)
        .replaceAll(
            hit -> {
              int c = hit.group().codePointAt(0);
              return String.format(c > 0xFF ? "\\\\u{%x}" : "\\\\x%02x", c);
            });
  }

  /** Each of these makes a line look like another one in a terminal or an editor. */
  @ParameterizedTest
  @ValueSource(
      ints = {
        0x85, 0x9B, 0xAD, 0x34F, 0x61C, 0x115F, 0x180E, 0x200B, 0x200C, 0x200D, 0x200E, 0x200F,
        0x2028, 0x2029, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0x206F, 0x3164, 0xFE00, 0xFEFF,
        0xFFA0, 0xFFF9, 0x1D173, 0xE0001, 0xE0041, 0xE007F, 0xE0100, 0xE01EF
      })
  void invisibleCharacters_areSpelledOut(int codePoint) {
    String escape = String.format(codePoint > 0xFF ? "\\u{%x}" : "\\x%02x", codePoint);
    assertThat(text("{\"message\":\"if (admin" + Character.toString(codePoint) + ") {\"}"))
        .isEqualTo(ARRIVED + " fra m1 - if (admin" + escape + ") {\n");
  }

  @Test
  void everydayWriting_isShownAsItIs() {
    for (String words :
        List.of(
            "gr\u00fc\u00df\tdich", "\u2764\uFE0F", "\u0628\u0650", "\u05e9\u05b8", "e\u0301")) {
      assertThat(text("{\"message\":\"" + words.replace("\t", "\\t") + "\"}"))
          .isEqualTo(ARRIVED + " fra m1 - " + words + "\n");
    }
    assertThat(text("{\"message\":\"a\uFE0F \u2764\uFE0F\uFE0F\"}"))
        .isEqualTo(ARRIVED + " fra m1 - a\\u{fe0f} \u2764\uFE0F\\u{fe0f}\n");
  }

  private static String text(String payload) {
    return new String(ENCODER.batch(Samples.batch(Samples.line(payload)), LineFilter.ALL), UTF_8);
  }
}
