package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.TestTokens;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens whose signature is checked off the event loop, by every public-key algorithm. */
@Timeout(300)
final class PublicKeyTokenIT {

  private static final KeyPair RSA = TestTokens.rsa(2048);
  private static final Map<String, KeyPair> KEYS = keys();
  private static final int FAILURES = 2_000;

  @TempDir private static Path folder;

  private static TestNats nats;
  private static TestRouter router;

  private final String app = Lines.newApp();

  private static Map<String, KeyPair> keys() {
    var keys = new LinkedHashMap<String, KeyPair>();
    for (String alg : List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")) {
      keys.put(alg, RSA);
    }
    keys.put("ES256", TestTokens.ec("secp256r1"));
    keys.put("ES384", TestTokens.ec("secp384r1"));
    keys.put("ES512", TestTokens.ec("secp521r1"));
    keys.put("EdDSA", TestTokens.edwards("Ed25519"));
    return keys;
  }

  @BeforeAll
  static void start() throws IOException {
    nats = TestNats.start();
    router = TestRouter.start(nats, settings(FAILURES));
  }

  private static Map<String, String> settings(int failures) throws IOException {
    var pem = new StringBuilder();
    KEYS.values().stream().distinct().forEach(k -> pem.append(TestTokens.pem(k.getPublic())));
    Path file = Files.writeString(folder.resolve("keys.pem"), pem);
    return Map.of(
        "auth.public.key.file",
        file.toString(),
        "limit.bad.signatures",
        Integer.toString(failures));
  }

  @AfterAll
  static void stop() {
    router.close();
    nats.close();
  }

  static Stream<String> algorithms() {
    return KEYS.keySet().stream();
  }

  /** A token of a user of its own, so that nobody has seen it before. */
  private String token(String alg) {
    Instant expires = Instant.now().plus(Duration.ofHours(1));
    String claims = Tokens.claims("user of " + alg + ' ' + app, expires, app).encode();
    return TestTokens.signed(alg, claims, KEYS.get(alg).getPrivate());
  }

  private Ask once(String token) {
    return Ask.app(app, Transport.TEXT).with("follow", "false").token(token);
  }

  private static String respelled(String token, byte[] signature) {
    return token.substring(0, token.lastIndexOf('.') + 1) + TestTokens.base64(signature);
  }

  private static byte[] signature(String token) {
    return Base64.getUrlDecoder().decode(token.substring(token.lastIndexOf('.') + 1));
  }

  private static String forged(String token) {
    byte[] signature = signature(token);
    signature[5] ^= 1;
    return respelled(token, signature);
  }

  private static byte[] der(byte[] signature) {
    int half = signature.length / 2;
    byte[] r = new BigInteger(1, Arrays.copyOf(signature, half)).toByteArray();
    byte[] s = new BigInteger(1, Arrays.copyOfRange(signature, half, 2 * half)).toByteArray();
    int length = 4 + r.length + s.length;
    byte[] head =
        length < 128 ? new byte[] {48, (byte) length} : new byte[] {48, -127, (byte) length};
    byte[] der = Arrays.copyOf(head, head.length + length);
    der[head.length] = 2;
    der[head.length + 1] = (byte) r.length;
    System.arraycopy(r, 0, der, head.length + 2, r.length);
    der[head.length + 2 + r.length] = 2;
    der[head.length + 3 + r.length] = (byte) s.length;
    System.arraycopy(s, 0, der, der.length - s.length, s.length);
    return der;
  }

