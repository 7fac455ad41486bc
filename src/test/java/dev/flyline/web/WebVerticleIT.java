package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.web.TestRequests.Answer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real listener and raw bytes: what each request gets, the bad ones above all. */
@Timeout(300)
final class WebVerticleIT {

  private static TestListeners listeners;
  private static TestRequests web;

  /** Judges paths itself, as the endpoint of logs does. */
  private static void mountProbes(Router router) {
    router
        .route()
        .handler(
            context -> {
              HttpServerRequest request = context.request();
              var path = String.valueOf(request.path());
              if (path.startsWith("/probe/fail")) {
                throw new IllegalStateException("secret of the router");
              } else if (path.startsWith("/probe/thread")) {
                request.response().end(Thread.currentThread().getName());
              } else if (path.contains("probe")) {
                request.response().end(path);
              } else {
                context.next();
              }
            });
  }

  @BeforeAll
  static void start() throws Exception {
    listeners = new TestListeners(Map.of(), WebVerticleIT::mountProbes);
    web = listeners.viewers();
  }

  @AfterAll
  static void stop() throws Exception {
    listeners.close();
  }

  private static void assertProblem(Answer answer, int status, String code) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.header("content-type")).contains("application/problem+json");
    var body = new JsonObject(answer.body());
    assertThat(body.getInteger("status")).isEqualTo(status);
    assertThat(body.getString("code")).isEqualTo(code);
    assertThat(body.getString("type")).isEqualTo("about:blank");
    assertThat(body.getString("title")).isNotBlank();
    assertThat(body.getString("detail")).isNotBlank();
  }

  @Test
  void instances_shareOneFreePortAndServeOnEveryEventLoop() {
    var ports = listeners.instances.stream().map(WebVerticle::actualPort).distinct();
    var threads =
        IntStream.range(0, 8)
            .mapToObj(_ -> web.get("/probe/thread").body())
            .collect(Collectors.toSet());

    assertThat(ports).singleElement().isNotEqualTo(listeners.ops.actualPort());
    assertThat(threads).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v1/apps/../probe/logs", "/v1/apps/%2e%2e/probe", "/v1/apps/%zz/probe", "/%2probe",
        "/v1//apps/probe", "/./probe", "/v1/apps/probe.%3E/logs", "/v1/apps/PROBE-probe",
        "/v1/apps/*probe", "/v1/apps/probe%00", "/v1/apps/probe%0d%0aX:1", "/probe%"
      })
  void path_reachesEndpointsAsItWasSent(String path) {
    assertThat(web.get(path + "?x=%zz").body()).isEqualTo(path);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/v1/apps/",
        "/v1/%61pps",
        "/v1/x/../apps",
        "/v1/apps%zz",
        "/health",
        "/../etc",
        "/metrics",
        "/<script>alert(1)</script>"
      })
  void unknownPath_is404AndIsNotEchoed(String path) {
    var answer = web.get(path);

    assertProblem(answer, 404, "not_found");
    assertThat(answer.text()).doesNotContain(path).doesNotContain("script");
  }

  @ParameterizedTest
  @CsvSource({"POST,/v1/apps", "DELETE,/", "PUT,/health/live", "OPTIONS,/v1/apps", "BREW,/app.js"})
  void wrongMethod_is405WithAllow(String method, String path) {
    var answer = web.send(method, path);

    assertProblem(answer, 405, "method_not_allowed");
    assertThat(answer.header("allow")).contains("GET, HEAD");
  }

  @Test
  void everyAnswer_isHardened() {
    for (var path : new String[] {"/", "/nothing", "/v1/apps", "/health/live"}) {
      var answer = web.get(path);

      assertThat(answer.header("x-content-type-options")).as(path).contains("nosniff");
      assertThat(answer.header("referrer-policy")).as(path).contains("no-referrer");
    }
  }

  @Test
  void apps_areListedSorted() {
    var answer = web.get("/v1/apps", "Authorization: Bearer " + listeners.token("shop", "blog"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).contains("application/json");
    assertThat(answer.header("cache-control")).contains("no-store");
    assertThat(answer.body()).isEqualTo("{\"apps\":[\"blog\",\"shop\"]}");
  }

  @Test
  void appsOfTokenWithoutApps_areAnEmptyList() {
    assertThat(web.get("/v1/apps", "Authorization: bearer " + listeners.token()).body())
        .isEqualTo("{\"apps\":[]}");
  }

  @Test
  void headOfApps_hasNoBody() {
    var token = "Authorization: Bearer " + listeners.token("shop");
    var answer = web.send("HEAD", "/v1/apps", token);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-length")).contains("17");
    assertThat(answer.body()).isEmpty();
    assertThat(web.send("HEAD", "/v1/apps").body()).isEmpty();
  }

  @Test
  void missingOrBadToken_is401WithOneAnswer() {
    var good = listeners.token("shop");
    var none = web.get("/v1/apps");

    assertProblem(none, 401, "unauthenticated");
    assertThat(none.header("www-authenticate")).contains("Bearer");
    for (var header :
        new String[] {
          "Authorization: Bearer x.y.z",
          "Authorization: Bearer ",
          "Authorization: Bearer " + "x".repeat(10_000),
          "Authorization: Basic " + good,
          "Authorization: " + good,
          "Authorization: Bearer " + good + "\r\nAuthorization: Bearer " + good,
          "Sec-WebSocket-Protocol: bearer." + good + ", bearer." + good,
          "Cookie: token=" + good
        }) {
      assertThat(web.get("/v1/apps", header)).as(header).isEqualTo(none);
    }
  }

  @Test
  void tokenInUrl_isNotLookedAt() {
    var good = listeners.token("shop");
    for (var name : new String[] {"token", "access_token", "bearer", "authorization", "jwt"}) {
      assertThat(web.get("/v1/apps?" + name + "=" + good).status()).isEqualTo(401);
    }
  }

  @Test
  void tokenInSubprotocol_isAccepted() {
    var good = listeners.token("shop");

    assertThat(web.get("/v1/apps", "Sec-WebSocket-Protocol: flyline.v1, bearer." + good).body())
        .isEqualTo("{\"apps\":[\"shop\"]}");
  }

  @Test
  void refusedTokens_areCountedByReason() {
    web.get("/v1/apps", "Authorization: Bearer nonsense");
    web.get("/v1/apps");

    assertThat(listeners.meters.scrape())
        .contains("flyline_tokens_refused_total{reason=\"malformed\"}")
        .contains("flyline_tokens_refused_total{reason=\"missing\"}");
  }

  @Test
  void malformedHttp_isAnsweredWithoutEchoOrLog() {
    try (var log = new TestLog()) {
      assertProblem(web.raw("\u0000\u0001secret\r\n\r\n"), 400, "bad_request");
      assertProblem(web.raw("GET /\r\nHost: a\r\n\r\n"), 400, "bad_request");
      assertProblem(web.raw("GET / HTTP/1.1\r\nConnection: close\r\n\r\n"), 400, "bad_request");
      assertProblem(
          web.raw("GET / HTTP/1.1\r\nHost: a\r\nBad Name: x\r\n\r\n"), 400, "bad_request");
      assertProblem(web.get("/", "X: a\r\nContent-Length: x"), 400, "bad_request");
      assertProblem(web.get("/" + "x".repeat(9_000)), 414, "uri_too_long");
      assertProblem(web.get("/", "X: " + "x".repeat(70_000)), 431, "headers_too_large");

      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void bug_is500WithoutItsMessageAndIsLoggedOnce() {
    try (var log = new TestLog()) {
      var answer = web.get("/probe/fail");

      assertProblem(answer, 500, "internal");
      assertThat(answer.text()).doesNotContain("secret of the router");
      assertThat(log.messages()).containsExactly("a request failed by our own fault");
    }
  }

  @Test
  void http2_isNotOffered() {
    var upgraded =
        web.get(
            "/health/live",
            "Connection: Upgrade, HTTP2-Settings",
            "Upgrade: h2c",
            "HTTP2-Settings: AAMAAABkAAQAAP__");

    assertThat(upgraded.status()).isEqualTo(200);
    assertThat(web.raw("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status()).isEqualTo(505);
  }

  @Test
  void answers_areNotCompressed() {
    assertThat(web.get("/", "Accept-Encoding: gzip, deflate").header("content-encoding")).isEmpty();
  }

  @Test
  void readsOfOneConnection_areAnsweredInOrder() { // pipelining, and a body nobody reads
    var first = "GET /health/live HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello";
    var second = "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    assertThat(web.raw(first + second).text()).startsWith("HTTP/1.1 200").contains("HTTP/1.1 404");
  }
}
