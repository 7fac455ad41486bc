package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router that is told to stop sends its clients elsewhere, in good order. */
@Timeout(300)
@SideBySide
final class StopIT {

  private static final Map<String, String> SHORT_DRAIN = Map.of("drain", "3s");
  private static final long DRAIN_MS = 3_000;

  private static TestNats nats;

  @BeforeAll
  static void start() {
    nats = TestNats.start();
  }

  @AfterAll
  static void stop() {
    nats.close();
  }

  @Test
  void viewers_getAllTheirLinesAndThenTheWayBack() throws Exception {
    try (TestRouter router = TestRouter.start(nats, SHORT_DRAIN)) {
      var clients = new ArrayList<LogClient>();
      for (Transport transport : Transport.values()) {
        clients.add(router.live("shop", transport));
      }
      Lines.publish(nats, "shop", 1, 200);
      clients.getFirst().messages(200); // so the router has them
      Future<Void> stopped = router.stop();

      for (LogClient client : clients.subList(1, clients.size())) {
        assertThat(client.messages(200)).isEqualTo(Lines.messages(1, 200));
      }
      for (int i = 0; i < clients.size(); i++) {
        assertToldToComeBack(Transport.inTurn(i), clients.get(i));
      }
      stopped.await(90, TimeUnit.SECONDS);
      assertThat(nats.subscriptions("logs.")).isEmpty();
    }
  }

  private static void assertToldToComeBack(Transport transport, LogClient client) {
    try (client) {
      List<Seen> rest = client.rest();
      assertThat(rest).as(transport.name()).hasSize(2);
      Seen.Bye bye = (Seen.Bye) rest.getFirst();
      assertThat(bye.code()).contains("restart");
      int code = transport.isWebSocket() ? 1012 : Seen.End.COMPLETE;
      assertThat(rest.getLast()).as(transport.name()).isEqualTo(new Seen.End(code));
      if (transport != Transport.TEXT) {
        assertThat(bye.reconnect()).isTrue();
        assertThat(bye.afterMs().orElseThrow()).isBetween(0L, DRAIN_MS);
      }
      if (transport == Transport.SSE) {
        assertThat((long) client.sse().retryMs().orElseThrow())
            .isEqualTo(bye.afterMs().orElseThrow());
      }
    }
  }

  @Test
  void reconnects_areSpreadOverTheDrain() throws Exception {
    try (TestRouter router = TestRouter.start(nats, SHORT_DRAIN)) {
      var clients = new ArrayList<LogClient>();
      for (int i = 0; i < 40; i++) {
        clients.add(router.live("shop", Transport.FLYLINE_V1));
      }
      Future<Void> stopped = router.stop();

      List<Long> waits =
          clients.stream().map(c -> c.await(Seen.Bye.class).afterMs().orElseThrow()).toList();
      assertThat(waits.stream().distinct()).hasSizeGreaterThan(10);
      clients.forEach(LogClient::close);
      stopped.await(90, TimeUnit.SECONDS);
    }
  }

  /** Whoever balances between routers learns first; newcomers are sent away only after that. */
  @Test
  void readiness_failsBeforeNewcomersAreRefused() throws Exception {
    try (TestRouter router = TestRouter.start(nats, SHORT_DRAIN);
        LogClient _ = router.live("shop", Transport.SSE)) {
      assertThat(router.ops("/health/ready").status()).isEqualTo(200);
      assertThat(router.answer(Ask.plainGet("/health/ready")).status()).isEqualTo(200);
      Future<Void> stopped = router.stop();

      Ask ask = Ask.app("shop", Transport.TEXT).token(Tokens.of("shop")).with("follow", "false");
      assertThat(router.ops("/health/ready").status()).isEqualTo(503);
      assertThat(router.answer(Ask.plainGet("/health/ready")).status()).isEqualTo(503);
      assertThat(router.ops("/health/live").status()).isEqualTo(200);
      assertThat(router.answer(ask).status()).as("just after readiness failed").isEqualTo(200);

      HttpAnswer answer = router.answer(ask);
      while (answer.status() == 200) {
        answer = router.answer(ask); // until refused; the test's timeout bounds this
      }
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.code()).isEqualTo("draining");
      assertThat(answer.header("retry-after")).contains("1");
      assertThat(router.answer(ask.token("bad")).status()).isEqualTo(401);
      stopped.await(90, TimeUnit.SECONDS);
    }
  }

  /** Newcomers are still on their way to a router that has no viewer yet. */
  @Test
  void routerWithoutViewers_takesNewcomersForAWhileToo() throws Exception {
    try (TestRouter router = TestRouter.start(nats, SHORT_DRAIN)) {
      Future<Void> stopped = router.stop();

      Ask ask = Ask.app("shop", Transport.TEXT).token(Tokens.of("shop")).with("follow", "false");
      assertThat(router.ops("/health/ready").status()).isEqualTo(503);
      assertThat(router.answer(ask).status()).isEqualTo(200);
      stopped.await(90, TimeUnit.SECONDS);
    }
  }
}
