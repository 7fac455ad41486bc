package dev.flyline.filter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rule of levels, by the table in levels.json that the page can be tested by as well. */
@Timeout(30)
final class LineLevelTest {

  static Stream<JsonObject> forms() throws IOException {
    try (InputStream in = LineLevelTest.class.getResourceAsStream("/levels.json")) {
      return new JsonArray(Buffer.buffer(Objects.requireNonNull(in).readAllBytes()))
          .stream().map(JsonObject.class::cast).toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("forms")
  void form_hasItsLevel(JsonObject form) {
    LogLine line = TestLines.fly(form.getString("envelope"), form.getString("message"));

    assertThat(levels(LineJudge.NOTHING_BEFORE, line))
        .as(form.encode())
        .containsExactly(Level.named(form.getString("level")));
  }

  /** A payload that is no envelope of Fly's is judged as a message is. */
  @ParameterizedTest
  @MethodSource("forms")
  void form_withoutAnEnvelopeHasTheSameLevel(JsonObject form) {
    if (form.getString("envelope").equals("info")) {
      assertThat(levels(LineJudge.NOTHING_BEFORE, TestLines.line(form.getString("message"))))
          .as(form.encode())
          .containsExactly(Level.named(form.getString("level")));
    }
  }

  @Test
  void table_hasAtLeastEightyForms() throws IOException {
    assertThat(forms().count()).isGreaterThan(80);
  }

  @Test
  void stackTrace_hasTheLevelOfItsFirstLine() {
    List<LogLine> trace =
        lines(
            0,
            "2026-11-20 10:23:45,123 ERROR [main] Cart - no answer",
            "java.util.concurrent.TimeoutException: no answer from inventory",
            "\tat store.stock.Inventory.ask(Inventory.java:77)",
            "Caused by: java.io.IOException: Broken pipe",
            "\t... 12 more",
            "at lastOfAll (x.js:1)",
            "...and on",
            "listening",
            "  indented, but after no error");

    assertThat(levels(LineJudge.NOTHING_BEFORE, trace.toArray(LogLine[]::new)))
        .startsWith(levels(7, Level.ERROR))
        .endsWith(levels(2, Level.INFO))
        .hasSize(9);
  }

  @Test
  void stackTrace_isOfOneMachineAndOneMoment() {
    LogLine error = TestLines.of("m1", "FATAL boom", 100);

    assertThat(levels(LineJudge.NOTHING_BEFORE, error, TestLines.of("m1", "  at x", 150)))
        .containsExactly(Level.FATAL, Level.FATAL);
    assertThat(levels(LineJudge.NOTHING_BEFORE, error, TestLines.of("m1", "  at x", 151)))
        .containsExactly(Level.FATAL, Level.INFO);
    assertThat(levels(LineJudge.NOTHING_BEFORE, error, TestLines.of("m2", "  at x", 100)))
        .containsExactly(Level.FATAL, Level.INFO);
    assertThat(levels(LineJudge.NOTHING_BEFORE, error, TestLines.of("m1", "  WARN x", 100)))
        .containsExactly(Level.FATAL, Level.WARN);
    LogLine warning = TestLines.of("m1", "WARN slow", 100);
    assertThat(levels(LineJudge.NOTHING_BEFORE, warning, TestLines.of("m1", "  at x", 100)))
        .containsExactly(Level.WARN, Level.INFO);
  }

  /** Where the runs of lines are cut must not show, or two routers would show different lines. */
  @Test
  void stackTrace_mayBeCutAnywhere() {
    var texts = new ArrayList<>(List.of("quiet", "ERROR boom"));
    IntStream.range(0, 60).forEach(i -> texts.add("\tat frame " + i));
    texts.add("quiet");
    List<LogLine> all = lines(7, texts.toArray(String[]::new));
    List<Level> whole = levels(LineJudge.NOTHING_BEFORE, all.toArray(LogLine[]::new));

    for (int cut = 1; cut < all.size(); cut++) {
      int at = cut;
      LineJudge.Earlier earlier = back -> back > at ? null : all.get(at - back);
      assertThat(levels(earlier, all.subList(cut, all.size()).toArray(LogLine[]::new)))
          .isEqualTo(whole.subList(cut, whole.size()));
    }
  }

  @Test
  void lookingBack_isBounded() {
    var asked = new ArrayList<Integer>();
    LineJudge.Earlier endless =
        back -> {
          asked.add(back);
          return TestLines.of("m1", "\tat frame", 0);
        };

    assertThat(levels(endless, TestLines.of("m1", "\tat frame", 0))).containsExactly(Level.INFO);
    assertThat(asked).hasSize(TraceLevels.MAX_BACK);
  }

  private static List<LogLine> lines(long arrivedMs, String... texts) {
    return Stream.of(texts).map(text -> TestLines.of("m1", text, arrivedMs)).toList();
  }

  private static Level[] levels(int count, Level level) {
    return IntStream.range(0, count).mapToObj(_ -> level).toArray(Level[]::new);
  }

  private static List<Level> levels(LineJudge.Earlier earlier, Entry... entries) {
    var levels = new TraceLevels(earlier);
    return Stream.of(entries).map(e -> levels.next(new LineView().of((LogLine) e))).toList();
  }

  @Test
  void textStart_takesAnyBytes() {
    byte[] bytes = "\u001b[[\u001b \u001b[31".getBytes(StandardCharsets.UTF_8);
    for (int from = 0; from <= bytes.length; from++) {
      assertThat(new TextStart().of(bytes, from, bytes.length).level()).isNull();
    }
  }
}
