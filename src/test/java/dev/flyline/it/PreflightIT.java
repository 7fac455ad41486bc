package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A page of another site in Chromium, and what the libraries that it may use send to the router.
 */
@Timeout(300)
@SideBySide
final class PreflightIT {

  private static TestNats nats;
  private static TestRouter router;
  private static Browser browser;
  private static HttpServer listed;
  private static HttpServer other;

  private final String app = Lines.newApp();

  @BeforeAll
  static void start() throws IOException {
    nats = TestNats.start();
    listed = site();
    other = site();
    router = TestRouter.start(nats, Map.of("cors.origins", origin(listed)));
    browser = Browser.start();
  }

  @AfterAll
  static void stop() {
    browser.close();
    router.close();
    listed.stop(0);
    other.stop(0);
    nats.close();
  }

  /** A site of one page, which has the polyfill. */
  private static HttpServer site() throws IOException {
    var loopback = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    HttpServer server = HttpServer.create(loopback, 0);
    server.createContext("/", exchange -> send(exchange, "text/html", "<title>shop</title>"));
    server.createContext(
        "/polyfill.js",
        exchange -> {
          var file = RealClient.nodeFile("event-source-polyfill/src/eventsource.js");
          send(exchange, "text/javascript", Files.readString(file));
        });
    server.start();
    return server;
  }

  private static void send(HttpExchange exchange, String type, String body) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(200, 0);
    try (var out = exchange.getResponseBody()) {
      out.write(body.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String origin(HttpServer site) {
    return "http://127.0.0.1:" + site.getAddress().getPort();
  }

  /** The headers of one library each, beside {@code Authorization}. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "'accept': 'text/event-stream', 'last-event-id': 'e:41'", // @microsoft/fetch-event-source
        "'Accept': 'text/event-stream', 'Last-Event-ID': 'e:41'", // eventsource, eventsource-client
        "'Accept': 'text/event-stream', 'Cache-Control': 'no-cache'", // launchdarkly-eventsource
        "'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest'", // sse.js, axios
        "'Cache-Control': 'no-cache', 'Pragma': 'no-cache', 'If-None-Match': '\"x\"'", // wrappers
        "'traceparent': '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', 'tracestate':"
            + " 'a=b', 'baggage': 'a=b', 'sentry-trace': 'x'", // OpenTelemetry, Sentry
        "'x-datadog-trace-id': '1', 'x-datadog-parent-id': '2', 'x-datadog-origin': 'rum',"
            + " 'x-datadog-sampling-priority': '1'"
      })
  void headersOfLibraries_areAllowedToAListedOrigin(String headers) {
    assertThat(ask(listed, headers)).isEqualTo("200");
    assertThat(ask(other, headers)).isEqualTo("refused");
  }

  @Test
  void anyOtherHeader_isNot() {
    assertThat(ask(listed, "'X-Evil': '1'")).isEqualTo("refused");
  }

  /** What comes of a request by the page of {@code site}. */
  private String ask(HttpServer site, String headers) {
    browser.open(origin(site) + "/");
    browser.evaluate(
        """
        window.answer = '';
        fetch(arguments[0], { headers: { Authorization: 'Bearer ' + arguments[1], %s } })
            .then((answer) => { window.answer = String(answer.status); })
            .catch(() => { window.answer = 'refused'; });
        return 'ok';
        """
            .formatted(headers),
        url("?follow=false"),
        Tokens.of(app));
    browser.await("an answer", () -> !answer().isEmpty());
    return answer();
  }

  private static String answer() {
    return String.valueOf(browser.evaluate("return window.answer"));
  }

  /** It sends its position in the query, and comes back with it. */
  @Test
  void polyfill_readsFromAnotherOriginWithAToken() {
    assumeTrue(RealClient.hasNode(), "needs npm's clients, which script/test installs");
    Lines.history(nats, router, app, 1, 20);
    browser.open(origin(listed) + "/");
    browser.evaluate(
        """
        window.seen = [];
        const script = document.createElement('script');
        script.src = '/polyfill.js';
        script.onload = () => {
          const source = new EventSourcePolyfill(arguments[0],
              { headers: { Authorization: 'Bearer ' + arguments[1] } });
          source.onmessage = (event) => seen.push(event.data);
          source.onerror = () => { if (source.readyState === 2) seen.push('closed'); };
        };
        document.head.append(script);
        return 'ok';
        """,
        url("?follow=false"),
        Tokens.of(app));
    browser.await("the end", () -> seen().contains("closed"));
    assertThat(seen()).hasSize(21).startsWith(Lines.payload(1));
  }

  private static List<String> seen() {
    return browser.strings("return window.seen");
  }

  private String url(String query) {
    return "http://127.0.0.1:" + router.httpPort() + "/v1/apps/" + app + "/logs" + query;
  }
}
