package dev.flyline.auth;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flyline.log.AppName;
import io.vertx.core.Future;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What it takes to judge a token, by the kind of its key. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TokenBenchmark {

  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2026-11-20T12:00:00Z"));
  private static final AppName APP = new AppName("shop");
  private static final String ADDRESS = "192.0.2.1";

  private static final Duration LEEWAY = Duration.ofSeconds(10);
  private static final int FAILURES = 300;

  /** More than a verifier remembers. */
  private static final int TOKENS = VerifiedTokens.MAX_COUNT + 1;

  /** The algorithm, and so the kind of the key. */
  @Param({"HS256", "RS256", "ES256", "EdDSA"})
  private String alg = "";

  private Judged judged = hmac();

  /** A verifier and the tokens that it judges in turn. */
  private static final class Judged {

    private final TokenVerifier verifier;
    private final String[] tokens;
    private int next;

    Judged(TokenVerifier verifier, String[] tokens) {
      this.verifier = verifier;
      this.tokens = tokens;
    }

    Verdict next() {
      next = next + 1 < tokens.length ? next + 1 : 0;
      return good(verifier.verify(tokens[next], ADDRESS).result());
    }

    Verdict same() {
      return good(verifier.verify(tokens[0], ADDRESS).result());
    }

    private static Verdict good(Verdict verdict) {
      if (verdict instanceof Refusal(var reason)) {
        throw new IllegalStateException("refused: " + reason);
      }
      return verdict;
    }
  }

  /** Signs the tokens. */
  @Setup
  public void sign() {
    judged =
        switch (alg) {
          case "RS256" -> publicKey("RSA", 2_048, alg, "SHA256withRSA");
          case "ES256" -> publicKey("EC", 256, alg, "SHA256withECDSAinP1363Format");
          case "EdDSA" -> publicKey("Ed25519", 255, alg, "Ed25519");
          default -> hmac();
        };
  }

  /** A token that was not seen before, or long ago. */
  @Benchmark
  public Verdict another() {
    return judged.next();
  }

  /** The same token again, as from somebody who reconnects. */
  @Benchmark
  public Verdict again() {
    return judged.same();
  }

  private static Judged hmac() {
    var config =
        new AuthConfig(
            List.of(VerificationKey.hmac("only-for-measuring-on-one-machine-0123456789")),
            List.of(),
            null,
            null,
            "apps",
            LEEWAY,
            FAILURES);
    var signer = config.signer(CLOCK).orElseThrow();
    var tokens = new String[TOKENS];
    for (int i = 0; i < TOKENS; i++) {
      tokens[i] = signer.sign("user" + i, List.of(APP), Duration.ofDays(1));
    }
    return new Judged(verifier(config), tokens);
  }

  /** Public keys are asked on the measuring thread, so that their own cost shows. */
  private static TokenVerifier verifier(AuthConfig config) {
    var signatures = new Signatures(config.keys());
    return new TokenVerifier(
        config,
        CLOCK,
        (token, _, _) ->
            Future.succeededFuture(
                signatures.made(token) ? Optional.empty() : Optional.of(Refusal.Reason.SIGNATURE)));
  }

  private static Judged publicKey(String kind, int bits, String alg, String signature) {
    try {
      var generator = KeyPairGenerator.getInstance(kind);
      generator.initialize(bits);
      KeyPair pair = generator.generateKeyPair();
      var pem =
          "-----BEGIN PUBLIC KEY-----\n"
              + Base64.getEncoder().encodeToString(pair.getPublic().getEncoded())
              + "\n-----END PUBLIC KEY-----\n";
      var config =
          new AuthConfig(List.of(), PublicKeyPem.parse(pem), null, null, "apps", LEEWAY, FAILURES);
      var tokens = new String[TOKENS];
      var engine = Signature.getInstance(signature);
      engine.initSign(pair.getPrivate());
      for (int i = 0; i < TOKENS; i++) {
        tokens[i] = signed(engine, alg, i);
      }
      return new Judged(verifier(config), tokens);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String signed(Signature engine, String alg, int user)
      throws GeneralSecurityException {
    long now = CLOCK.instant().getEpochSecond();
    var content =
        base64(("{\"alg\":\"" + alg + "\",\"typ\":\"JWT\"}").getBytes(US_ASCII))
            + "."
            + base64(
                "{\"sub\":\"user%d\",\"iat\":%d,\"exp\":%d,\"apps\":[\"shop\"]}"
                    .formatted(user, now, now + 86_400)
                    .getBytes(US_ASCII));
    engine.update(content.getBytes(US_ASCII));
    return content + "." + base64(engine.sign());
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
