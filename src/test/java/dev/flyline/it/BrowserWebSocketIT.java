package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script in a real browser, whose WebSocket can set no header and wants its subprotocol back. */
@Timeout(300)
@SideBySide
final class BrowserWebSocketIT {

  private static final String LISTEN =
      """
      window.heard = [];
      const socket = new WebSocket(
          `ws://${location.host}/v1/apps/${arguments[0]}/logs?tail=0`,
          [arguments[1], 'bearer.' + arguments[2]]);
      socket.onopen = () => heard.push('open ' + socket.protocol);
      socket.onmessage = (event) => heard.push(event.data);
      socket.onerror = () => heard.push('error');
      return true;
      """;

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

  private static boolean heard(String text) {
    return browser.strings("return window.heard").stream().anyMatch(line -> line.contains(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"flyline.verbatim", "flyline.v1"})
  void webSocket_withATokenInASubprotocolGetsLines(String subprotocol) {
    String app = Lines.newApp();
    browser.open("http://127.0.0.1:" + kit.router().httpPort() + "/");
    browser.evaluate(LISTEN, app, subprotocol, Tokens.of(app));
    browser.await("the stream is open", () -> heard("open " + subprotocol));
    kit.nats().awaitReader(app);
    Lines.publish(kit.nats(), app, 1, 1);
    browser.await("the line is there", () -> heard(Lines.payload(1)));

    assertThat(heard("error")).isFalse();
  }
}
