package dev.flyline.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.flyline.log.AppName;
import dev.flyline.log.LogSubject;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class FlyLinesTest {

  private static final AppName APP = new AppName("shop");
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.000000042Z");

  @Test
  void everyLine_hasTheFieldsOfFly_andTheSubjectOfItsMachine() {
    for (FlyLines.Line line : lines(2000)) {
      var json = new JsonObject(line.payload());
      var fly = json.getJsonObject("fly");

      assertThat(LogSubject.parse(line.subject().toString())).contains(line.subject());
      assertThat(fly.getJsonObject("app").getString("name")).isEqualTo("shop");
      assertThat(fly.getJsonObject("app").getString("instance"))
          .isEqualTo(line.subject().machine())
          .matches("[0-9a-f]{14}");
      assertThat(fly.getString("region")).isEqualTo(line.subject().region());
      assertThat(json.getJsonObject("event").getString("provider"))
          .isIn("app", "runner", "health", "proxy");
      assertThat(json.getJsonObject("log").getString("level")).isIn("info", "warn", "error");
      assertThat(json.getString("host")).matches("[0-9a-f]{4}");
      assertThat(json.getString("message")).isNotNull();
      assertThat(json.getString("timestamp")).isEqualTo("2026-11-20T12:00:00.000000042Z");
    }
  }

  @Test
  void lines_areOfAllKinds() {
    var lines = lines(2000);

    assertThat(lines.stream().map(FlyLinesTest::message))
        .anyMatch(message -> message.startsWith("\tat "))
        .anyMatch(message -> message.startsWith("Caused by: "))
        .anyMatch(message -> message.contains("\u001b[31m"))
        .anyMatch(message -> message.startsWith("{\"level\":\"error\""))
        .anyMatch(message -> message.startsWith("level=warn "))
        .anyMatch(message -> message.contains("さくら"))
        .anyMatch(String::isEmpty);
    assertThat(lines.stream().map(line -> line.subject().region()).distinct()).hasSize(4);
    assertThat(lines.stream().map(line -> line.subject().machine()).distinct()).hasSize(4);
  }

  @Test
  void messageThatLooksLikeJson_isJson() {
    assertThat(lines(2000).stream().map(FlyLinesTest::message).filter(m -> m.startsWith("{")))
        .isNotEmpty()
        .allSatisfy(message -> assertThat(new JsonObject(message).getString("level")).isNotNull());
  }

  @Test
  void proxyLine_namesTheRequest() {
    assertThat(lines(2000).stream().map(line -> new JsonObject(line.payload())))
        .filteredOn(json -> json.getJsonObject("event").getString("provider").equals("proxy"))
        .isNotEmpty()
        .allSatisfy(
            json -> {
              var response = json.getJsonObject("http").getJsonObject("response");
              assertThat(json.getJsonObject("error").getString("code")).startsWith("PU");
              assertThat(response.getInteger("status_code")).isGreaterThanOrEqualTo(500);
              assertThat(json.getJsonObject("url").getString("full"))
                  .startsWith("https://shop.fly.dev/");
            });
  }

  @Test
  void stackTrace_staysOnOneMachineInOrder() {
    var lines = lines(5000);
    var traces =
        IntStream.range(0, lines.size() - 5)
            .filter(i -> message(lines.get(i)).startsWith("java.util.concurrent.Timeout"))
            .mapToObj(i -> lines.subList(i, i + 6))
            .toList();

    assertThat(traces)
        .isNotEmpty()
        .allSatisfy(
            trace -> {
              assertThat(trace.stream().map(FlyLines.Line::subject).distinct()).hasSize(1);
              assertThat(message(trace.get(4))).startsWith("Caused by: ");
            });
  }

  @Test
  void sameSeed_givesTheSameLines() {
    assertThat(lines(100)).isEqualTo(lines(100));
    assertThat(new FlyLines(APP, 4, 0, 2).next(NOW)).isNotEqualTo(lines(1).getFirst());
  }

  @ParameterizedTest
  @ValueSource(ints = {FlyLines.MIN_SIZE, 301, 5000})
  void size_isThatOfEveryPayload(int size) {
    var app = new AppName("a".repeat(AppName.MAX_LENGTH));
    var lines = new FlyLines(app, 2, size, 1);

    assertThat(Stream.generate(() -> lines.next(NOW)).limit(100))
        .allSatisfy(
            line -> {
              assertThat(line.bytes()).hasSize(size);
              assertThat(new JsonObject(line.payload()).getString("message")).isNotNull();
            });
  }

  @Test
  void sizeBelowTheLeast_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new FlyLines(APP, 1, FlyLines.MIN_SIZE - 1, 1));
  }

  private static String message(FlyLines.Line line) {
    return new JsonObject(line.payload()).getString("message");
  }

  private static List<FlyLines.Line> lines(int count) {
    var lines = new FlyLines(APP, 4, 0, 1);
    return Stream.generate(() -> lines.next(NOW)).limit(count).toList();
  }
}
