package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Turns a token (a signed JWT, RFC 7519) into a grant or a refusal, and never fails.
 *
 * <p>vertx-auth-jwt checks the signature and nothing else: the claims are judged here, by a clock
 * that tests can set. What it would let through is refused before it sees the token: no expiry, two
 * segments, an algorithm outside the list, a critical header, comments and doubled keys in the
 * JSON, base64 that is not written in the one canonical way, a signature of another length.
 *
 * <p>The signature comes last, since it alone is expensive. An HMAC is checked at once, a public
 * key's signature elsewhere ({@link SignatureCheck}); only then is a verdict not there at once.
 *
 * <p>One instance belongs to one event loop. It remembers the last good tokens.
 */
public final class TokenVerifier {

  /** The longest token that is looked at, in characters. */
  public static final int MAX_LENGTH = 16 * 1024;

  private final AuthConfig config;
  private final Signatures signatures;
  private final SignatureCheck publicKeys;
  private final InstantSource clock;
  private final VerifiedTokens verified = new VerifiedTokens();
  private @Nullable Header usual; // of the last good token, and most often of the next

  /** A token's header, as it was sent and as it is understood. */
  private record Header(String segment, Map<String, Object> fields) {

    String algorithm() {
      return fields.get("alg") instanceof String name ? name : "";
    }
  }

  /** A token whose parts can be read. */
  private record Parsed(Header header, Claims claims, int signatureBytes) {}

  /**
   * Throws {@link IllegalStateException} if there is no key: Vert.x would then need no signature.
   */
  TokenVerifier(AuthConfig config, InstantSource clock, SignatureCheck publicKeys) {
    this.config = config;
    this.clock = clock;
    this.publicKeys = publicKeys;
    this.signatures = new Signatures(config.keys());
  }

  /**
   * Judges {@code token}, whatever it is, for a client at {@code address}. The verdict is there at
   * once, unless a public key must be asked.
   */
  public Future<Verdict> verify(String token, String address) {
    if (token.length() > MAX_LENGTH) {
      return refused(Reason.TOO_LONG);
    }
    var digest = verified.digest(token);
    var known = verified.find(digest);
    if (known == null) {
      return judge(token, address);
    }
    var untimely = untimely(known.grant().expires(), known.earliest());
    if (untimely == null) {
      return Future.succeededFuture(known.grant());
    }
    verified.remove(digest);
    return refused(untimely);
  }

  /** How many tokens are remembered. */
  int remembered() {
    return verified.count();
  }

  private static Future<Verdict> refused(Reason reason) {
    return Future.succeededFuture(new Refusal(reason));
  }

  private Future<Verdict> judge(String token, String address) {
    var parsed = parse(token);
    if (parsed.isEmpty()) {
      return refused(Reason.MALFORMED);
    }
    var flaw = flaw(parsed.get());
    if (flaw != null) {
      return refused(flaw);
    }
    if (parsed.get().header.algorithm().startsWith("HS")) {
      return Future.succeededFuture(
          signatures.made(token) ? grant(token, parsed.get()) : new Refusal(Reason.SIGNATURE));
    }
    return publicKeys
        .flaw(token, address, verified.knowsContentOf(token))
        .map(bad -> bad.<Verdict>map(Refusal::new).orElseGet(() -> grant(token, parsed.get())));
  }

  private Optional<Parsed> parse(String token) {
    var segments = token.split("\\.", -1);
    if (segments.length != 3) {
      return Optional.empty();
    }
    var header = header(segments[0]);
    var claims = decode(segments[1]).flatMap(StrictJson::object).map(Claims::new);
    var signature = decode(segments[2]);
    return header.isEmpty() || claims.isEmpty() || signature.isEmpty()
        ? Optional.empty()
        : Optional.of(new Parsed(header.get(), claims.get(), signature.get().length));
  }

  /** What the header {@code segment} says; empty if it cannot be read. */
  private Optional<Header> header(String segment) {
    var last = usual;
    return last != null && last.segment.equals(segment)
        ? Optional.of(last)
        : decode(segment).flatMap(StrictJson::object).map(fields -> new Header(segment, fields));
  }

  /** What is wrong as far as it can be told without a key; null if nothing. */
  private @Nullable Reason flaw(Parsed token) {
    if (token.header.fields.containsKey("crit")) {
      return Reason.CRITICAL;
    }
    if (!signatures.know(token.header.algorithm())) {
      return Reason.ALGORITHM;
    }
    if (!signatures.canHave(token.header.algorithm(), token.signatureBytes)) {
      return Reason.SIGNATURE;
    }
    var flaw = token.claims.flaw(config.appsClaim());
    return flaw == null ? mismatch(token.claims) : flaw;
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

  /** The grant of a token without a flaw, which is remembered from now on. */
  private Verdict grant(String token, Parsed parsed) {
    usual = parsed.header;
    var apps = parsed.claims.apps(config.appsClaim());
    var grant = new Grant(parsed.claims.user(apps), apps, expires(parsed.claims));
    verified.add(token, new VerifiedTokens.Verified(grant, earliest(parsed.claims)));
    return grant;
  }

  /** Both clocks may be wrong a little, so a token is taken early and late by the leeway. */
  private @Nullable Reason untimely(Instant expires, Instant earliest) {
    Instant now = clock.instant();
    Duration leeway = config.leeway();
    if (!expires.plus(leeway).isAfter(now)) {
      return Reason.EXPIRED;
    }
    return earliest.isAfter(now.plus(leeway)) ? Reason.NOT_YET_VALID : null;
  }

  private static Instant expires(Claims claims) {
    return claims.date("exp").orElse(Instant.MIN);
  }

  /** When the token becomes valid. {@code iat} says when it was made, and that is no condition. */
  private static Instant earliest(Claims claims) {
    return claims.date("nbf").orElse(Instant.MIN);
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
