package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import dev.flyline.log.Position;
import dev.flyline.stream.StreamConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A quiet stream shows that it lives, and how far it has come. */
@Timeout(300)
@SideBySide
final class PingIT {

  /** A fifth of the contract's time: the rest of it would only be waited for. */
  private static final Duration PING = Duration.ofSeconds(3);

  /** More than a session's clock may be ahead. */
  private static final Duration TICK = Duration.ofMillis(500);

  /** No client here is ever missed. */
  private static final Duration PATIENT = Duration.ofMinutes(5);

  private static final Duration SOON = Duration.ofSeconds(60);

  @Test
  void pings_comeAsOftenAsTheContractSays() {
    var settings = Settings.of(Map.of());
    assertThat(StreamConfig.from(settings, Map.of(), "node").ping())
        .isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void quietStreams_pingAndSayHowFarTheyAre() {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.startWatchful(nats, Map.of(), PING, PATIENT)) {
      Position last = Lines.history(nats, router, "shop", 1, 9).getLast().at().orElseThrow();
      List<Transport> pinging =
          List.of(Transport.WEBSOCKET, Transport.FLYLINE_V1, Transport.SSE, Transport.ENVELOPE);
      var clients = new ArrayList<LogClient>();
      long startNs = System.nanoTime();
      for (Transport transport : pinging) {
        // none of the lines is of this region: the position moves all the same
        Ask ask = Ask.app("shop", transport).token(Tokens.of("shop")).with("region", "syd");
        clients.add(router.open(ask));
      }
      assertThat(clients.get(0).await(Seen.Ping.class, SOON).at()).isEmpty();
      assertThat(Duration.ofNanos(System.nanoTime() - startNs)).isGreaterThan(PING.minus(TICK));
      assertThat(withPosition(clients.get(1))).contains(last);
      assertThat(withPosition(clients.get(2))).contains(last);
      assertThat(clients.get(3).await(Seen.Ping.class, SOON).at()).contains(last);
      clients.forEach(LogClient::close);
    }
  }

  /** Beside the position there may be a comment, or the WebSocket's own ping. */
  private static Optional<Position> withPosition(LogClient client) {
    Optional<Position> at = client.await(Seen.Ping.class, SOON).at();
    return at.isPresent() ? at : client.await(Seen.Ping.class, SOON).at();
  }
}
