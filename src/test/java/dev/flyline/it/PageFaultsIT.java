package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.openqa.selenium.Keys;

/** What lines, proxies and limits do to the page, in a real browser. */
@Timeout(300)
@SideBySide
final class PageFaultsIT {

  /** 400 more than the page has room for; each would be 840 nodes if it had all its colours. */
  private static final int COLOURED_LINES = 1_300;

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

  /** Each of these hung the tab, threw, or took the lines beside it along. */
  @Test
  void lineThatNobodyCanUnderstand_isShownAndSoAreItsNeighbours() {
    String app = "fault-fields";
    openLive(app);
    List<String> values =
        List.of(
            "1e999", "-1e999", "1".repeat(400), "{\"toString\":1}", "[{\"valueOf\":1}]", "null");
    for (String value : values) {
      for (String key : List.of("time", "ts", "level", "severity", "__proto__")) {
        String boom = "{\"msg\":\"boom\",\"%s\":%s}".formatted(key, value);
        publish(app, "before");
        publish(app, boom);
        kit.nats().publish("logs." + app + ".fra.m1", boom);
        kit.nats()
            .publish(
                "logs." + app + ".fra.m1",
                """
            {"fly":{"region":%1$s,"app":{"instance":%1$s}},"log":{"level":%1$s},
            "event":{"provider":%1$s},"timestamp":%1$s,"message":"boom"}
            """
                    .formatted(value));
      }
    }
    publish(app, "last");
    browser.awaitText(".message", "last");

    assertThat(browser.texts(".message"))
        .hasSize(4 * 5 * values.size() + 1)
        .allMatch(text -> text.matches("before|boom.*|last"));
    assertThat(browser.text("#count")).isEqualTo(4 * 5 * values.size() + 1 + " lines");
  }

  /** More than a million nodes, and 1 GB for twice as many, before pieces were bounded. */
  @Test
  void colouredLines_costABoundedNumberOfNodes() {
    String app = "fault-colours";
    openLive(app);
    var colours = new StringBuilder();
    IntStream.range(0, 420).forEach(i -> colours.append("\u001b[3").append(i % 8).append("mx"));
    IntStream.range(0, COLOURED_LINES).forEach(_ -> publish(app, colours.toString()));
    publish(app, "the last one");
    browser.awaitText(".row:last-child .message", "the last one");

    var nodes =
        browser.evaluate(
            """
            const walk = document.createTreeWalker(document.getElementById('log'));
            let nodes = 0;
            while (walk.nextNode()) nodes++;
            return nodes;
            """);
    assertThat((long) nodes).isLessThan(300_000);
    assertThat(browser.texts(".is-notice"))
        .singleElement()
        .asString()
        .endsWith(" lines before this are no longer on this page, to make room");
  }

  /** Neighbours must look the same before and after lines that would paint over them. */
  @Test
  void textThatIsTallerOrWiderThanItsRow_paintsOverNothingElse() {
    String app = "fault-tall";
    openLive(app);
    browser.click("#clear"); // by the mouse both times: a focus by keys has a ring
    publish(app, "above");
    publish(app, "-");
    publish(app, "below");
    browser.awaitText(".message", "below");
    BufferedImage above = browser.picture(".row:nth-child(1)");
    BufferedImage below = browser.picture(".row:nth-child(3)");
    browser.click("#clear");

    publish(app, "above");
    publish(app, ("e" + "\u0301".repeat(60) + "o" + "\u0323".repeat(60)).repeat(8));
    publish(app, "below");
    browser.awaitText(".message", "below");
    // Few machines have fonts that really stack marks: this makes any text as tall as they would.
    browser.evaluate(
        """
        const tall = document.querySelector('.row:nth-child(2) .message').style;
        tall.display = 'inline-block';
        tall.transform = 'scaleY(9)';
        return tall.transform;
        """);

    assertThat(differences(above, browser.picture(".row:nth-child(1)"))).isZero();
    assertThat(differences(below, browser.picture(".row:nth-child(3)"))).isZero();
    assertThat(
            browser.strings(
                "return [...new Set([...document.querySelectorAll('.row')].map((e) =>"
                    + " getComputedStyle(e).overflow))]"))
        .containsExactly("clip");
  }

  private static long differences(BufferedImage one, BufferedImage other) {
    assertThat(other.getHeight()).isEqualTo(one.getHeight());
    return IntStream.range(0, one.getWidth() * one.getHeight())
        .filter(
            i -> {
              int x = i % one.getWidth();
              int y = i / one.getWidth();
              return one.getRGB(x, y) != other.getRGB(x, y);
            })
        .count();
  }

