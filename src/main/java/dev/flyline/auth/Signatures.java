package dev.flyline.auth;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toUnmodifiableSet;

import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Judges signatures by the loaded keys. Used by one thread at a time.
 *
 * <p>A signature must have exactly the length of its algorithm and key. vertx-auth-jwt pads shorter
 * ones with zeros, takes elliptic-curve signatures in DER too, and ignores what follows the two
 * halves, so one signature would have many spellings.
 */
final class Signatures {

  private final Map<String, Set<Integer>> lengths; // by algorithm
  private final JWTAuth jwt;

  /**
   * Throws {@link IllegalStateException} if there is no key: Vert.x would then need no signature.
   */
  Signatures(List<VerificationKey> keys) {
    if (keys.isEmpty()) {
      throw new IllegalStateException("no key to verify tokens with");
    }
    this.lengths =
        keys.stream()
            .flatMap(key -> key.algorithms().stream().map(name -> Map.entry(name, key)))
            .collect(
                groupingBy(
                    Map.Entry::getKey,
                    mapping(e -> e.getValue().signatureBytes(e.getKey()), toUnmodifiableSet())));
    this.jwt = VertxJwt.verifying(keys);
  }

  /** Whether there is a key for {@code algorithm}. */
  boolean know(String algorithm) {
    return lengths.containsKey(algorithm);
  }

  /** Whether a signature by {@code algorithm} can have this length. */
  boolean canHave(String algorithm, int bytes) {
    return lengths.getOrDefault(algorithm, Set.of()).contains(bytes);
  }

  /** Whether one of the keys made the signature of {@code token}, whose length has been checked. */
  boolean made(String token) {
    try {
      return jwt.authenticate(new TokenCredentials(token)).succeeded();
    } catch (RuntimeException e) {
      return false; // Vert.x throws some of its refusals
    }
  }
}
