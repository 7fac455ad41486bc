package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NATS may go, come back, be late or refuse: viewers stay, are told, and get lines again. */
@Timeout(300)
@SideBySide
final class NatsOutageIT {

  private static final Duration COME_BACK = Duration.ofSeconds(90);

  @Test
  void viewers_stayAndAreToldAndGetLinesAgain() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats)) {
      List<LogClient> clients = openAll(router);
      Lines.publish(nats, "shop", 1, 5);
      clients.forEach(c -> assertThat(c.messages(5)).isEqualTo(Lines.messages(1, 5)));

      nats.kill();
      for (int i = 0; i < clients.size(); i++) {
        if (Transport.inTurn(i).isFramed()) {
          Seen.Notice notice = clients.get(i).await(Seen.Notice.class);
          assertThat(notice.code()).isEqualTo("nats_reconnecting");
        }
      }
      nats.restart();
      nats.awaitSubscriptions("logs.shop.", 1, COME_BACK);
      Lines.publish(nats, "shop", 6, 8);

      clients.forEach(NatsOutageIT::assertGapAndThenLines);
    }
  }

  private static List<LogClient> openAll(TestRouter router) {
    var clients = new ArrayList<LogClient>();
    for (Transport transport : Transport.values()) {
      clients.add(router.live("shop", transport));
    }
    return clients;
  }

  private static void assertGapAndThenLines(LogClient client) {
    try (client) {
      List<Seen.Line> lines = client.lines(3);
      assertThat(lines.stream().map(Seen.Line::message)).isEqualTo(Lines.messages(6, 8));
      assertThat(client.gaps()).hasSize(1);
      Seen.Hole mark = client.gaps().getFirst();
      assertThat(mark.cause()).isEqualTo("upstream");
      assertThat(mark.count()).isEmpty();
      mark.range()
          .ifPresent(
              range -> {
                assertThat(range.from()).isEqualTo(range.to());
                lines
                    .getFirst()
                    .at()
                    .ifPresent(next -> assertThat(range.to().seq() + 1).isEqualTo(next.seq()));
              });
    }
  }

  /** The mark stands in the log, so whoever asks later sees the hole too. */
  @Test
  void hole_isKeptLikeALine() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats);
        LogClient watcher = router.live("shop", Transport.FLYLINE_V1)) {
      Lines.publish(nats, "shop", 1, 5);
      Seen.Line third = watcher.lines(5).get(2);
      nats.kill();
      nats.restart();
      nats.awaitSubscriptions("logs.shop.", 1, COME_BACK);
      Lines.publish(nats, "shop", 6, 8);
      watcher.lines(3);

      Ask ask = Ask.app("shop", Transport.SSE).token(Tokens.of("shop"));
      String since = third.at().orElseThrow().toString();
      try (LogClient later = router.open(ask.with("since", since))) {
        assertThat(later.messages(2)).isEqualTo(Lines.messages(4, 5));
        assertThat(later.messages(3)).isEqualTo(Lines.messages(6, 8));
        assertThat(later.gaps()).isEqualTo(watcher.gaps()).hasSize(1);
      }
    }
  }

  @Test
  void router_startsWithoutNatsAndWaitsForIt() {
    try (TestNats nats = TestNats.down();
        TestRouter router = TestRouter.startAlone(nats, Map.of())) {
      assertThat(router.ops("/health/live").status()).isEqualTo(200);
      String before = router.ops("/health/ready").body();
      assertThat(before.toLowerCase(Locale.ROOT)).contains("nats");

      try (LogClient viewer = router.open("shop", Transport.FLYLINE_V1)) {
        viewer.await(Seen.Notice.class);
        nats.restart();
        nats.awaitSubscriptions("logs.shop.", 1, COME_BACK);
        Lines.publish(nats, "shop", 1, 3);
        assertThat(viewer.messages(3)).isEqualTo(Lines.messages(1, 3));
      }
      assertThat(router.ops("/health/ready").status()).isEqualTo(200);
      assertThat(router.ops("/health/ready").body()).isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "FlyV1 fm2_abc, FlyV1 fm2_abc",
    "FlyV1 fm2_abc, fm2_abc",
    "fm2_abc, FlyV1 fm2_abc",
    "fm2_abc, fm2_abc"
  })
  void token_isTakenWithAndWithoutItsScheme(String wanted, String configured) {
    try (TestNats nats = TestNats.start(new TestNats.Login("my-org", wanted));
        TestRouter router =
            TestRouter.start(nats, Map.of("nats.user", "my-org", "nats.token", configured));
        LogClient viewer = router.live("shop", Transport.NDJSON)) {
      Lines.publish(nats, "shop", 1, 1);
      assertThat(viewer.messages(1)).isEqualTo(Lines.messages(1, 1));
    }
  }

  @Test
  void wrongCredentials_areTriedAgainWithoutHaste() {
    try (TestNats nats = TestNats.start(new TestNats.Login("my-org", "right"))) {
      long before = nats.connectionsTaken();
      long startNs = System.nanoTime();
      try (TestRouter router =
              TestRouter.startAlone(nats, Map.of("nats.user", "my-org", "nats.token", "wrong"));
          LogClient viewer = router.open("shop", Transport.FLYLINE_V1)) {
        while (nats.connectionsTaken() < before + 2) {
          Thread.onSpinWait(); // until both forms were tried; the test's timeout bounds this
        }
        viewer.await(Seen.Notice.class);
        double seconds = (System.nanoTime() - startNs) / 1e9;

        assertThat(nats.connectionsTaken() - before).isLessThan((long) (4 + 4 * seconds));
        assertThat(router.metric("flyline_nats_auth_failures_total")).isPositive();
        assertThat(router.ops("/health/ready").body().toLowerCase(Locale.ROOT)).contains("nats");
        assertThat(router.ops("/health/live").status()).isEqualTo(200);
      }
    }
  }
}
