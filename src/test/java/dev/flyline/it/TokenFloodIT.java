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
import java.util.Arrays;
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
 * 2,000 bad ES256 handshakes a second beside good viewers. Router, attacker and viewers are three
 * processes. The measure is a flood of as many handshakes whose tokens need no key to be refused:
 * what those do to the viewers is the work of accepting and of the attacker, on the same machine.
 * {@code -Dflyline.flood.viewers=1000 -Dflyline.flood.lines=100} measures more of them for longer.
 */
@Timeout(180)
final class TokenFloodIT {

  static final String APP = "flooded";

  private static final int VIEWERS = Integer.getInteger("flyline.flood.viewers", 200);
  private static final int LINES = Integer.getInteger("flyline.flood.lines", 20);
  private static final int ROUNDS = Integer.getInteger("flyline.flood.rounds", 3);
  private static final int HANDSHAKES_PER_SECOND = 2_000;
  private static final int LINE_MS = 50;
  private static final int TOKENS = 4_096;
  private static final KeyPair KEYS = TestTokens.ec("secp256r1");

  @TempDir private static Path folder;

  private static TestNats nats;
  private static ChildRouter router;

  @BeforeAll
  static void start() throws IOException {
    nats = TestNats.start();
    Path file = Files.writeString(folder.resolve("key.pem"), TestTokens.pem(KEYS.getPublic()));
    router =
        ChildRouter.start(
            folder,
            nats,
            List.of("-Xmx512m"),
            Map.of("FLYLINE_AUTH_PUBLIC_KEY_FILE", file.toString()));
    Files.write(folder.resolve("bad"), badTokens(false));
    Files.write(folder.resolve("short"), badTokens(true));
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

  /** Each is good but for some bits of its signature, or for its last byte. */
  private static List<String> badTokens(boolean isShort) {
    var tokens = new ArrayList<String>();
    String good = token("attacker");
    int signature = good.lastIndexOf('.') + 1;
    for (int i = 0; i < TOKENS; i++) {
      byte[] bytes = Base64.getUrlDecoder().decode(good.substring(signature));
      bytes[10] ^= (byte) (1 + i % 255);
      bytes[20] ^= (byte) (1 + i / 255);
      byte[] bad = isShort ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
      tokens.add(good.substring(0, signature) + TestTokens.base64(bad));
    }
    return tokens;
  }

  private static int status(String token) throws IOException {
    Ask ask = Ask.app(APP, Transport.TEXT).with("follow", "false").token(token);
    try (Wire wire = Wire.connect(router.httpPort())) {
      wire.send(ask.request());
      return HttpHead.read(wire, Deadline.soon()).status();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200})
  void badHandshakes2000ASecond_delayViewersAsCheapOnesDo(int addresses) throws Exception {
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
      read(viewers);
      var quiet = new ArrayList<Double>();
      var cheap = new ArrayList<Double>();
      var bad = new ArrayList<Double>();
      for (int round = 0; round < ROUNDS; round++) {
        quiet.add(read(viewers).p99Ms());
        cheap.add(during(viewers, addresses, "short", known));
        bad.add(during(viewers, addresses, "bad", known));
      }
      System.out.printf(
          "%d viewers, handshakes from %d addresses: p99 %s ms without, %s with tokens that need no"
              + " key, %s with bad signatures%n",
          VIEWERS, addresses, quiet, cheap, bad);
      assertThat(viewers.broken()).isZero();
      assertThat(status(token("newcomer"))).isEqualTo(200);
      assertThat(median(bad)).isLessThan(2 * median(cheap));
      lines.shutdownNow();
    }
  }

  private static FloodViewers.Delays read(FloodViewers viewers) throws IOException {
    return viewers.read(VIEWERS * LINES, Deadline.in(Duration.ofMinutes(1)));
  }

  /** The viewers' p99 while another process floods with the tokens of a file. */
  private static double during(FloodViewers viewers, int addresses, String tokens, String known)
      throws IOException {
    Duration cpu = router.cpu();
    try (var flood =
        TokenFlood.start(
            router.httpPort(), addresses, HANDSHAKES_PER_SECOND, folder.resolve(tokens))) {
      read(viewers); // until the attacker is warm, and its budget used up
      FloodViewers.Delays delays = read(viewers);
      assertThat(status(known)).as("a known token waits for nobody").isEqualTo(200);
      Map<Integer, Long> answers = flood.stop();
      System.out.printf(
          "%s from %d addresses: %s, router's CPU %s, p50 %.2f p99 %.2f ms%n",
          tokens, addresses, answers, router.cpu().minus(cpu), delays.p50Ms(), delays.p99Ms());
      assertThat(answers.keySet()).isSubsetOf(401, 429, HandshakeFlood.NO_ANSWER);
      assertThat(answers.keySet()).isNotEqualTo(Set.of(HandshakeFlood.NO_ANSWER));
      return delays.p99Ms();
    }
  }

  private static double median(List<Double> figures) {
    return figures.stream().sorted().skip(figures.size() / 2).findFirst().orElseThrow();
  }
}
