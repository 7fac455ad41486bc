package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Streams through the proxies that people put before a router. */
@Timeout(300)
@SideBySide
final class RealProxiesIT {

  private static TestNats nats;

  private final String app = Lines.newApp();

  @TempDir private Path folder;

  @BeforeAll
  static void start() {
    nats = TestNats.start();
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"SSE", "NDJSON", "ENVELOPE", "TEXT"})
  void nginx_thatSpeaksHttp10PassesStreams(Transport transport) throws Exception {
    assumeTrue(RealProxy.isInstalled("nginx"), "needs nginx");
    assertStreams(transport, RealProxy::plainNginx);
  }

  @ParameterizedTest
  @EnumSource
  void nginx_configuredForWebSocketsPassesStreams(Transport transport) throws Exception {
    assumeTrue(RealProxy.isInstalled("nginx"), "needs nginx");
    assertStreams(transport, RealProxy::nginx);
  }

  @ParameterizedTest
  @EnumSource
  void haproxy_passesStreams(Transport transport) throws Exception {
    assumeTrue(RealProxy.isInstalled("haproxy"), "needs HAProxy");
    assertStreams(transport, RealProxy::haproxy);
  }

  @FunctionalInterface
  private interface Starter {
    RealProxy start(Path folder, int router) throws IOException;
  }

  /** History, live lines as they come, and the end. */
  private void assertStreams(Transport transport, Starter starter) throws Exception {
    try (TestRouter router = TestRouter.start(nats);
        RealProxy proxy = starter.start(folder, router.httpPort())) {
      Lines.history(nats, router, app, 1, 20);
      Ask ask = Ask.app(app, transport).token(Tokens.of(app));
      try (LogClient client = LogClient.open(proxy.address(), ask, Deadline.soon())) {
        assertThat(client.messages(20)).isEqualTo(Lines.messages(1, 20));
        for (int n = 21; n <= 30; n++) {
          Lines.publish(nats, app, n, n);
          assertThat(client.messages(1)).isEqualTo(Lines.messages(n, n));
        }
        Future<Void> stop = router.stop();
        assertThat(client.await(Seen.Bye.class).code()).isEqualTo("restart");
        assertThat(client.see())
            .isEqualTo(new Seen.End(transport.isWebSocket() ? 1012 : Seen.End.COMPLETE));
        stop.await(90, TimeUnit.SECONDS);
      }
    }
  }
}
