package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.KeyPair;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Signatures that are checked off the event loop, on real threads. */
@Timeout(60)
final class SignaturePoolTest {

  private static final int FAILURES = 20;
  private static final String CLAIMS = "{\"exp\":2000,\"sub\":\"u\",\"apps\":[\"shop\"]}";
  private static final KeyPair KEYS = TestTokens.ec("secp256r1");

  private static final Vertx VERTX = Vertx.vertx();

  private final Context loop = VERTX.getOrCreateContext();
  private SignaturePool pool;
  private TokenVerifier verifier;

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await(20, TimeUnit.SECONDS);
  }

  @BeforeEach
  void make() throws Exception {
    var keys = PublicKeyPem.parse(TestTokens.pem(KEYS.getPublic()));
    pool = new SignaturePool(keys, FAILURES, 1);
    var config = Judge.config(List.of(), keys, null, null, "apps");
    verifier = new TokenVerifier(config, InstantSource.fixed(Instant.ofEpochSecond(1_000)), pool);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private static String good(int user) {
    var claims = CLAIMS.replace("\"u\"", "\"u" + user + "\"");
    return TestTokens.signed("ES256", claims, KEYS.getPrivate());
  }

  private static String bad(int user) {
    String good = good(user);
    String other = good(-user - 1);
    return good.substring(0, good.lastIndexOf('.')) + other.substring(other.lastIndexOf('.'));
  }

  private <T> T onLoop(Supplier<Future<T>> work) {
    Promise<T> done = Promise.promise();
    loop.runOnContext(_ -> work.get().onComplete(done));
    try {
      return done.future().await(20, TimeUnit.SECONDS);
    } catch (java.util.concurrent.TimeoutException e) {
      throw new AssertionError("no verdict", e);
    }
  }

  private Verdict verdict(String token, String address) {
    return onLoop(() -> verifier.verify(token, address));
  }

  private List<Verdict> verdicts(List<String> tokens, String address) {
    return onLoop(
        () -> {
          var verdicts = tokens.stream().map(token -> verifier.verify(token, address)).toList();
          return Future.all(verdicts).map(all -> all.<Verdict>list());
        });
  }

  private static List<String> bad(int from, int count) {
    var tokens = new ArrayList<String>();
    for (int i = from; i < from + count; i++) {
      tokens.add(bad(i));
    }
    return tokens;
  }

  @Test
  void newToken_isJudgedOffTheLoopAndAnsweredOnIt() {
    String token = good(1);
    boolean[] atOnce = new boolean[1];
    var answeredOn = new ArrayList<Context>();

    Verdict verdict =
        onLoop(
            () -> {
              Future<Verdict> asked = verifier.verify(token, "a");
              atOnce[0] = asked.isComplete();
              return asked.onComplete(
                  _ -> answeredOn.add(Objects.requireNonNull(Vertx.currentContext())));
            });

    assertThat(verdict).isInstanceOf(Grant.class);
    assertThat(atOnce[0]).isFalse();
    assertThat(answeredOn).containsExactly(loop);
  }

  @Test
  void knownToken_isAnsweredAtOnceWhateverTheAddressHasDone() {
    String token = good(1);
    Verdict granted = verdict(token, "a");
    verdicts(bad(0, FAILURES + 1), "a");

    boolean[] atOnce = new boolean[1];
    Verdict again =
        onLoop(
            () -> {
              Future<Verdict> asked = verifier.verify(token, "a");
              atOnce[0] = asked.isComplete();
              return asked;
            });

    assertThat(atOnce[0]).isTrue();
    assertThat(again).isSameAs(granted);
  }

  @Test
  void whatNeedsNoKey_isRefusedAtOnce() {
    String token = good(1);
    String expired = TestTokens.signed("ES256", "{\"exp\":1}", KEYS.getPrivate());
    boolean[] atOnce = new boolean[2];

    onLoop(
        () -> {
          atOnce[0] = verifier.verify(token + "AA", "a").isComplete();
          atOnce[1] = verifier.verify(expired, "a").isComplete();
          return Future.succeededFuture();
        });

    assertThat(atOnce).containsExactly(true, true);
  }

  @Test
  void badSignatures_exhaustTheBudgetOfTheirAddressAlone() {
    var verdicts = verdicts(bad(0, FAILURES + 5), "a");

    assertThat(verdicts.subList(0, FAILURES)).containsOnly(new Refusal(Reason.SIGNATURE));
    assertThat(verdicts.subList(FAILURES, FAILURES + 5))
        .contains(new Refusal(Reason.TOO_MANY_FAILURES));
    assertThat(verdict(good(1), "b")).isInstanceOf(Grant.class);
  }

  @Test
  void goodSignatures_useUpNoBudget() {
    for (int i = 0; i < 3 * FAILURES; i++) {
      assertThat(verdict(good(i), "a")).isInstanceOf(Grant.class);
    }
  }

  @Test
  void tooManyAtATimeOfOneAddress_areRefused() throws Exception {
    var keys = PublicKeyPem.parse(TestTokens.pem(KEYS.getPublic()));
    try (var patient = new SignaturePool(keys, 1_000_000, 1)) {
      var tokens = bad(0, 3 * SignaturePool.MAX_WAITING_PER_ADDRESS);
      List<Reason> flaws =
          onLoop(
              () -> {
                var asked = tokens.stream().map(token -> patient.flaw(token, "a", false)).toList();
                return Future.all(asked)
                    .map(_ -> asked.stream().map(f -> f.result().orElseThrow()).toList());
              });

      assertThat(flaws).contains(Reason.SIGNATURE).contains(Reason.TOO_MANY_WAITING);
      assertThat(flaws.subList(0, SignaturePool.MAX_WAITING_PER_ADDRESS))
          .containsOnly(Reason.SIGNATURE);
      assertThat(patient.waiting()).isZero();
    }
  }

  /** Of an ECDSA signature everybody can make a second one; it must not come for nothing. */
  @Test
  void secondGoodSignatureOfAContent_isChargedLikeABadOne() {
    List<String> same = new ArrayList<>();
    for (int i = 0; i < FAILURES + 5; i++) {
      same.add(TestTokens.signed("ES256", CLAIMS, KEYS.getPrivate()));
    }
    assertThat(verdict(same.getFirst(), "a")).isInstanceOf(Grant.class);

    List<Verdict> verdicts = new ArrayList<>();
    for (String token : same.subList(1, same.size())) {
      verdicts.add(verdict(token, "a"));
    }

    assertThat(verdicts.subList(0, FAILURES)).allMatch(Grant.class::isInstance);
    assertThat(verdicts.getLast()).isEqualTo(new Refusal(Reason.TOO_MANY_FAILURES));
  }
}
