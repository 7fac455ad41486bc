package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** The page at {@code /} in a real browser, with a real router and nats-server behind it. */
@Timeout(300)
@SideBySide
final class PageIT {

  private static final Duration COME_BACK = Duration.ofSeconds(90);

  @RegisterExtension private static final RouterKit kit = new RouterKit();
  private static Browser browser;

  @BeforeAll
  static void start() {
    browser = Browser.start();
  }

  @AfterAll
  static void stop() {
    browser.close();
  }

  @AfterEach
  void page_hasNoErrorAndKeepsItsPolicy() {
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void recentLines_comeFirstAndThenLiveOnes() {
    try (var before = kit.router().live("page-tail", Transport.FLYLINE_V1)) {
      publish("page-tail", "one");
      publish("page-tail", "two");
      assertThat(before.messages(2)).containsExactly("one", "two");

      open("page-tail");
      browser.awaitText(".message", "two");
      publish("page-tail", "three");
      browser.awaitText(".message", "three");

      assertThat(browser.texts(".message")).containsExactly("one", "two", "three");
      assertThat(browser.texts(".region")).containsOnly("fra");
      assertThat(browser.texts(".machine")).containsOnly("m1");
      assertThat(browser.texts(".level")).containsOnly("info");
    }
  }

  @Test
  void otherAppsLines_doNotReachThePage() {
    openLive("page-mine");
    try (var other = kit.router().live("page-other", Transport.FLYLINE_V1)) {
      publish("page-other", "not for this page");
      assertThat(other.next().message()).isEqualTo("not for this page");

      publish("page-mine", "mine");
      browser.awaitText(".message", "mine");
      assertThat(browser.texts(".message")).containsExactly("mine");
    }
  }

  @Test
  void pastedToken_offersItsApps() {
    browser.open(address());
    browser.type(Tokens.of("page-a", "page-b") + Keys.ENTER);
    browser.await("two apps", () -> browser.texts("#choices button").size() == 2);
    assertThat(browser.texts("#choices button")).containsExactly("page-a", "page-b");

    browser.click("#choices li:nth-child(2) button");
    browser.awaitText("#state-words", "Live");
    assertThat(browser.title()).isEqualTo("page-b · flyline");
  }

  @Test
  void refusedToken_isExplained() {
    browser.open(address());
    browser.type("no.good.token" + Keys.ENTER);
    browser.await(
        "an explanation", () -> browser.texts("#gate-error").getFirst().contains("was refused"));
  }

  @Test
  void token_leavesTheAddressAndIsStoredNowhere() {
    String token = Tokens.of("page-secret");
    browser.open(address() + "#token=" + token + "&app=page-secret");
    browser.awaitText("#state-words", "Live");

    assertThat(browser.url()).isEqualTo(address() + "#app=page-secret");
    assertThat(
            browser.strings(
                """
                return [localStorage.length, sessionStorage.length, document.cookie,
                    document.documentElement.outerHTML.includes(arguments[0]),
                    ...performance.getEntriesByType('resource').filter((e) => e.name.includes(arguments[0]))]
                """,
                token))
        .containsExactly("0", "0", "", "false");
  }

  @Test
  void pausedPage_keepsLinesUntilItIsResumed() {
    openLive("page-pause");
    publish("page-pause", "before");
    browser.awaitText(".message", "before");

    browser.type(" ");
    browser.awaitText("#state-words", "Paused");
    publish("page-pause", "meanwhile");
    browser.awaitText("#state-detail", ", 1 waiting");
    assertThat(browser.texts(".message")).containsExactly("before");

    browser.click("#pause");
    browser.awaitText(".message", "meanwhile");
    browser.awaitText("#state-words", "Live");
  }

  @Test
  void cutConnection_isResumedWithoutLoss() {
    try (var cable = Cable.to(kit.router().httpPort());
        var witness = kit.router().live("page-cut", Transport.FLYLINE_V1)) {
      browser.open("http://127.0.0.1:%d/#token=%s".formatted(cable.port(), Tokens.of("page-cut")));
      browser.awaitText("#state-words", "Live");
      for (int round = 0; round < 3; round++) {
        publish("page-cut", "line " + 2 * round);
        browser.awaitText(".message", "line " + 2 * round);
        cable.cut();
        browser.awaitText("#state-words", "Reconnecting");
        publish("page-cut", "line " + (2 * round + 1));
        witness.messages(2); // the kit.router() has the line, the page cannot
        cable.mend();
        browser.awaitText(".message", "line " + (2 * round + 1));
      }
      assertThat(browser.texts(".message"))
          .isEqualTo(IntStream.range(0, 6).mapToObj(i -> "line " + i).toList());
      assertThat(browser.texts(".is-gap")).isEmpty();
      assertThat(browser.texts(".is-notice"))
          .hasSize(3)
          .allMatch(t -> t.startsWith("Connected again"));
    }
  }

  @Test
  void natsOutage_isToldAsAGapAndLinesFlowAgain() {
    openLive("page-outage");
    publish("page-outage", "before");
    browser.awaitText(".message", "before");

    kit.nats().kill();
    kit.nats().restart();
    kit.nats().awaitSubscriptions("logs.page-outage.", 1, COME_BACK);
    publish("page-outage", "after");
    browser.awaitText(".message", "after");

    assertThat(browser.texts(".is-gap"))
        .containsExactly(
            "An unknown number of lines is missing: they were lost on their way to the router");
    assertThat(browser.text("#loss")).isEqualTo("some missing");
  }

  @Test
  void hostileLines_stayText() {
    openLive("page-hostile");
    List<String> hostile =
        List.of(
            "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
            "\u001b]8;;javascript:document.title='owned'\u001b\\click\u001b]8;;\u001b\\",
            "\u001b]8;;\"><img src=x onerror=\"document.title='owned'\">\u0007link\u001b]8;;\u0007",
            "\u001b[31mred\u001b[0m \u202egpj.exe \u0000 {{constructor}}",
            "{\"msg\":\"<b>bold</b>\",\"<i>key\":\"</span><a href=javascript:1>\"}");
    hostile.forEach(message -> publish("page-hostile", message));
    kit.nats().publish("logs.page-hostile.fra.m1", "<script>document.title='owned'</script>");
    kit.nats()
        .publish("logs.page-hostile.fra.m1", new byte[] {(byte) 0xff, 0, '\r', '\n', '<', 'a'});
    publish("page-hostile", "last");
    browser.awaitText(".message", "last");

    assertThat(browser.texts(".message"))
        .startsWith(hostile.getFirst(), "click", "link", "red \\u202egpj.exe \\x00 {{constructor}}")
        .contains("<script>document.title='owned'</script>");
    assertThat(browser.title()).isEqualTo("page-hostile · flyline");
    assertThat(
            browser.strings(
                "return [...new Set([...document.querySelectorAll('#log *')]"
                    + ".map((e) => e.localName))]"))
        .containsOnly("div", "span", "time", "button");
  }

  /** The token must still be good when the page has opened, which takes each machine its time. */
  @Test
  void expiredToken_isReplacedWithoutLosingLines() throws Exception {
    Attempts.untilTelling(
        new Attempts.Attempt() {
          private int attempt;

          @Override
          public void run(Attempts.Pace pace) {
            attempt++;
            expireAndReplace("page-expiry-" + attempt, Duration.ofSeconds(1L << attempt), pace);
          }
        });
  }

  private static void expireAndReplace(String app, Duration lasts, Attempts.Pace pace) {
    try (var witness = kit.router().live(app, Transport.FLYLINE_V1)) {
      pace.within(lasts.minusSeconds(1)); // the grant is in whole seconds
      openWith(Tokens.expiring(Instant.now().plus(lasts), app));
      browser.awaitText("#state-words", "Live");
      publish(app, "before");
      browser.awaitText(".message", "before");
      pace.anyTime();
      browser.awaitText("#state-words", "Token needed");
      publish(app, "meanwhile");
      witness.messages(2);

      browser.click("#banner-action");
      browser.type(Tokens.of(app) + Keys.ENTER);
      browser.awaitText(".message", "meanwhile");
      assertThat(browser.texts(".message")).containsExactly("before", "meanwhile");
      browser.awaitText("#state-words", "Live");
    }
  }

  @Test
  void scrolledUpPage_staysWhereItIsAndCountsNewLines() {
    openLive("page-scroll");
    IntStream.range(0, 300).forEach(i -> publish("page-scroll", "line " + i));
    browser.awaitText(".message", "line 299");
    assertThat(browser.find("#pill").isDisplayed()).isFalse();

    browser.type("g");
    browser.await("the pill", () -> browser.find("#pill").isDisplayed());
    publish("page-scroll", "new");
    browser.awaitText("#pill", "1 new line");
    assertThat(browser.evaluate("return document.getElementById('scroller').scrollTop"))
        .isEqualTo(0L);

    browser.type("G");
    browser.await("no pill", () -> !browser.find("#pill").isDisplayed());
    browser.await("the newest line in sight", PageIT::isAtBottom);
  }

  private static boolean isAtBottom() {
    return (boolean)
        browser.evaluate(
            "const s = document.getElementById('scroller');"
                + "return s.scrollHeight - s.scrollTop - s.clientHeight < 6");
  }

  private static String address() {
    return "http://127.0.0.1:" + kit.router().httpPort() + "/";
  }

  private static void open(String app) {
    openWith(Tokens.of(app));
  }

  private static void openWith(String token) {
    browser.open(address() + "#token=" + token);
  }

  /** Opens the page and waits until the router reads the app. */
  private static void openLive(String app) {
    open(app);
    browser.awaitText("#state-words", "Live");
    kit.nats().awaitReader(app);
  }

  /** Publishes a line as Fly does. */
  private static void publish(String app, String message) {
    var payload =
        new JsonObject()
            .put("event", new JsonObject().put("provider", "app"))
            .put(
                "fly",
                new JsonObject()
                    .put("app", new JsonObject().put("instance", "m1").put("name", app))
                    .put("region", "fra"))
            .put("log", new JsonObject().put("level", "info"))
            .put("message", message)
            .put("timestamp", "2026-11-20T12:00:00.123456789Z");
    kit.nats().publish("logs." + app + ".fra.m1", payload.encode());
  }
}
