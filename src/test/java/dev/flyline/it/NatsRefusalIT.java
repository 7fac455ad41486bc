package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A NATS that is there and refuses some of what is asked of it: those whose app it is are told and
 * get a gap, nobody else notices, and it is asked again until it accepts.
 */
@Timeout(300)
@SideBySide
final class NatsRefusalIT {

  private static final TestNats.Login TEST = new TestNats.Login("test", "test");

  private static String users(String permissions) {
    return """
    lame_duck_duration: "30s"
    lame_duck_grace_period: "1s"
    authorization {
      users: [
        {user: "test", password: "test"}
        {user: "my-org", password: "right", permissions: {subscribe: {%s}}}
      ]
    }
    """
        .formatted(permissions);
  }

  private static TestRouter router(TestNats nats) {
    return TestRouter.start(nats, Map.of("nats.user", "my-org", "nats.token", "right"));
  }

  /** Waits for a notice of this code; others may come before. */
  private static void awaitNotice(LogClient viewer, String code) {
    Seen.Notice notice = viewer.await(Seen.Notice.class);
    while (!notice.code().equals(code)) {
      notice = viewer.await(Seen.Notice.class);
    }
  }

  private static void awaitRefused(TestRouter router, int count) {
    while (router.metric("flyline_nats_subscriptions_refused") != count) {
      Thread.onSpinWait(); // the test's timeout bounds this
    }
  }

  private static String readiness(TestRouter router) {
    return router.ops("/health/ready").body().replaceAll("\\s", "");
  }

  private static void assertUpstreamGap(LogClient viewer) {
    assertThat(viewer.gaps()).isNotEmpty().allMatch(gap -> gap.cause().equals("upstream"));
  }

