package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.metrics.Meters;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which header says of what page a request is, and what an operator learns of refusals. */
@Timeout(30)
final class OriginGateTest {

  private static final long TEN_SECONDS = 10_000_000_000L;
  private static final String EVIL = "https://evil.example";

  private final Meters meters = new Meters();
  private final List<String> log = new ArrayList<>();
  private long nowNs = Long.MAX_VALUE - 5; // clocks wrap around
  private final OriginGate gate =
      new OriginGate(new Origins(List.of("https://good.example")), meters, () -> nowNs, log::add);

  private boolean admits(boolean isWebSocket, String... headers) {
    String[] all = new String[headers.length + 1];
    all[0] = "Host: flyline.test";
    System.arraycopy(headers, 0, all, 1, headers.length);
    return gate.admits(AskedRequest.of("/logs", all), isWebSocket);
  }

  private String refused() {
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith("flyline_origins_refused_total "))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void webSocket_isJudgedByTheBrowsersHeader() {
    assertThat(admits(true)).isTrue();
    assertThat(admits(true, "Origin: https://good.example")).isTrue();
    assertThat(admits(true, "Origin: https://flyline.test")).isTrue();
    assertThat(admits(true, "Origin: " + EVIL)).isFalse();
    assertThat(admits(true, "Origin: " + EVIL, "Flyline-Origin: https://good.example")).isFalse();
    assertThat(admits(true, "Flyline-Origin: " + EVIL)).isTrue();
    assertThat(refused()).endsWith(" 2.0");
  }

  @Test
  void plainRequest_isJudgedByWhatThePageSaysOfItself_andNotCounted() {
    assertThat(admits(false)).isTrue();
    assertThat(admits(false, "Origin: " + EVIL)).isTrue();
    assertThat(admits(false, "Flyline-Origin: https://good.example")).isTrue();
    assertThat(admits(false, "Flyline-Origin: " + EVIL)).isFalse();
    assertThat(refused()).endsWith(" 0.0");
    assertThat(log).isEmpty();
  }

  @Test
  void refusal_isLoggedOnceForEachOrigin_andNotMoreOftenThanEveryTenSeconds() {
    admits(true, "Origin: " + EVIL);
    admits(true, "Origin: https://other.example");
    nowNs += TEN_SECONDS - 1;
    admits(true, "Origin: https://other.example");
    assertThat(log).hasSize(1);
    nowNs++;
    admits(true, "Origin: " + EVIL);
    admits(true, "Origin: https://other.example");
    assertThat(log).hasSize(2);
    assertThat(log.getFirst()).contains("a page of " + EVIL + ", which asked this router as");
    assertThat(log.getLast()).contains("https://other.example", " as flyline.test;");
    assertThat(refused()).endsWith(" 5.0");
  }

  @Test
  void manyOrigins_areNotLoggedForEver() {
    for (int i = 0; i < 150; i++) {
      nowNs += TEN_SECONDS;
      admits(true, "Origin: https://o" + i + ".example");
    }
    assertThat(log).hasSize(100);
  }

  @Test
  void originThatIsNone_orLong_isNotRepeatedInTheLog() {
    String longest = "https://" + "a".repeat(92);
    for (String origin : List.of("null", "red; level=ERROR", longest + "a", longest)) {
      nowNs += TEN_SECONDS;
      assertThat(admits(true, "Origin: " + origin)).isFalse();
    }
    assertThat(log).hasSize(2);
    assertThat(log.getFirst()).contains("a page of (no valid origin), which");
    assertThat(log.getLast()).contains("a page of " + longest + ", which");
  }
}
