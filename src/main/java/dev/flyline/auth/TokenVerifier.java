package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns a token (a signed JWT, RFC 7519) into a grant or a refusal, and never throws.
 *
 * <p>vertx-auth-jwt checks the signature and nothing else: the claims are judged here, by a clock
 * that tests can set. What it would let through is refused before it sees the token: no expiry, two
 * segments, an algorithm outside the list, a critical header, comments and doubled keys in the
 * JSON, base64 that is not written in the one canonical way.
 *
 * <p>One instance belongs to one event loop: Vert.x locks each key while it is used, and all event
 * loops would queue for that lock when many clients reconnect at once.
 */
public final class TokenVerifier {

  /** The longest token that is looked at, in characters. */
  public static final int MAX_LENGTH = 8 * 1024;

  /** How far ahead of ours the clock of the token's maker may be. */
  private static final Duration LEEWAY = Duration.ofSeconds(5);

  private final AuthConfig config;
  private final Set<String> algorithms;
  private final JWTAuth signatures;
  private final InstantSource clock;

  /**
   * Throws {@link IllegalStateException} if there is no key: Vert.x would then need no signature.
   */
  TokenVerifier(AuthConfig config, InstantSource clock) {
    if (config.keys().isEmpty()) {
      throw new IllegalStateException("no key to verify tokens with");
    }
    this.config = config;
    this.clock = clock;
    this.algorithms =
        config.keys().stream()
            .flatMap(key -> key.algorithms().stream())
            .collect(Collectors.toUnmodifiableSet());
    this.signatures = VertxJwt.verifying(config.keys());
  }

  /** Judges {@code token}, whatever it is. */
  public Verdict verify(String token) {
    if (token.length() > MAX_LENGTH) {
      return new Refusal(Reason.TOO_LONG);
    }
    var segments = token.split("\\.", -1);
    if (segments.length != 3) {
      return new Refusal(Reason.MALFORMED);
    }
    var header = decode(segments[0]).flatMap(StrictJson::object);
    var claims = decode(segments[1]).flatMap(StrictJson::object).map(Claims::new);
    if (header.isEmpty() || claims.isEmpty() || decode(segments[2]).isEmpty()) {
      return new Refusal(Reason.MALFORMED);
    }
    if (header.get().containsKey("crit")) {
      return new Refusal(Reason.CRITICAL);
    }
    if (!(header.get().get("alg") instanceof String alg && algorithms.contains(alg))) {
      return new Refusal(Reason.ALGORITHM);
    }
    return judge(token, claims.get());
  }

  private Verdict judge(String token, Claims claims) {
    var flaw = claims.flaw();
    if (flaw == null && !isSigned(token)) {
      flaw = Reason.SIGNATURE;
    }
    if (flaw == null) {
      flaw = mismatch(claims);
    }
    if (flaw != null) {
      return new Refusal(flaw);
    }
    var apps = claims.apps(config.appsClaim());
    return new Grant(claims.user(apps), apps, claims.date("exp").orElseThrow());
  }

  private @Nullable Reason mismatch(Claims claims) {
    var now = clock.instant();
    if (!claims.date("exp").orElse(Instant.MIN).isAfter(now)) {
      return Reason.EXPIRED;
    }
    var soon = now.plus(LEEWAY);
    if (claims.date("nbf").orElse(now).isAfter(soon)
        || claims.date("iat").orElse(now).isAfter(soon)) {
      return Reason.NOT_YET_VALID;
    }
    if (config.issuer() != null && !claims.is("iss", config.issuer())) {
      return Reason.ISSUER;
    }
    if (config.audience() != null && !claims.has("aud", config.audience())) {
      return Reason.AUDIENCE;
    }
    return null;
  }

  private boolean isSigned(String token) {
    try {
      return signatures.authenticate(new TokenCredentials(token)).succeeded();
    } catch (RuntimeException e) {
      return false; // Vert.x throws some of its refusals
    }
  }

  /** The bytes of a segment, or empty unless they have exactly this one spelling. */
  private static Optional<byte[]> decode(String segment) {
    try {
      var bytes = Base64.getUrlDecoder().decode(segment);
      var canonical = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      return canonical.equals(segment) && bytes.length > 0 ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }
}
