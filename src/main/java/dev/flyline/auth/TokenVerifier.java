package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
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
 * loops would queue for that lock when many clients reconnect at once. It remembers the last good
 * tokens.
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
  private final VerifiedTokens verified = new VerifiedTokens();
  private @Nullable Header usual; // of the last good token, and most often of the next

  /** A token's header, as it was sent and as it is understood. */
  private record Header(String segment, Map<String, Object> fields) {}

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
    var digest = verified.digest(token);
    var known = verified.find(digest);
    if (known == null) {
      return judge(token, digest);
    }
    if (untimely(known.grant().expires(), known.earliest()) == null) {
      return known.grant();
    }
    verified.remove(digest);
    return judge(token, digest);
  }

  private Verdict judge(String token, VerifiedTokens.Digest digest) {
    var segments = token.split("\\.", -1);
    if (segments.length != 3) {
      return new Refusal(Reason.MALFORMED);
    }
    var header = header(segments[0]);
    var claims = decode(segments[1]).flatMap(StrictJson::object).map(Claims::new);
    if (header.isEmpty() || claims.isEmpty() || decode(segments[2]).isEmpty()) {
      return new Refusal(Reason.MALFORMED);
    }
    var flaw = flaw(header.get().fields);
    if (flaw == null) {
      flaw = flaw(token, claims.get());
    }
    if (flaw != null) {
      return new Refusal(flaw);
    }
    usual = header.get();
    var good = good(claims.get());
    verified.add(digest, good);
    return good.grant();
  }

  private @Nullable Reason flaw(Map<String, Object> header) {
    if (header.containsKey("crit")) {
      return Reason.CRITICAL;
    }
    return header.get("alg") instanceof String alg && algorithms.contains(alg)
        ? null
        : Reason.ALGORITHM;
  }

  /** What the header {@code segment} says; empty if it cannot be read. */
  private Optional<Header> header(String segment) {
    var last = usual;
    return last != null && last.segment.equals(segment)
        ? Optional.of(last)
        : decode(segment).flatMap(StrictJson::object).map(fields -> new Header(segment, fields));
  }

  private @Nullable Reason flaw(String token, Claims claims) {
    var flaw = claims.flaw();
    if (flaw == null && !isSigned(token)) {
      flaw = Reason.SIGNATURE;
    }
    return flaw == null ? mismatch(claims) : flaw;
  }

  private VerifiedTokens.Verified good(Claims claims) {
    var apps = claims.apps(config.appsClaim());
    return new VerifiedTokens.Verified(
        new Grant(claims.user(apps), apps, expires(claims)), earliest(claims));
  }

  private @Nullable Reason mismatch(Claims claims) {
    var untimely = untimely(expires(claims), earliest(claims));
    if (untimely != null) {
      return untimely;
    }
    if (config.issuer() != null && !claims.is("iss", config.issuer())) {
      return Reason.ISSUER;
    }
    if (config.audience() != null && !claims.has("aud", config.audience())) {
      return Reason.AUDIENCE;
    }
    return null;
  }

  private @Nullable Reason untimely(Instant expires, Instant earliest) {
    var now = clock.instant();
    if (!expires.isAfter(now)) {
      return Reason.EXPIRED;
    }
    return earliest.isAfter(now.plus(LEEWAY)) ? Reason.NOT_YET_VALID : null;
  }

  private static Instant expires(Claims claims) {
    return claims.date("exp").orElse(Instant.MIN);
  }

  /** The later one of {@code nbf} and {@code iat}. */
  private static Instant earliest(Claims claims) {
    var notBefore = claims.date("nbf").orElse(Instant.MIN);
    var issued = claims.date("iat").orElse(Instant.MIN);
    return notBefore.isAfter(issued) ? notBefore : issued;
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
