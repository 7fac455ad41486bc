package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients as customers have them, against a real router and nats-server. */
@Timeout(300)
@SideBySide
final class RealClientsIT {

  private static final Duration PING = Duration.ofSeconds(1);
  private static final Duration MISSED = Duration.ofSeconds(3);

  private static TestNats nats;

  private final String app = Lines.newApp();
  private final String token = Tokens.of(app);

  @BeforeAll
  static void start() {
    nats = TestNats.start();
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  // ---- EventSource ----

  /**
   * The polyfill's turn is in {@link PreflightIT}: in Node it fails at any answer without a body.
   */
  @Test
  void eventSource_stopsAtTheEnd() {
    assumeTrue(RealClient.hasNode(), "needs npm's clients, which script/test installs");
    try (TestRouter router = TestRouter.start(nats)) {
      Lines.history(nats, router, app, 1, 20);
      String url = url(router, "?follow=false&region=fra"); // line 20 is of another region
      try (RealClient client = RealClient.node("sse.mjs", "eventsource", url, token)) {
        client.await("bye {\"type\":\"bye\",\"code\":\"end\"");
        Lines.history(nats, router, app, 21, 40); // before it comes back, 2 s later
        client.await("closed");
        assertThat(client.past().stream().filter(said -> said.startsWith("message"))).hasSize(7);
      }
    }
  }

  @Test
  void eventSource_survivesAPlannedStop() throws Exception {
    assumeTrue(RealClient.hasNode(), "needs npm's clients, which script/test installs");
    var settings = atFixedPort();
    var clients = new ArrayList<RealClient>();
    try (TestRouter first = TestRouter.start(nats, settings)) {
      for (int i = 0; i < 4; i++) {
        for (String library : List.of("eventsource", "polyfill")) {
          clients.add(RealClient.node("sse.mjs", library, url(first, "?tail=0"), token));
        }
      }
      clients.forEach(client -> client.await("hello"));
      stopped(first.stop());
    }
    try (TestRouter second = TestRouter.start(nats, settings)) {
      for (RealClient client : clients) {
        client.await("hello");
        assertThat(client.past()).doesNotContain("closed");
      }
      Lines.publish(nats, app, 1, 1);
      clients.forEach(client -> client.await("message " + Lines.payload(1)));
      assertThat(second.httpPort()).isPositive();
    } finally {
      clients.forEach(RealClient::close);
    }
  }

  /** With a drain in which everybody is told to come back while the router still refuses. */
  private static Map<String, String> atFixedPort() {
    return Map.of("http.port", Integer.toString(FreePorts.one("127.0.0.1")), "drain", "3s");
  }

  private static void stopped(Future<Void> stop) throws Exception {
    stop.await(90, TimeUnit.SECONDS);
  }

  @Test
  void chromium_survivesAPlannedStopAndStopsAtTheEnd() throws Exception {
    var settings = atFixedPort();
    try (Browser browser = Browser.start();
        var relay = new TokenRelay(Integer.parseInt(settings.get("http.port")), token)) {
      try (TestRouter first = TestRouter.start(nats, settings)) {
        browser.open(relay.url() + "/");
        listen(browser, "live", "/v1/apps/" + app + "/logs?tail=0");
        browser.await("hello", () -> seen(browser, "live").contains("hello"));
        stopped(first.stop());
      }
      try (TestRouter second = TestRouter.start(nats, settings)) {
        browser.await("the second hello", () -> count(browser, "live", "hello") == 2);
        nats.awaitReader(app);
        Lines.publish(nats, app, 1, 20);
        browser.await("its lines", () -> count(browser, "live", "message") == 20);

        listen(browser, "finite", "/v1/apps/" + app + "/logs?follow=false&region=fra");
        browser.await("the end", () -> seen(browser, "finite").contains("bye"));
        Lines.history(nats, second, app, 21, 40);
        browser.await("closed", () -> seen(browser, "finite").contains("closed"));
        assertThat(count(browser, "finite", "message")).isEqualTo(7);
      }
    }
  }

  private static void listen(Browser browser, String name, String target) {
    browser.evaluate(
        """
        const seen = window[arguments[0]] = [];
        const source = new EventSource(arguments[1]);
        for (const name of ['hello', 'message', 'gap', 'bye']) {
          source.addEventListener(name, () => seen.push(name));
        }
        source.onerror = () => seen.push(source.readyState === 2 ? 'closed' : 'error');
        return 'ok';
        """,
        name,
        target);
  }

  private static List<String> seen(Browser browser, String name) {
    return browser.strings("return window[arguments[0]]", name);
  }

  private static long count(Browser browser, String name, String event) {
    return seen(browser, name).stream().filter(event::equals).count();
  }

  // ---- WebSocket ----

  @ParameterizedTest
  @ValueSource(strings = {"ws", "websockets", "aiohttp"})
  void webSocketLibrary_answersPingsAndIsTold(String library) throws Exception {
    try (TestRouter router = TestRouter.startWatchful(nats, Map.of(), PING, MISSED);
        RealClient client = webSocket(library, router, "flyline.v1");
        RealClient verbatim = webSocket(library, router)) {
      client.await("open flyline.v1");
      client.await("message {\"type\":\"hello\"");
      verbatim.await("open");
      nats.awaitReader(app);
      try (LogClient silent = router.live("quiet", Transport.WEBSOCKET)) {
        awaitClosed(router, silent);
      }
      Lines.publish(nats, app, 1, 1);
      assertThat(client.await("message {\"type\":\"logs\"")).contains(Lines.payload(1));
      verbatim.await("message " + Lines.payload(1));
      assertThat(client.past()).noneMatch(said -> said.startsWith("close"));

      Future<Void> stop = router.stop();
      client.await("message {\"type\":\"bye\",\"code\":\"restart\"");
      client.await("close 1012");
      verbatim.await("message {\"flyline\":{\"type\":\"bye\"");
      stopped(stop);
    }
  }

  private RealClient webSocket(String library, TestRouter router, String... subprotocols) {
    boolean node = library.equals("ws");
    assumeTrue(
        node ? RealClient.hasNode() : RealClient.hasPython(),
        "needs the clients of npm and PyPI, which script/test installs");
    var arguments = new ArrayList<String>();
    arguments.add(url(router, "?tail=0").replace("http:", "ws:"));
    arguments.add(token);
    arguments.addAll(List.of(subprotocols));
    String[] all = arguments.toArray(new String[0]);
    return node ? RealClient.node("ws.mjs", all) : RealClient.python(library + "_client.py", all);
  }

  /** One that answers no ping is missed; by then the others have answered several. */
  private static void awaitClosed(TestRouter router, LogClient silent) {
    String missed = "flyline_viewers_gone_total{sign=\"ping\"} 1";
    var deadline = Deadline.soon();
    while (router.ops("/metrics").body().lines().noneMatch(line -> line.startsWith(missed))) {
      assertThat(deadline.passed()).as("a silent client is missed").isFalse();
    }
    assertThat(silent.rest().getLast()).isEqualTo(new Seen.End(1008));
  }

  @Test
  void aiohttp_readsEvents() throws Exception {
    assumeTrue(RealClient.hasPython(), "needs PyPI's clients, which script/test installs");
    try (TestRouter router = TestRouter.start(nats);
        RealClient client = RealClient.python("aiohttp_client.py", url(router, "?tail=0"), token)) {
      client.await("open 200");
      client.await("message {\"type\":\"hello\"");
      Lines.publish(nats, app, 1, 1);
      client.await("message " + Lines.payload(1));
      stopped(router.stop());
      client.await("close");
    }
  }

  @Test
  void javaHttpClient_readsBothForms() throws Exception {
    BlockingQueue<String> said = new LinkedBlockingQueue<>();
    try (TestRouter router = TestRouter.startWatchful(nats, Map.of(), PING, MISSED);
        var http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      var socket =
          http.newWebSocketBuilder()
              .header("Authorization", "Bearer " + token)
              .subprotocols("flyline.v1")
              .buildAsync(
                  URI.create(url(router, "?tail=0").replace("http:", "ws:")), new Listener(said))
              .join();
      assertThat(socket.getSubprotocol()).isEqualTo("flyline.v1");
      assertThat(said.poll(90, TimeUnit.SECONDS)).startsWith("{\"type\":\"hello\"");
      nats.awaitReader(app);
      try (LogClient silent = router.live("quiet", Transport.WEBSOCKET)) {
        awaitClosed(router, silent);
      }
      var request =
          HttpRequest.newBuilder(URI.create(url(router, "?tail=0")))
              .header("Authorization", "Bearer " + token)
              .header("Accept", "application/x-ndjson")
              .build();
      var lines = http.send(request, HttpResponse.BodyHandlers.ofLines()).body().iterator();
      Lines.publish(nats, app, 1, 1);
      assertThat(lines.next()).isEqualTo(Lines.payload(1));
      stopped(router.stop());
      assertThat(lines.next()).startsWith("{\"flyline\":{\"type\":\"bye\"");
      assertThat(lines.hasNext()).isFalse();
      String last = "";
      while (!last.startsWith("close")) {
        last = said.poll(90, TimeUnit.SECONDS);
      }
      assertThat(last).isEqualTo("close 1012");
    }
  }

  /** Notes whole messages and the close; answers pings as the interface does by itself. */
  private record Listener(BlockingQueue<String> said) implements WebSocket.Listener {

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      said.add(data.toString());
      return WebSocket.Listener.super.onText(socket, data, last);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      said.add("close " + code);
      return WebSocket.Listener.super.onClose(socket, code, reason);
    }
  }

  private String url(TestRouter router, String query) {
    return "http://127.0.0.1:" + router.httpPort() + "/v1/apps/" + app + "/logs" + query;
  }
}
