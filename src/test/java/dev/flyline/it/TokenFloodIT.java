package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.TestTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * 2,000 bad ES256 handshakes a second beside good viewers. How much longer the viewers' lines take
 * is printed and not judged, since it depends on the machine. To measure it properly: {@code
 * -Dflyline.flood.viewers=1000 -Dflyline.flood.lines=200}.
 */
@Timeout(180)
final class TokenFloodIT {

  private static final int VIEWERS = Integer.getInteger("flyline.flood.viewers", 50);
  private static final int LINES = Integer.getInteger("flyline.flood.lines", 20);
  private static final int HANDSHAKES_PER_SECOND = 2_000;
  private static final int LINE_MS = 50;
  private static final int TOKENS = 4_096;
  private static final String APP = "flooded";
  private static final KeyPair KEYS = TestTokens.ec("secp256r1");

  @TempDir private static Path folder;

  private static TestNats nats;
  private static TestRouter router;

  @BeforeAll
  static void start() throws IOException {
    nats = TestNats.start();
    Path file = Files.writeString(folder.resolve("key.pem"), TestTokens.pem(KEYS.getPublic()));
    router = TestRouter.start(nats, Map.of("auth.public.key.file", file.toString()));
  }

  @AfterAll
  static void stop() {
    router.close();
    nats.close();
  }

  private static String token(String user) {
    Instant expires = Instant.now().plus(Duration.ofHours(1));
    String claims = Tokens.claims(user, expires, APP).encode();
    return TestTokens.signed("ES256", claims, KEYS.getPrivate());
  }

  /** Each with a token that is good but for some bits of its signature. */
  private static List<String> badRequests() {
    var requests = new ArrayList<String>();
    String good = token("attacker");
    int signature = good.lastIndexOf('.') + 1;
    for (int i = 0; i < TOKENS; i++) {
      byte[] bytes = Base64.getUrlDecoder().decode(good.substring(signature));
      bytes[10] ^= (byte) (1 + i % 255);
      bytes[20] ^= (byte) (1 + i / 255);
      String bad = good.substring(0, signature) + TestTokens.base64(bytes);
      requests.add(Ask.app(APP, Transport.WEBSOCKET).token(bad).request());
    }
    return requests;
  }

  private static int status(String token) {
    Ask ask = Ask.app(APP, Transport.TEXT).with("follow", "false").token(token);
    return router.answer(ask).status();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200})
  void badHandshakes_leaveGoodViewersAlone(int addresses) throws Exception {
    String known = token("known");
    try (var viewers = new FloodViewers();
        ScheduledExecutorService lines = Executors.newSingleThreadScheduledExecutor()) {
      for (int i = 0; i < VIEWERS; i++) {
        assertThat(status(known)).isEqualTo(200); // on every event loop
        Ask ask = Ask.app(APP, Transport.WEBSOCKET).with("tail", 0).token(token("viewer " + i));
        viewers.open(router.httpPort(), ask);
      }
      nats.awaitReader(APP);
      var _ =
          lines.scheduleAtFixedRate(
              () -> nats.publish("logs." + APP + ".fra.m1", FloodViewers.line()),
              0,
              LINE_MS,
              TimeUnit.MILLISECONDS);
      int count = VIEWERS * LINES;
      viewers.read(count, Deadline.in(Duration.ofMinutes(1)));
      FloodViewers.Delays before = viewers.read(count, Deadline.in(Duration.ofMinutes(1)));
      try (var flood =
          HandshakeFlood.start(
              router.httpPort(), badRequests(), addresses, HANDSHAKES_PER_SECOND)) {
        FloodViewers.Delays during = viewers.read(count, Deadline.in(Duration.ofMinutes(1)));
        assertThat(status(known)).as("a known token waits for nobody").isEqualTo(200);
        Map<Integer, Long> answers = flood.stop();

        report(addresses, before, during, answers);
        assertThat(answers.keySet()).isSubsetOf(401, 429, HandshakeFlood.NO_ANSWER);
        assertThat(answers.keySet()).isNotEqualTo(Set.of(HandshakeFlood.NO_ANSWER));
        assertThat(viewers.broken()).isZero();
        assertThat(status(token("newcomer"))).isEqualTo(200);
      }
      lines.shutdownNow();
    }
  }

  private static void report(
      int addresses,
      FloodViewers.Delays before,
      FloodViewers.Delays during,
      Map<Integer, Long> answers) {
    System.out.printf(
        "%d viewers, bad handshakes from %d addresses %s: p50 %.2f -> %.2f ms, p99 %.2f -> %.2f"
            + " ms, ratio %.2f%n",
        VIEWERS,
        addresses,
        answers,
        before.p50Ms(),
        during.p50Ms(),
        before.p99Ms(),
        during.p99Ms(),
        during.p99Ms() / before.p99Ms());
  }
}