  @ParameterizedTest
  @MethodSource("algorithms")
  void otherSpellingsOfAGoodToken_get401(String alg) {
    String good = token(alg);
    byte[] signature = signature(good);
    byte[] longer = Arrays.copyOf(signature, signature.length + 1);
    longer[signature.length] = 7;

    assertThat(router.answer(once(good)).status()).isEqualTo(200);
    for (String bad :
        List.of(
            respelled(good, Arrays.copyOf(signature, signature.length + 1)),
            respelled(good, longer),
            respelled(good, Arrays.copyOf(signature, signature.length - 1)),
            respelled(good, der(signature)),
            good + "=",
            good + "==")) {
      assertThat(router.answer(once(bad)).status()).as(bad).isEqualTo(401);
    }
    assertThat(router.answer(once(good)).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @EnumSource
  void tokenNeverSeen_opensAStreamOfEveryForm(Transport transport) {
    try (LogClient client = router.live(Ask.app(app, transport).token(token("ES256")), app)) {
      Lines.publish(nats, app, 1, 3);
      assertThat(client.messages(3)).isEqualTo(Lines.messages(1, 3));
    }
  }

  @ParameterizedTest
  @EnumSource
  void foreignSignature_gets401InEveryForm(Transport transport) {
    String bad = forged(token("ES256"));

    assertThat(router.answer(Ask.app(app, transport).token(bad)).code())
        .isEqualTo("unauthenticated");
  }

  /** What comes behind a request whose token is being judged waits, and then has its answer. */
  @Test
  void requestsBehindOneThatWaits_areAnsweredInOrder() throws IOException {
    String good = once(token("ES256")).request();
    String bad = once(forged(token("ES384"))).request();
    String withBody =
        Ask.target("/v1/apps", Transport.TEXT)
            .token(token("ES512"))
            .request()
            .replace("\r\n\r\n", "\r\nContent-Length: 5\r\n\r\nhello");

    try (Wire wire = Wire.connect(router.httpPort())) {
      wire.send(bad + withBody + good + bad);
      var statuses = new int[4];
      for (int i = 0; i < statuses.length; i++) {
        HttpHead head = HttpHead.read(wire, Deadline.soon());
        statuses[i] = HttpAnswer.read(head, wire, Deadline.soon()).status();
      }
      assertThat(statuses).containsExactly(401, 200, 200, 401);
    }
  }

  /** A client may be gone when its verdict comes; its place must not be taken for good. */
  @Test
  void clientsThatDoNotWaitForTheirVerdict_leaveNothing() {
    for (int i = 0; i < 50; i++) {
      Transport transport = Transport.inTurn(i);
      try (Wire wire = Wire.connect(router.httpPort())) {
        wire.send(Ask.app(app, transport).token(token("ES512")).request());
        wire.cut();
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    var deadline = Deadline.soon();
    while (router.ops("/metrics").body().lines().anyMatch(PublicKeyTokenIT::isOpenStream)) {
      assertThat(deadline.passed()).as("streams stay open").isFalse();
    }
    int status = router.answer(once(token("ES512"))).status();
    while (status == 429 && !deadline.passed()) { // verdicts that nobody waits for are still due
      status = router.answer(once(token("ES512"))).status();
    }
    assertThat(status).isEqualTo(200);
  }

  private static boolean isOpenStream(String metric) {
    return metric.startsWith("flyline_viewers{") && !metric.endsWith(" 0.0");
  }

  @Test
  void renewal_isJudgedOffTheLoopToo() {
    try (LogClient client =
        router.live(Ask.app(app, Transport.FLYLINE_V1).token(token("ES256")), app)) {
      Instant later = Instant.now().plus(Duration.ofHours(2));
      String claims = Tokens.claims("user of ES256 " + app, later, app).encode();
      String renewed = TestTokens.signed("ES256", claims, KEYS.get("ES256").getPrivate());
      client.send("{\"type\":\"auth\",\"token\":\"" + renewed + "\"}");
      Lines.publish(nats, app, 1, 1);

      assertThat(client.next().message()).isEqualTo(Lines.message(1));
    }
    try (LogClient client =
        router.live(Ask.app(app, Transport.FLYLINE_V1).token(token("EdDSA")), app)) {
      String bad = respelled(token("EdDSA"), new byte[64]);
      client.send("{\"type\":\"auth\",\"token\":\"" + bad + "\"}");

      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(4401));
    }
  }

  @Test
  void failuresBeyondTheBudget_get429AndKnownTokensDoNot() throws IOException {
    try (TestRouter strict = TestRouter.start(nats, settings(5))) {
      String known = token("ES256");
      for (int i = 0; i < 8; i++) { // on every event loop
        assertThat(strict.answer(once(known)).status()).isEqualTo(200);
      }
      HttpAnswer answer = strict.answer(once(respelled(known, new byte[64])));
      for (int i = 0; i < 20 && answer.status() == 401; i++) {
        answer = strict.answer(once(forged(known)));
      }

      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.code()).isEqualTo("too_many_bad_tokens");
      assertThat(Integer.parseInt(answer.header("retry-after").orElseThrow())).isPositive();
      assertThat(strict.answer(once(known)).status()).isEqualTo(200);
      assertThat(strict.answer(once(Tokens.of(app))).status()).as("HMAC").isEqualTo(200);
    }
  }
}
