package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that vanish without a word give back what they hold, and no others do. */
@Timeout(300)
@SideBySide
final class VanishedClientIT {

  private static final Duration PING = Duration.ofSeconds(1);
  private static final Duration MISSED = Duration.ofSeconds(3);
  private static final Duration NOTICED = Duration.ofSeconds(90);
  private static final long POLL_NS = 10_000_000;
  private static final int PER_USER = 20;

  private final String app = Lines.newApp();
  private TestNats nats;
  private TestRouter router;

  @BeforeEach
  void start() {
    nats = TestNats.start();
    router =
        TestRouter.startWatchful(
            nats,
            Map.of("http.host", "0.0.0.0", "limit.per.user", Integer.toString(PER_USER)),
            PING,
            MISSED);
  }

  @AfterEach
  void stop() {
    router.close();
    nats.close();
  }

  /** A quiet app, of which not even a ping may be sent in some forms; and a busy one. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pulledCable_givesBackEveryPlace(boolean busy) throws Exception {
    assumeTrue(Cutoff.isPossible(), "needs root on Linux, for a network namespace");
    String token = Tokens.user("traveller", app);
    try (var machine = new Cutoff()) {
      Process viewers = machine.start(ViewersProgram.class, arguments(token));
      // The other one comes when they are there: until then it would answer no ping.
      try (var said = viewers.inputReader();
          LogClient other = openAfter(said)) {
        assertThat(viewers()).isEqualTo(PER_USER + 1);
        Ask ask = Ask.app(app, Transport.TEXT).token(token);
        assertThat(router.answer(ask).status()).isEqualTo(429);

        machine.pull();
        awaitViewers(1, () -> keepBusy(busy, other));
        router.open(ask).close();
        assertThat(gone("network")).as("found by the kernel alone on a quiet app").isNotNegative();
        nats.publish(Lines.subject(app, 1), "still here");
        awaitLine(other, "still here");
      } finally {
        viewers.destroyForcibly();
      }
    }
  }

  private LogClient openAfter(BufferedReader viewers) throws IOException {
    assertThat(viewers.readLine()).isEqualTo("open");
    return router.live(app, Transport.FLYLINE_V1);
  }

  private String[] arguments(String token) {
    var arguments = new ArrayList<String>();
    arguments.addAll(List.of(Cutoff.HERE, Integer.toString(router.httpPort()), app, token));
    for (int i = 0; i < PER_USER; i++) {
      arguments.add(Transport.inTurn(i).name());
    }
    return arguments.toArray(new String[0]);
  }

  private void keepBusy(boolean busy, LogClient other) {
    if (busy) {
      nats.publish(Lines.subject(app, 1), "x".repeat(300));
    }
    answerPings(other);
  }

  /** Behind a proxy that holds the connection the network looks well, and nobody answers. */
  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void webSocket_thatAnswersNoPingIsClosed(Transport transport) throws Exception {
    Attempts.untilTelling(
        pace -> {
          double before = gone("ping");
          try (LogClient silent = router.live(app, transport);
              LogClient alive = router.live(app, transport)) {
            awaitViewers(
                1,
                () -> {
                  pace.within(MISSED.minus(PING)); // or this one is too late as well
                  answerPings(alive);
                });
            pace.anyTime();
            assertThat(gone("ping") - before).isEqualTo(1);
            assertThat(silent.rest().getLast()).isEqualTo(new Seen.End(1008));
            nats.publish(Lines.subject(app, 1), "still here");
            awaitLine(alive, "still here");
          }
          awaitViewers(0, () -> {});
        });
  }

  /** What it was sent lies between it and the ping: it has the time of a client that is behind. */
  @Test
  void webSocket_thatIsBehindIsNotTakenForSilent() {
    byte[] line = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);
    try (LogClient behind = router.live(app, Transport.WEBSOCKET);
        LogClient silent = router.live("quiet", Transport.WEBSOCKET)) {
      for (int i = 0; i < 2_000; i++) {
        nats.send(Lines.subject(app, i), line);
      }
      nats.publish(Lines.subject(app, 1), "last");
      awaitViewers(1, () -> {});
      assertThat(silent.rest().getLast()).isEqualTo(new Seen.End(1008));
      awaitLine(behind, "last");
    }
  }

  /** A client that stops reading is there, even if its kernel has closed the window for long. */
  @Test
  void client_thatReadsNothingIsNotTakenForVanished() {
    byte[] line = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);
    try (LogClient silent = router.live("quiet", Transport.WEBSOCKET);
        LogClient reader =
            router.live(
                Ask.app(app, Transport.TEXT)
                    .token(Tokens.of(app))
                    .with("tail", 0)
                    .receiveBytes(8 * 1024),
                app)) {
      for (int i = 0; i < 2_000; i++) {
        nats.send(Lines.subject(app, i), line);
      }
      nats.publish(Lines.subject(app, 1), "last");
      awaitViewers(1, () -> {}); // the silent one goes, after a time that the other outlives
      assertThat(silent.rest().getLast()).isEqualTo(new Seen.End(1008));
      for (int i = 0; i < 2_000; i++) {
        reader.next();
      }
      assertThat(reader.next().message()).isEqualTo("last");
    }
  }

  private void awaitViewers(int count, Runnable meanwhile) {
    var deadline = Deadline.in(NOTICED);
    while (viewers() != count) {
      assertThat(deadline.passed()).as("%s viewers, not %s", count, viewers()).isFalse();
      meanwhile.run();
      LockSupport.parkNanos(POLL_NS);
    }
  }

  /** Reads what has come, which answers the pings among it. */
  private static void answerPings(LogClient client) {
    try {
      List<Seen> _ = client.read(Deadline.in(Duration.ofMillis(20)));
    } catch (IOException _) {
      // nothing has come
    }
  }

  private static void awaitLine(LogClient client, String text) {
    while (!client.next().message().equals(text)) {}
  }

  private double viewers() {
    return sum("flyline_viewers{");
  }

  private double gone(String sign) {
    return sum("flyline_viewers_gone_total{sign=\"" + sign + "\"}");
  }

  private double sum(String prefix) {
    return router
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(prefix))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }
}
