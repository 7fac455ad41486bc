package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A quiet stream shows that it lives, and how far it has come. */
@Timeout(60)
@SideBySide
final class PingIT {

  /** The contract's 15 seconds, and what a busy machine needs on top. */
  private static final Duration PING = Duration.ofSeconds(20);

  @Test
  void quietStreams_pingAndSayHowFarTheyAre() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats)) {
      Position last = Lines.history(nats, router, "shop", 1, 9).getLast().at().orElseThrow();
      List<Transport> pinging =
          List.of(Transport.WEBSOCKET, Transport.FLYLINE_V1, Transport.SSE, Transport.ENVELOPE);
      var clients = new ArrayList<LogClient>();
      for (Transport transport : pinging) {
        // none of the lines is of this region: the position moves all the same
        Ask ask = Ask.app("shop", transport).token(Tokens.of("shop")).with("region", "syd");
        clients.add(router.open(ask));
      }
      long startNs = System.nanoTime();

      assertThat(clients.get(0).await(Seen.Ping.class, PING).at()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - startNs))
          .isGreaterThan(Duration.ofSeconds(13));
      assertThat(withPosition(clients.get(1))).contains(last);
      assertThat(withPosition(clients.get(2))).contains(last);
      assertThat(clients.get(3).await(Seen.Ping.class, PING).at()).contains(last);
      clients.forEach(LogClient::close);
    }
  }

  /** Beside the position there may be a comment, or the WebSocket's own ping. */
  private static Optional<Position> withPosition(LogClient client) {
    Optional<Position> at = client.await(Seen.Ping.class, PING).at();
    return at.isPresent() ? at : client.await(Seen.Ping.class, PING).at();
  }
}
