package dev.flyline.auth;

import dev.flyline.config.Secret;
import dev.flyline.config.Settings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.spec.InvalidKeySpecException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are good: the keys that may have signed them and the claims that they must have.
 *
 * @param secrets HMAC keys, the first one signs; two while one is being replaced
 * @param publicKeys the other side's public keys
 * @param issuer what {@code iss} must be, if set
 * @param audience what {@code aud} must name, if set
 * @param appsClaim the dotted path of the claim that lists the apps
 * @param leeway how far our clock and that of the tokens' maker may differ
 * @param badSignatures public keys' signatures of one address that may fail within a minute
 */
public record AuthConfig(
    List<VerificationKey> secrets,
    List<VerificationKey> publicKeys,
    @Nullable String issuer,
    @Nullable String audience,
    String appsClaim,
    Duration leeway,
    int badSignatures) {

  private static final String SECRET = "auth.hmac.secret";
  private static final String PUBLIC_KEY_FILE = "auth.public.key.file";

  /** A shorter secret can be guessed from one token (RFC 7518, 3.2). */
  private static final int MIN_SECRET_BYTES = 32;

  private static final Duration MAX_LEEWAY = Duration.ofMinutes(5);
  private static final int MOST_BAD_SIGNATURES = 1_000_000;

  /** Keeps copies of the lists. */
  public AuthConfig {
    secrets = List.copyOf(secrets);
    publicKeys = List.copyOf(publicKeys);
  }

  /** Reads the settings; whatever is wrong with them is among the settings' problems. */
  public static AuthConfig from(Settings settings) {
    var secret =
        settings.secret(
            SECRET,
            "key of HS256, HS384 and HS512 tokens, at least 32 bytes; two, comma separated, while"
                + " one replaces the other");
    var file =
        settings.file(
            PUBLIC_KEY_FILE,
            "PEM file with the public key of RS, PS, ES or EdDSA tokens; several while one"
                + " replaces the other");
    if (secret.isEmpty() && file.isEmpty()) {
      settings.problem(
          SECRET,
          "no key to check tokens with: set this or "
              + PUBLIC_KEY_FILE
              + ", else nobody could be let in");
    }
    return new AuthConfig(
        secret.map(value -> secrets(value, settings)).orElse(List.of()),
        file.map(path -> publicKeys(path, settings)).orElse(List.of()),
        settings.optionalText("auth.issuer", "required iss claim of tokens").orElse(null),
        settings.optionalText("auth.audience", "required aud claim of tokens").orElse(null),
        settings.text("auth.apps.claim", "apps", "claim (dotted path) that lists a token's apps"),
        leeway(settings),
        badSignatures(settings));
  }

  private static Duration leeway(Settings settings) {
    return settings.duration(
        "auth.leeway",
        "10s",
        Duration.ZERO,
        MAX_LEEWAY,
        "clock difference allowed for nbf and exp when a token is shown; a stream ends at exp"
            + " exactly");
  }

  private static int badSignatures(Settings settings) {
    return settings.integer(
        "limit.bad.signatures",
        300,
        1,
        MOST_BAD_SIGNATURES,
        "public-key signatures of one address that may fail in a minute; beyond that its new"
            + " tokens get 429");
  }

  /** What the operator should be told of these settings at the start. */
  public List<String> warnings() {
    return secrets.stream()
        .flatMap(secret -> WeakSecrets.warnings(secret.material()).stream())
        .map(warning -> SECRET + " " + warning)
        .distinct()
        .toList();
  }

  /** The one pool of a router that checks public keys' signatures. */
  public SignaturePool signaturePool() {
    int threads = Math.ceilDiv(Runtime.getRuntime().availableProcessors(), 2);
    return new SignaturePool(publicKeys, badSignatures, threads);
  }

  /** A verifier by {@code clock}, for one event loop. */
  public TokenVerifier verifier(InstantSource clock, SignaturePool pool) {
    return new TokenVerifier(this, clock, pool);
  }

  /** A signer by {@code clock}; empty if there is no secret to sign with. */
  public Optional<TokenSigner> signer(InstantSource clock) {
    return secrets.stream().findFirst().map(secret -> new TokenSigner(this, secret, clock));
  }

  List<VerificationKey> keys() {
    return Stream.concat(secrets.stream(), publicKeys.stream()).toList();
  }

  private static List<VerificationKey> secrets(Secret secret, Settings settings) {
    var parts = Arrays.stream(secret.reveal().split(",", -1)).map(String::strip).toList();
    boolean isShort =
        parts.stream()
            .anyMatch(part -> part.getBytes(StandardCharsets.UTF_8).length < MIN_SECRET_BYTES);
    if (isShort) {
      settings.problem(
          SECRET, "must have at least 32 bytes, on each side of a comma if there is one");
      return List.of();
    }
    if (parts.size() > 2) {
      settings.problem(SECRET, "must be one secret, or two with a comma between");
      return List.of();
    }
    return parts.stream().map(VerificationKey::hmac).toList();
  }

  private static List<VerificationKey> publicKeys(Path file, Settings settings) {
    try {
      return PublicKeyPem.parse(Files.readString(file));
    } catch (IOException e) {
      settings.problem(PUBLIC_KEY_FILE, "cannot be read as text");
    } catch (InvalidKeySpecException e) {
      settings.problem(PUBLIC_KEY_FILE, String.valueOf(e.getMessage()));
    }
    return List.of();
  }
}
