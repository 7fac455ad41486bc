package dev.flyline.web;

import dev.flyline.auth.AuthConfig;
import dev.flyline.auth.SignaturePool;
import dev.flyline.auth.TokenSigner;
import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.metrics.Meters;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/** Both listeners, with everything that is in {@code web}, on free ports of the loopback. */
final class TestListeners implements AutoCloseable {

  private static final int EVENT_LOOPS = 2;

  final Meters meters = new Meters();
  final Health health = new Health();
  final List<WebVerticle> instances = new ArrayList<>();
  final OpsVerticle ops;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(EVENT_LOOPS));
  private final AuthConfig auth;
  private final SignaturePool signatures;

  /** Starts them; {@code values} are settings, {@code more} are endpoints before the page. */
  TestListeners(Map<String, String> values, Endpoint... more) throws Exception {
    var keys = new TreeMap<>(values);
    keys.put("http.port", "0");
    keys.put("ops.port", "0");
    keys.put("auth.hmac.secret", "a secret of at least 32 bytes for tests");
    var settings = Settings.of(keys);
    var config = WebConfig.from(settings);
    auth = AuthConfig.from(settings);
    signatures = auth.signaturePool();
    var page = PageConfig.from(settings);
    settings.check();
    var limits = ConnectionLimits.forViewers(config, EVENT_LOOPS, meters);
    var webroot = Webroot.load(getClass().getClassLoader(), "webroot-test");
    vertx
        .deployVerticle(
            () -> instance(config, limits, webroot, page, List.of(more)),
            new DeploymentOptions().setInstances(EVENT_LOOPS))
        .await(20, TimeUnit.SECONDS);
    ops = new OpsVerticle(config, meters, health, List.of());
    vertx.deployVerticle(ops).await(20, TimeUnit.SECONDS);
  }

  private WebVerticle instance(
      WebConfig config,
      ConnectionLimits limits,
      Webroot webroot,
      PageConfig page,
      List<Endpoint> more) {
    var own =
        List.of(
            HealthEndpoint.forEverybody(health),
            new AppsEndpoint(
                new Credentials(auth.verifier(InstantSource.system(), signatures), meters)));
    var endpoints =
        Stream.of(own, more, List.of(new PageEndpoint(webroot, page)))
            .<Endpoint>flatMap(List::stream)
            .toList();
    var verticle = new WebVerticle(config, limits, endpoints);
    instances.add(verticle);
    return verticle;
  }

  TestRequests viewers() {
    return new TestRequests(instances.getFirst().actualPort());
  }

  TestRequests operators() {
    return new TestRequests(ops.actualPort());
  }

  String token(String... apps) {
    TokenSigner signer = auth.signer(InstantSource.system()).orElseThrow();
    return signer.sign("u", Stream.of(apps).map(AppName::new).toList(), Duration.ofMinutes(5));
  }

  @Override
  public void close() throws TimeoutException {
    vertx.close().await(20, TimeUnit.SECONDS);
    signatures.close();
  }
}