  @Test
  void deniedApp_isTold_andReadWhenItIsAllowed() {
    try (TestNats nats = TestNats.startWith(users("deny: [\"logs.secret.>\"]"), TEST);
        TestRouter router = router(nats);
        LogClient other = router.live("shop", Transport.FLYLINE_V1);
        LogClient viewer = router.open("secret", Transport.FLYLINE_V1)) {
      awaitNotice(viewer, "upstream_refused");
      while (viewer.gaps().isEmpty()) {
        viewer.see(); // it may have come before the notice
      }
      assertThat(router.metric("flyline_nats_subscriptions_refused")).isEqualTo(1);
      assertThat(router.metric("flyline_nats_refusals_total")).isPositive();
      assertThat(readiness(router)).contains("\"nats_subscriptions_refused\":\"1\"");
      try (LogClient late = router.open("secret", Transport.SSE)) {
        awaitNotice(late, "upstream_refused");
      }

      nats.reload(users("deny: [\"logs.nobody.>\"]"));
      awaitNotice(viewer, "nats_connected");
      nats.awaitReader("secret");
      Lines.publish(nats, "secret", 1, 3);
      assertThat(viewer.messages(3)).isEqualTo(Lines.messages(1, 3));
      assertUpstreamGap(viewer);
      awaitRefused(router, 0);
      assertThat(readiness(router)).contains("\"nats_subscriptions_refused\":\"0\"");
      Lines.publish(nats, "shop", 1, 1);
      assertThat(other.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertThat(other.gaps()).isEmpty();
    }
  }

  @Test
  void subscriptionTakenAway_isTold_andReadWhenItIsAllowedAgain() {
    try (TestNats nats = TestNats.startWith(users("deny: [\"logs.nobody.>\"]"), TEST);
        TestRouter router = router(nats);
        LogClient other = router.live("shop", Transport.FLYLINE_V1);
        LogClient viewer = router.live("secret", Transport.FLYLINE_V1)) {
      Lines.publish(nats, "secret", 1, 2);
      assertThat(viewer.messages(2)).isEqualTo(Lines.messages(1, 2));

      nats.reload(users("deny: [\"logs.secret.>\"]"));
      awaitNotice(viewer, "upstream_refused");
      Lines.publish(nats, "secret", 3, 4); // nobody reads them
      nats.reload(users("deny: [\"logs.nobody.>\"]"));
      awaitNotice(viewer, "nats_connected");
      nats.awaitReader("secret");
      Lines.publish(nats, "secret", 5, 6);
      assertThat(viewer.messages(2)).isEqualTo(Lines.messages(5, 6));
      assertUpstreamGap(viewer);
      Lines.publish(nats, "shop", 1, 1);
      assertThat(other.messages(1)).isEqualTo(Lines.messages(1, 1));
    }
  }

  @Test
  void appsPastTheSubscriptionLimit_areTold_andReadWhenThereIsRoom() {
    try (TestNats nats = TestNats.startWith("max_subscriptions: 2\n");
        TestRouter router = TestRouter.start(nats, Map.of("ingest.linger", "0s"));
        LogClient first = router.live("app-1", Transport.FLYLINE_V1)) {
      try (LogClient second = router.live("app-2", Transport.FLYLINE_V1)) {
        List<LogClient> over = new ArrayList<>();
        for (int i = 3; i <= 5; i++) {
          over.add(router.open("app-" + i, Transport.FLYLINE_V1));
        }
        over.forEach(viewer -> awaitNotice(viewer, "upstream_refused"));
        awaitRefused(router, 3);
        Lines.publish(nats, "app-1", 1, 1);
        Lines.publish(nats, "app-2", 1, 1);
        assertThat(first.messages(1)).isEqualTo(Lines.messages(1, 1));
        assertThat(second.messages(1)).isEqualTo(Lines.messages(1, 1));
        assertThat(first.gaps()).isEmpty();
        over.subList(1, 3).forEach(LogClient::close);
        awaitRefused(router, 1);
        try (LogClient third = over.getFirst()) {
          List.of(second).forEach(LogClient::close); // before its time, to make room
          awaitNotice(third, "nats_connected");
          nats.awaitReader("app-3");
          Lines.publish(nats, "app-3", 1, 2);
          assertThat(third.messages(2)).isEqualTo(Lines.messages(1, 2));
          assertUpstreamGap(third);
        }
      }
    }
  }

  /** After a restart nobody knows in which order NATS sees the subscriptions. */
  @Test
  void limitThatIsMetWhenNatsIsBack_isTold() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats)) {
      List<LogClient> viewers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        viewers.add(router.live("app-" + i, Transport.FLYLINE_V1));
      }
      nats.configure("max_subscriptions: 5\n");
      nats.kill();
      nats.restart();
      awaitRefused(router, 3);
      assertThat(nats.subscriptions("logs.")).hasSize(5);
      int told = 0;
      for (int i = 0; i < 8; i++) {
        LogClient viewer = viewers.get(i);
        if (nats.subscriptions("logs.app-" + i + ".").isEmpty()) {
          awaitNotice(viewer, "upstream_refused");
          told++;
        } else {
          Lines.publish(nats, "app-" + i, 1, 1);
          assertThat(viewer.messages(1)).isEqualTo(Lines.messages(1, 1));
        }
        assertUpstreamGap(viewer);
        viewer.close();
      }
      assertThat(told).isEqualTo(3);
    }
  }

  @Test
  void credentialsRevokedWhileConnected_areTold_andTakenWhenTheyAreGoodAgain() {
    String good = users("deny: [\"logs.nobody.>\"]");
    try (TestNats nats = TestNats.startWith(good, TEST);
        TestRouter router = router(nats);
        LogClient viewer = router.live("shop", Transport.FLYLINE_V1)) {
      nats.reload(good.replace("right", "changed"));
      awaitNotice(viewer, "nats_refused");
      assertThat(router.metric("flyline_nats_auth_failures_total")).isPositive();
      nats.reload(good);
      awaitNotice(viewer, "nats_connected");
      nats.awaitReader("shop");
      Lines.publish(nats, "shop", 1, 1);
      assertThat(viewer.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertUpstreamGap(viewer);
    }
  }

  /** Of an account, which holds for each of its connections: the error is the same. */
  @Test
  void appsPastTheAccountsLimit_areTold_andReadWhenItIsRaised() {
    try (TestNats nats = TestNats.startWith(account(2), TEST);
        TestRouter router = router(nats);
        LogClient first = router.live("app-1", Transport.FLYLINE_V1);
        LogClient second = router.live("app-2", Transport.FLYLINE_V1);
        LogClient over = router.open("app-3", Transport.FLYLINE_V1)) {
      awaitNotice(over, "upstream_refused");
      Lines.publish(nats, "app-1", 1, 1);
      assertThat(first.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertThat(first.gaps()).isEmpty();
      nats.configure(account(10));
      nats.kill();
      nats.restart();
      nats.awaitReader("app-3");
      Lines.publish(nats, "app-2", 1, 1);
      Lines.publish(nats, "app-3", 1, 1);
      assertThat(second.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertThat(over.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertUpstreamGap(over);
      awaitRefused(router, 0);
    }
  }

  private static String account(int subscriptions) {
    return """
    accounts {
      LOGS {
        limits: {max_subscriptions: %d}
        users: [{user: "test", password: "test"}, {user: "my-org", password: "right"}]
      }
    }
    """
        .formatted(subscriptions);
  }

  /** NATS turns the router away before it can subscribe to anything, whatever its limit is. */
  @ParameterizedTest
  @ValueSource(strings = {"max_control_line: 64\n", "max_connections: 1\n"})
  void connectionThatIsTurnedAway_isTold_andMadeWhenItIsAllowed(String limit) {
    try (TestNats nats = TestNats.start();
        Cable cable = Cable.to(nats.port());
        TestRouter router = behind(cable, nats);
        LogClient viewer = router.live("shop", Transport.FLYLINE_V1)) {
      nats.configure(limit);
      cable.cut();
      nats.kill();
      nats.restart();
      try (Wire _ = Wire.connect(nats.port())) { // the only connection that there may be
        cable.mend();
        awaitNotice(viewer, "nats_refused");
        assertThat(readiness(router)).contains("\"nats\":\"nats_refused\"");
        try (LogClient late = router.open("shop", Transport.SSE)) {
          awaitNotice(late, "nats_refused");
        }
      }
      nats.configure("");
      nats.kill();
      nats.restart();
      awaitNotice(viewer, "nats_connected");
      nats.awaitReader("shop");
      Lines.publish(nats, "shop", 1, 1);
      assertThat(viewer.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertUpstreamGap(viewer);
    }
  }

  /** NATS closes the connection of a client that does not read, and says nothing. */
  @Test
  void slowConsumer_isTold_andReadsAgain() {
    try (TestNats nats =
            TestNats.startWith("max_payload: 1MB\nmax_pending: 1MB\nwrite_deadline: \"1s\"\n");
        Cable cable = Cable.to(nats.port());
        TestRouter router = behind(cable, nats);
        LogClient viewer = router.live("shop", Transport.FLYLINE_V1)) {
      cable.hold();
      byte[] line = new byte[32 * 1024];
      Arrays.fill(line, (byte) 'x');
      for (int i = 0; i < 1_000; i++) { // more than the kernel holds
        nats.send(Lines.subject("shop", 1), line);
      }
      nats.flush();
      assertReadsAgain(nats, cable, viewer);
    }
  }

  /** NATS closes the connection of a client that answers no ping, and says so to nobody. */
  @Test
  void staleConnection_isTold_andMadeAgain() {
    try (TestNats nats = TestNats.startWith("ping_interval: \"1s\"\nping_max: 1\n");
        Cable cable = Cable.to(nats.port());
        TestRouter router = behind(cable, nats);
        LogClient viewer = router.live("shop", Transport.FLYLINE_V1)) {
      cable.hold();
      assertReadsAgain(nats, cable, viewer);
    }
  }

  private static TestRouter behind(Cable cable, TestNats nats) {
    return TestRouter.start(nats, Map.of("nats.url", "nats://127.0.0.1:" + cable.port()));
  }

  private static void assertReadsAgain(TestNats nats, Cable cable, LogClient viewer) {
    nats.awaitSubscriptions(0); // it has closed the connection
    cable.release();
    awaitNotice(viewer, "nats_connected"); // one that is behind hears of the latest state alone
    nats.awaitReader("shop");
    Lines.publish(nats, "shop", 1, 2);
    while (!viewer.next().message().equals(Lines.message(1))) {} // what came before it was closed
    assertThat(viewer.messages(1)).isEqualTo(Lines.messages(2, 2));
    assertUpstreamGap(viewer);
  }

  @Test
  void lameDuck_isLeft_andComesBack() {
    try (TestNats nats =
            TestNats.startWith("lame_duck_duration: \"30s\"\nlame_duck_grace_period: \"1s\"\n");
        TestRouter router = TestRouter.start(nats);
        LogClient viewer = router.live("shop", Transport.FLYLINE_V1)) {
      nats.signal("USR2");
      awaitNotice(viewer, "nats_reconnecting");
      nats.kill();
      nats.restart();
      awaitNotice(viewer, "nats_connected");
      nats.awaitReader("shop");
      Lines.publish(nats, "shop", 1, 1);
      assertThat(viewer.messages(1)).isEqualTo(Lines.messages(1, 1));
      assertUpstreamGap(viewer);
    }
  }
}
