package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.metrics.Meters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is counted, logged and answered when a page's origin is not allowed. */
@Timeout(300)
final class OriginGateIT {

  private static final long LATER_NS = 3_600_000_000_000L;

  private final Meters meters = new Meters();
  private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 5); // clocks wrap around
  private final List<String> log = new CopyOnWriteArrayList<>();
  private final OriginGate gate =
      new OriginGate(new Origins(List.of("https://good.example")), meters, nowNs::get, log::add);

  private TestListeners listeners;
  private TestRequests web;

  @BeforeEach
  void start() throws Exception {
    listeners =
        new TestListeners(
            Map.of(),
            router -> {
              Resource.readable("/socket", r -> r.response().end("" + gate.admits(r, true)))
                  .mount(router);
              Resource.readable("/why", r -> r.response().end("" + gate.admits(r, false)))
                  .mount(router);
            });
    web = listeners.viewers();
  }

  @AfterEach
  void stop() throws Exception {
    listeners.close();
  }

  private String socket(String origin) {
    nowNs.addAndGet(LATER_NS);
    return web.get("/socket", "Origin: " + origin).body();
  }

  private double refused() {
    return meters
        .scrape()
        .lines()
        .filter(line -> line.startsWith("flyline_origins_refused_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }

  @Test
  void refusedOrigin_isCountedEachTimeAndLoggedOnceWithItsSetting() {
    assertThat(socket("https://evil.example:8443")).isEqualTo("false");
    assertThat(socket("https://evil.example:8443")).isEqualTo("false");

    assertThat(refused()).isEqualTo(2);
    assertThat(log)
        .singleElement()
        .asString()
        .contains("a page of https://evil.example:8443, which asked this router as flyline.test;")
        .contains("FLYLINE_CORS_ORIGINS");
  }

  @Test
  void allowedOrigin_isNeitherCountedNorLogged() {
    assertThat(socket("https://good.example")).isEqualTo("true");
    assertThat(web.get("/socket").body()).isEqualTo("true");
    assertThat(refused()).isZero();
    assertThat(log).isEmpty();
  }

  @Test
  void manyOrigins_areLoggedSeldomAndNotForEver() {
    for (int i = 0; i < 20; i++) { // all at the same time
      web.get("/socket", "Origin: https://o" + i + ".example");
    }
    assertThat(log).hasSize(1);
    for (int i = 0; i < 300; i++) {
      socket("https://later" + i + ".example");
    }
    assertThat(log).hasSize(100);
    assertThat(refused()).isEqualTo(320);
  }

  @Test
  void originThatIsNone_isNotRepeatedInTheLog() {
    for (var origin :
        List.of(
            "null", "red; level=ERROR", "https://x.example/%0d%0a", "https://" + "a".repeat(200))) {
      assertThat(socket(origin)).isEqualTo("false");
    }
    assertThat(log).singleElement().asString().contains("a page of (no valid origin), which");
  }

  @Test
  void plainRequest_isJudgedByWhatThePageSaysOfItself() {
    nowNs.addAndGet(LATER_NS);
    assertThat(web.get("/why").body()).isEqualTo("true");
    assertThat(web.get("/why", "Origin: https://evil.example").body()).isEqualTo("true");
    assertThat(web.get("/why", "Flyline-Origin: https://good.example").body()).isEqualTo("true");
    assertThat(web.get("/why", "Flyline-Origin: https://evil.example").body()).isEqualTo("false");
    assertThat(refused()).isZero(); // its handshake has been counted
  }
}
