package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of docs/embedding.md as they stand there, from another origin in a real browser. */
@Timeout(300)
@SideBySide
final class EmbeddingIT {

  private static final String APP = "shop"; // as in the examples

  private static TestNats nats;
  private static TestSite friend;
  private static TestSite stranger;
  private static TestRouter router;
  private static Browser browser;

  @BeforeAll
  static void start() throws IOException {
    nats = TestNats.start();
    friend = TestSite.start();
    stranger = TestSite.start();
    router =
        TestRouter.start(
            nats, Map.of("cors.origins", friend.origin(), "frame.ancestors", friend.origin()));
    browser = Browser.start();
    List<String> examples = examples();
    for (var site : List.of(friend, stranger)) {
      site.with("/code", "text/html", examples.get(0))
          .with("/frame", "text/html", examples.get(1))
          .with("/log-token", "text/plain", Tokens.of(APP));
    }
  }

  @AfterAll
  static void stop() {
    browser.close();
    router.close();
    stranger.close();
    friend.close();
    nats.close();
  }

  /** The document's HTML blocks, with the router's address put in. */
  private static List<String> examples() throws IOException {
    var blocks =
        Pattern.compile("^```html\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
            .matcher(Files.readString(Path.of("docs/embedding.md")));
    String address = "http://127.0.0.1:" + router.httpPort();
    return blocks
        .results()
        .map(block -> block.group(1).replace("https://logs.example.com", address))
        .toList();
  }

  @Test
  void listedOrigin_readsTheLogByItsOwnCode() {
    browser.open(friend.origin() + "/code");
    browser.awaitText("#state", "Live");
    nats.awaitReader(APP);
    publish("<b>from elsewhere</b>");
    browser.await("the line", () -> browser.texts("#log").getFirst().contains("elsewhere"));

    assertThat(browser.texts("#log").getFirst()).contains("<b>from elsewhere</b>\n");
    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void listedOrigin_mayAskWhyItWasRefused() {
    browser.open(friend.origin() + "/code");
    browser.awaitText("#state", "Live");
    var answers =
        browser.strings(
            """
            const answer = await fetch(arguments[0] + '/v1/apps/other/logs?follow=false&tail=0',
                {headers: {Authorization: 'Bearer ' + arguments[1]}});
            return [answer.status, (await answer.json()).code];
            """,
            "http://127.0.0.1:" + router.httpPort(),
            Tokens.of(APP));

    assertThat(answers).containsExactly("403", "forbidden");
  }

  @Test
  void otherOrigin_readsNothing() {
    double before = router.metric("flyline_origins_refused_total");
    browser.open(stranger.origin() + "/code");
    browser.awaitText(
        "#state", "The router does not answer, or does not list the origin of this page.");

    assertThat(browser.texts("#log")).containsExactly("");
    assertThat(router.metric("flyline_origins_refused_total")).isEqualTo(before + 1);
  }

  @Test
  void pageInAFrame_showsTheLogWhereTheSettingAllowsIt() {
    browser.open(friend.origin() + "/frame");
    browser.await("the frame's address", EmbeddingIT::hasAddress);
    browser.enterFrame("#logs");
    browser.awaitText("#state-words", "Live");
    nats.awaitReader(APP);
    publish("in a frame");
    browser.awaitText(".message", "in a frame");

    assertThat(browser.problems()).isEmpty();
  }

  @Test
  void pageInAStrangersFrame_isNotShown() {
    browser.open(stranger.origin() + "/frame");
    browser.await("the frame's address", EmbeddingIT::hasAddress);
    browser.enterFrame("#logs");
    browser.await(
        "the browser's own error page",
        () -> browser.evaluate("return location.href").equals("chrome-error://chromewebdata/"));

    assertThat(browser.texts("#scroller")).isEmpty();
  }

  private static boolean hasAddress() {
    return String.valueOf(browser.find("#logs").getDomProperty("src")).contains("#token=");
  }

  private static void publish(String message) {
    nats.publish("logs." + APP + ".fra.m1", new JsonObject().put("message", message).encode());
  }
}
