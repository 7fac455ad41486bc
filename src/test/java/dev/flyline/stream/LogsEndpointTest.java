package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.AuthConfig;
import dev.flyline.auth.SignaturePool;
import dev.flyline.auth.TestTokens;
import dev.flyline.bus.LogBus;
import dev.flyline.config.Settings;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Feeds;
import dev.flyline.feed.Owner;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meters;
import dev.flyline.stream.ndjson.EnvelopeEncoder;
import dev.flyline.stream.ndjson.NdjsonEncoder;
import dev.flyline.stream.sse.SseEncoder;
import dev.flyline.stream.text.TextEncoder;
import dev.flyline.stream.ws.FlylineEncoder;
import dev.flyline.stream.ws.VerbatimEncoder;
import dev.flyline.web.Credentials;
import dev.flyline.web.Health;
import dev.flyline.web.OriginGate;
import dev.flyline.web.Origins;
import dev.flyline.web.ViewerLimits;
import dev.flyline.web.WebConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who gets a stream of which app. The router stops already, so that whoever passes all checks is
 * answered {@code draining} and no stream begins.
 */
@Timeout(60)
final class LogsEndpointTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String UPGRADE =
      "Connection: Upgrade|Upgrade: websocket|Sec-WebSocket-Version: 13"
          + "|Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==";

  private static Vertx vertx;
  private static HttpServer server;
  private static SignaturePool signatures;

  @BeforeAll
  static void start() throws Exception {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    var settings = Settings.of(Map.of("auth.hmac.secret", SECRET));
    var auth = AuthConfig.from(settings);
    signatures = auth.signaturePool();
    var router = Router.router(vertx);
    endpoint(auth, settings).mount(router);
    server =
        vertx
            .createHttpServer()
            .requestHandler(router)
            .listen(0, "127.0.0.1")
            .await(20, TimeUnit.SECONDS);
  }

  private static LogsEndpoint endpoint(AuthConfig auth, Settings settings) {
    InstantSource clock = InstantSource.system();
    var meters = new Meters();
    var lanes = new Lanes(vertx, 1);
    var feeds =
        new Feeds(
            vertx,
            lanes,
            new LogBus(vertx),
            _ -> new NoLog(),
            FeedConfig.from(settings),
            meters,
            clock);
    var streams =
        new Streams(
            lanes,
            StreamConfig.from(settings, Map.of(), "me"),
            new HistoryBudget(1 << 20, meters, clock),
            new Upstream(),
            meters,
            clock);
    var health = new Health();
    health.startRefusing();
    return new LogsEndpoint(
        feeds,
        streams,
        new Encoders(
            VerbatimEncoder.INSTANCE,
            FlylineEncoder.INSTANCE,
            SseEncoder.INSTANCE,
            NdjsonEncoder.INSTANCE,
            EnvelopeEncoder.INSTANCE,
            TextEncoder.INSTANCE),
        new Credentials(auth.verifier(clock, signatures), meters),
        new ViewerLimits(WebConfig.from(settings, Map.of())),
        new OriginGate(new Origins(List.of("https://good.example")), meters),
        health,
        meters,
        clock);
  }

  @AfterAll
  static void stop() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
    signatures.close();
  }

  /** What a client with a token for {@code apps}, comma separated, is answered. */
  private static String ask(String uri, String apps, String headers) throws Exception {
    long expires = InstantSource.system().millis() / 1_000 + 600;
    String names = apps.isEmpty() ? "" : "\"" + apps.replace(",", "\",\"") + "\"";
    String claims = "{\"sub\":\"u\",\"exp\":" + expires + ",\"apps\":[" + names + "]}";
    return ask(uri, headers + "|Authorization: Bearer " + TestTokens.hs256(claims, SECRET));
  }

  private static String ask(String uri, String headers) throws Exception {
    return vertx
        .createHttpClient()
        .request(HttpMethod.GET, server.actualPort(), "127.0.0.1", uri)
        .compose(
            request -> {
              request.putHeader("Host", "flyline.test");
              for (String header : headers.split("\\|", -1)) {
                int colon = header.indexOf(": ");
                if (colon > 0) {
                  request.headers().add(header.substring(0, colon), header.substring(colon + 2));
                }
              }
              return request.send();
            })
        .compose(
            response ->
                response
                    .body()
                    .map(
                        body ->
                            response.statusCode() + " " + new JsonObject(body).getString("code")))
        .await(20, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/apps/shop/logs, 'shop', 503 draining",
    "/v1/apps/shop/logs, 'blog,shop', 503 draining",
    "/v1/apps/shop/logs, 'blog', 403 forbidden",
    "/v1/apps/shop/logs, '', 403 forbidden",
    "/v1/apps/shop/logs?app=blog, 'blog', 403 forbidden",
    "/logs?app=shop, 'shop', 503 draining",
    "/logs?app=shop, 'blog,shop', 503 draining",
    "/logs?app=shop, 'blog', 403 forbidden",
    "/logs?app=shop, 'blog,wiki', 403 forbidden",
    "/logs?app=shop, '', 403 forbidden",
    "/logs?app=shop&app=blog, 'blog', 403 forbidden",
    "/logs, 'shop', 503 draining",
    "/logs, 'blog,shop', 400 bad_request",
    "/logs, '', 400 bad_request",
    "/logs?app=, 'shop', 400 bad_request",
    "/logs?app=Shop, 'shop', 400 bad_request"
  })
  void app_isSeenByTokensThatNameIt(String uri, String apps, String expected) throws Exception {
    assertThat(ask(uri, apps, "")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'', 401 unauthenticated", "Authorization: Bearer e30.e30.e30, 401 unauthenticated"})
  void withoutAGoodToken_noAppIsSeen(String header, String expected) throws Exception {
    assertThat(ask("/logs?app=shop", header)).isEqualTo(expected);
    assertThat(ask("/v1/apps/shop/logs", header)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "'', 503 draining",
    "Origin: https://good.example, 503 draining",
    "Origin: https://flyline.test, 503 draining",
    "Origin: https://evil.example, 403 origin_not_allowed",
    "Origin: null, 403 origin_not_allowed",
    "Origin: https://good.example|Origin: https://good.example, 403 origin_not_allowed"
  })
  void webSocket_isGivenToAllowedPages(String headers, String expected) throws Exception {
    for (String uri : List.of("/logs?app=shop", "/logs", "/v1/apps/shop/logs")) {
      assertThat(ask(uri, "shop", UPGRADE + "|" + headers)).as(uri).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Origin: https://evil.example, 503 draining",
    "Flyline-Origin: https://good.example, 503 draining",
    "Flyline-Origin: https://evil.example, 403 origin_not_allowed"
  })
  void plainRequest_isGivenToPagesThatMayHaveAWebSocket(String headers, String expected)
      throws Exception {
    assertThat(ask("/logs?app=shop", "shop", headers)).isEqualTo(expected);
  }

  /** A page that may have nothing learns no more of it than any other client. */
  @ParameterizedTest
  @CsvSource({
    "/logs?app=shop, 'blog', 403 forbidden",
    "/logs?app=Shop, 'shop', 400 bad_request",
    "/logs?app=shop&tail=x, 'shop', 403 origin_not_allowed"
  })
  void originCheck_comesAfterTheGrantAndBeforeTheParameters(
      String uri, String apps, String expected) throws Exception {
    assertThat(ask(uri, apps, UPGRADE + "|Origin: https://evil.example")).isEqualTo(expected);
  }

  /** Whoever asks for a log has been let in too far. */
  private static final class NoLog implements Owner {

    @Override
    public Future<Answer> watch(AppName app, Watcher watcher) {
      throw new AssertionError("no stream begins");
    }

    @Override
    public void unwatch(AppName app) {}

    @Override
    public Future<BlockRing> recent(AppName app) {
      throw new AssertionError("no stream begins");
    }

    @Override
    public Future<Void> older(AppName app, long from) {
      throw new AssertionError("no stream begins");
    }
  }
}
