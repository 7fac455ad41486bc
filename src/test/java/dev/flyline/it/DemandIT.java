package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NATS is asked for what somebody watches, once, and for nothing else; nats-server counts. */
@Timeout(300)
@SideBySide
final class DemandIT {

  private static final int APPS = 100;
  private static final int VIEWERS_OF_EACH = 10;
  private static final Map<String, String> SHORT_LINGER = Map.of("ingest.linger", "1s");

  @Test
  void watchedApps_areSubscribedOnceAndReleasedAfterTheLinger() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats, SHORT_LINGER)) {
      List<String> apps = IntStream.range(0, APPS).mapToObj(i -> "watched-" + i).toList();
      var viewers = new ArrayList<LogClient>();
      for (int i = 0; i < APPS * VIEWERS_OF_EACH; i++) {
        Transport transport = Transport.inTurn(i);
        viewers.add(router.open(apps.get(i % APPS), transport));
      }
      nats.awaitSubscriptions(APPS);
      apps.forEach(app -> Lines.publish(nats, app, 1, 1));
      viewers.forEach(viewer -> assertThat(viewer.messages(1)).containsExactly("line 1"));

      assertThat(new HashSet<>(nats.subscriptions("logs.")))
          .isEqualTo(new HashSet<>(apps.stream().map(app -> "logs." + app + ".>").toList()));
      assertThat(nats.subscriptions("logs.")).hasSize(APPS);

      viewers.subList(0, APPS).forEach(LogClient::cut);
      viewers.subList(APPS, viewers.size()).forEach(LogClient::close);
      nats.awaitSubscriptions("logs.", 0, Duration.ofSeconds(90));
    }
  }

  @Test
  void linger_keepsTheSubscriptionForAViewerWhoComesBack() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats, Map.of("ingest.linger", "30s"))) {
      try (LogClient first = router.live("shop", Transport.FLYLINE_V1)) {
        Lines.publish(nats, "shop", 1, 1);
        first.next();
      }
      Lines.publish(nats, "shop", 2, 3);
      try (LogClient second =
          router.live(
              Ask.app("shop", Transport.FLYLINE_V1)
                  .with("since", "earliest")
                  .token(Tokens.of("shop")),
              "shop")) {
        Lines.publish(nats, "shop", 4, 4);
        assertThat(second.messages(4)).isEqualTo(Lines.messages(1, 4));
        assertThat(second.gaps()).isEmpty();
      }
    }
  }

  /** A hole of which nobody knows the size is told as a mark, and what was before it is kept. */
  @Test
  void unwatchedTime_isAMark() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats, SHORT_LINGER)) {
      Seen.Line last = Lines.history(nats, router, "shop", 1, 5).getLast();
      nats.awaitSubscriptions(0);
      Lines.publish(nats, "shop", 6, 7);

      Ask back = Ask.app("shop", Transport.FLYLINE_V1).token(Tokens.of("shop"));
      try (LogClient resumed =
              router.live(back.with("since", last.at().orElseThrow().toString()), "shop");
          LogClient later = router.live(back, "shop")) {
        Lines.publish(nats, "shop", 8, 8);
        for (LogClient client : List.of(resumed, later)) {
          if (client == later) {
            assertThat(client.messages(5)).isEqualTo(Lines.messages(1, 5));
          }
          Seen.Line next = client.next();
          assertThat(next.message()).isEqualTo("line 8");
          assertThat(client.gaps()).hasSize(1);
          Seen.Hole mark = client.gaps().getFirst();
          assertThat(mark.cause()).isEqualTo("unwatched");
          assertThat(mark.count()).isEmpty();
          assertThat(mark.range().orElseThrow().from()).isEqualTo(mark.range().orElseThrow().to());
          assertThat(mark.range().orElseThrow().to().seq() + 1)
              .isEqualTo(next.at().orElseThrow().seq());
        }
      }
    }
  }

  @Test
  void refusedRequests_subscribeToNothing() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats)) {
      String token = Tokens.of("mine", "BAD", "a.>", "*");
      for (Transport transport : Transport.values()) {
        router.answer(Ask.app("mine", transport));
        router.answer(Ask.app("mine", transport).token("x" + token));
        router.answer(Ask.app("theirs", transport).token(token));
        router.answer(Ask.app("BAD", transport).token(token));
        router.answer(Ask.app("a.%3E", transport).token(token));
        router.answer(Ask.app("*", transport).token(token));
        router.answer(Ask.app("mine", transport).token(token).with("tail", "x"));
        router.answer(Ask.target("/logs", transport).token(token).with("app", "a.>"));
      }
      router.answer(Ask.plainGet("/v1/apps").token(token));

      try (LogClient _ = router.live("asked-for-last", Transport.FLYLINE_V1)) {
        assertThat(nats.subscriptions("logs")).containsExactly("logs.asked-for-last.>");
        assertThat(nats.subscriptions(">")).isEmpty();
        assertThat(nats.subscriptions("*")).isEmpty();
      }
    }
  }
}
