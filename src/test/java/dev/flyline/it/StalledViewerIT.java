package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client that takes nothing for too long is closed, and nobody else is. */
@Timeout(300)
@SideBySide
final class StalledViewerIT {

  private static final Duration STALLED = Duration.ofSeconds(2);
  private static final int SMALL_BUFFER = 8 * 1024;

  private static final int LINES_AT_ONCE = 200;

  /** Some 60 MB: far more than the kernel's buffers and the router's queue of one client hold. */
  private static final int MOST_LINES = 200_000;

  @Test
  void clientThatTakesNothing_isClosedAndCountedAndOthersAreNot() throws Exception {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.startImpatient(nats, STALLED);
        LogClient idle = router.live("quiet", Transport.FLYLINE_V1)) {
      var stalled = new ArrayList<LogClient>();
      for (Transport transport : Transport.values()) {
        Ask ask = Ask.app("busy", transport).with("tail", 0).token(Tokens.of("busy"));
        stalled.add(router.open(ask.receiveBytes(SMALL_BUFFER)));
      }
      nats.awaitReader("busy");
      publishUntilStalled(nats, router, stalled.size());
      assertThat(viewers(router)).isEqualTo(1);
      for (LogClient client : stalled) {
        assertEnds(client);
        client.close();
      }
      Lines.publish(nats, "quiet", 1, 5);
      assertThat(idle.messages(5)).isEqualTo(Lines.messages(1, 5));
    }
  }

  /** What was on its way comes, and then the end: a word would have had to wait behind that. */
  private static void assertEnds(LogClient client) throws IOException {
    byte[] bytes = new byte[64 * 1024];
    var deadline = Deadline.soon();
    long got = 0;
    for (int n = 0; n >= 0; n = client.wire().fill(bytes, 0, bytes.length, deadline)) {
      got += n;
    }
    assertThat(got).isGreaterThan(SMALL_BUFFER);
  }

  private static double viewers(TestRouter router) {
    return router
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("flyline_viewers{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  /**
   * Publishes until so many are closed. As many lines as it takes: how much the kernel's buffers
   * hold is not known, and a flood would be cut before it got to them.
   */
  private static void publishUntilStalled(TestNats nats, TestRouter router, int count) {
    var deadline = Deadline.in(Duration.ofMinutes(4));
    byte[] line = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);
    int published = 0;
    while (router.metric("flyline_viewers_stalled_total") < count) {
      assertThat(deadline.passed()).as("clients that take nothing are closed").isFalse();
      for (int i = 0; i < LINES_AT_ONCE && published < MOST_LINES; i++) {
        nats.send(Lines.subject("busy", ++published), line);
      }
      nats.flush();
    }
  }
}
