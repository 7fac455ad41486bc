package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What operators and load balancers see, and what they must not see. */
@Timeout(60)
final class OpsIT {

  private static TestNats nats;
  private static TestRouter router;

  @BeforeAll
  static void start() {
    nats = TestNats.start();
    router = TestRouter.start(nats);
  }

  @AfterAll
  static void stop() {
    router.close();
    nats.close();
  }

  @Test
  void health_isOnBothPorts() {
    assertThat(router.ops("/health/live").status()).isEqualTo(200);
    assertThat(router.ops("/health/ready").status()).isEqualTo(200);
    assertThat(router.answer(Ask.plainGet("/health/live")).status()).isEqualTo(200);
    assertThat(router.answer(Ask.plainGet("/health/ready")).status()).isEqualTo(200);
  }

  @Test
  void metrics_areForOperatorsAlone() {
    assertThat(router.ops("/metrics").header("content-type").orElseThrow())
        .startsWith("text/plain");
    assertThat(router.answer(Ask.plainGet("/metrics")).status()).isEqualTo(404);
    assertThat(router.ops("/v1/apps/shop/logs").status()).isEqualTo(404);
  }

  @Test
  void metrics_nameNoAppUserOrToken() {
    String app = "tenant-with-a-name";
    String token = Tokens.user("somebody", app);
    try (LogClient client = router.live(Ask.app(app, Transport.FLYLINE_V1).token(token), app)) {
      Lines.publish(nats, app, 1, 5);
      client.messages(5);
      router.answer(Ask.app("another", Transport.TEXT).token(token));
      router.answer(Ask.app(app, Transport.TEXT).token(token + "x"));

      assertThat(router.ops("/metrics").body()).doesNotContain(app, "another", "somebody", token);
    }
  }

  @Test
  void metrics_countViewersAndAppsThatAreThere() {
    try (LogClient _ = router.live("counted", Transport.FLYLINE_V1);
        LogClient _ = router.live("counted", Transport.SSE)) {
      assertThat(router.ops("/metrics").body().lines())
          .filteredOn(line -> line.startsWith("flyline_viewers{"))
          .anyMatch(line -> line.endsWith(" 1.0"));
      assertThat(router.metric("flyline_nats_subscriptions"))
          .isEqualTo(nats.subscriptions("logs.").size());
    }
  }
}
