package dev.flyline.auth;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.auth.PubSecKeyOptions;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/**
 * One key and the algorithms that it may verify, and no others.
 *
 * <p>The binding of key to algorithm is what makes key confusion impossible: the text of a public
 * key is known to everybody, and would be a fine HMAC secret.
 *
 * @param material a secret, or a public key in PEM
 * @param algorithms their names in a token's {@code alg}
 * @param rsaBytes the length of an RSA key's modulus; 0 for keys of other kinds
 */
record VerificationKey(String material, List<String> algorithms, int rsaBytes) {

  /** Keeps a copy of {@code algorithms}; a key for none would be of no use. */
  VerificationKey {
    algorithms = List.copyOf(algorithms);
    if (algorithms.isEmpty()) {
      throw new IllegalArgumentException("algorithms: must not be empty");
    }
  }

  /** A shared secret. */
  static VerificationKey hmac(String secret) {
    return new VerificationKey(secret, List.of("HS256", "HS384", "HS512"), 0);
  }

  /**
   * The exact length of this key's signatures by {@code algorithm}, in bytes (RFC 7518, 3; RFC
   * 8032, 5.1.6).
   */
  int signatureBytes(String algorithm) {
    return switch (algorithm) {
      case "HS256" -> 32;
      case "HS384" -> 48;
      case "HS512", "ES256", "EdDSA" -> 64; // of the EdDSA curves, only Ed25519 is taken
      case "ES384" -> 96;
      case "ES512" -> 132;
      default -> rsaBytes;
    };
  }

  /** The key as Vert.x takes it: once per algorithm. */
  Stream<PubSecKeyOptions> options() {
    var buffer = Buffer.buffer(material.getBytes(StandardCharsets.UTF_8));
    return algorithms.stream()
        .map(algorithm -> new PubSecKeyOptions().setAlgorithm(algorithm).setBuffer(buffer));
  }

  /** Hides the material. */
  @Override
  public String toString() {
    return "VerificationKey" + algorithms;
  }
}
