package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A verifier whose every verdict is there at once: public keys are asked on the test's thread. */
record Judge(TokenVerifier verifier) {

  /** The settings that are given, and the defaults. */
  static AuthConfig config(
      List<VerificationKey> secrets,
      List<VerificationKey> publicKeys,
      @Nullable String issuer,
      @Nullable String audience,
      String appsClaim) {
    return new AuthConfig(
        secrets, publicKeys, issuer, audience, appsClaim, Duration.ofSeconds(10), 300);
  }

  static Judge of(AuthConfig config, InstantSource clock) {
    var signatures = new Signatures(config.keys());
    SignatureCheck atOnce =
        (token, _, _) ->
            Future.succeededFuture(
                signatures.made(token) ? Optional.empty() : Optional.of(Reason.SIGNATURE));
    return new Judge(new TokenVerifier(config, clock, atOnce));
  }

  Verdict verify(String token) {
    return verifier.verify(token, "192.0.2.1").result();
  }
}