  @Test
  void proxyThatRewritesHost_isExplained() {
    try (var proxy = HostRewriter.to(kit.router().httpPort(), true)) {
      openAt(proxy.port(), "fault-host");
      browser.awaitText("#state-words", "Blocked");

      assertThat(browser.text("#banner-text")).contains("Host").contains("FLYLINE_CORS_ORIGINS");
      assertThat(browser.text("#banner-action")).isEqualTo("Try again");
      assertThat(kit.router().metric("flyline_origins_refused_total")).isGreaterThanOrEqualTo(1);
    }
  }

  @Test
  void proxyThatLosesUpgrades_isExplained() {
    try (var proxy = HostRewriter.to(kit.router().httpPort(), false)) {
      openAt(proxy.port(), "fault-upgrade");
      browser.await(
          "the reason", () -> browser.texts("#banner-text").getFirst().contains("WebSockets"));

      assertThat(browser.text("#state-words")).matches("Reconnecting|Connecting");
    }
  }

  @Test
  void limitThatIsReached_isToldUntilThereIsRoom() {
    String app = "fault-limit";
    try (var narrow = TestRouter.start(kit.nats(), Map.of("limit.per.app", "1"))) {
      var first = narrow.live(app, Transport.FLYLINE_V1);
      openAt(narrow.httpPort(), app);
      browser.await(
          "the reason",
          () -> browser.texts("#banner-text").getFirst().contains("Too many readers"));
      first.close();
      browser.awaitText("#state-words", "Live");

      assertThat(browser.find("#banner").isDisplayed()).isFalse();
      openAt(kit.router().httpPort(), app); // away from the kit.router() that ends
    }
  }

  @Test
  void textThatIsRead_staysThereWhenThePageIsFull() {
    String app = "fault-full";
    openLive(app);
    for (int first = 0; first < 10_200; first += 600) { // as fast as the browser can, no faster
      IntStream.range(first, first + 600).forEach(i -> publish(app, "line " + i));
      browser.awaitText("#count", "%,d lines".formatted(first + 600));
    }
    assertThat(browser.texts("#log > .is-notice").getFirst()).contains("no longer on this page");

    browser.type("g");
    browser.await("the pill", () -> browser.find("#pill").isDisplayed());
    String first = browser.texts(".message").getFirst();
    IntStream.range(0, 300).forEach(i -> publish(app, "new " + i));
    browser.awaitText("#pill", "300 new lines");
    assertThat(browser.texts(".message").getFirst()).isEqualTo(first);

    browser.type("G");
    browser.awaitText("#count", "10,500 lines");
    browser.await("the newest line", () -> browser.texts(".message").getLast().equals("new 299"));
  }

  @Test
  void textThatIsSelected_doesNotScrollAway() {
    String app = "fault-select";
    openLive(app);
    IntStream.range(0, 100).forEach(i -> publish(app, "line " + i));
    browser.awaitText("#count", "100 lines");
    browser.evaluate(
        "getSelection().selectAllChildren([...document.querySelectorAll('.message')].at(-1));"
            + "return true");
    browser.await("the pill", () -> browser.find("#pill").isDisplayed());
    publish(app, "new");
    browser.awaitText("#pill", "1 new line");
    assertThat(browser.strings("return [getSelection().toString()]")).containsExactly("line 99");
  }

  @Test
  void appThatTheTokenDoesNotName_isToldAndTheTokenKept() {
    String token = Tokens.of("fault-a", "fault-b");
    browser.open(
        "http://127.0.0.1:%d/#token=%s&app=other".formatted(kit.router().httpPort(), token));
    browser.awaitText("#choose-why", "This token does not allow the app other.");
    browser.type(Keys.ESCAPE);
    browser.await("the chooser again", () -> browser.find("#choose").isDisplayed());
    browser.click("#choices li:nth-child(2) button");
    browser.awaitText("#state-words", "Live");
  }

  @Test
  void pageSays_whereATokenOfALinkStays() {
    openLive("fault-token");
    browser.click("#help");
    assertThat(browser.text("#keys"))
        .contains("#token=")
        .contains("cannot take it out of your browser’s history");
    assertThat(browser.texts("#gate-text").getFirst()).doesNotContain("forgotten");
  }

  private static void openLive(String app) {
    openAt(kit.router().httpPort(), app);
    browser.awaitText("#state-words", "Live");
    kit.nats().awaitReader(app);
  }

  private static void openAt(int port, String app) {
    browser.open("http://127.0.0.1:%d/#token=%s".formatted(port, Tokens.of(app)));
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
