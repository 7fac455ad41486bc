package dev.flyline.auth;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads public keys from PEM text: {@code PUBLIC KEY} and {@code CERTIFICATE} blocks, several while
 * keys are rotated. What is wrong with a text is told in the exception's message, which is written
 * for the person who configures the router.
 */
final class PublicKeyPem {

  /** Shorter RSA keys are no longer thought safe (RFC 7518, 3.3). */
  private static final int MIN_RSA_BITS = 2048;

  private static final List<String> RSA =
      List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512");

  private static final Map<String, String> CURVES =
      Map.of("ES256", "secp256r1", "ES384", "secp384r1", "ES512", "secp521r1");

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private PublicKeyPem() {}

  /** Returns the keys in {@code text}, one at least. */
  static List<VerificationKey> parse(String text) throws InvalidKeySpecException {
    var keys = new ArrayList<VerificationKey>();
    var block = BLOCK.matcher(text);
    while (block.find()) {
      var key = publicKey(block.group(1), decode(block.group(2)));
      keys.add(new VerificationKey(pem(key), algorithms(key), rsaBytes(key)));
    }
    if (keys.isEmpty()) {
      throw new InvalidKeySpecException("holds no PEM block '-----BEGIN PUBLIC KEY-----'");
    }
    return keys;
  }

  private static byte[] decode(String base64) throws InvalidKeySpecException {
    try {
      return Base64.getDecoder().decode(base64.replaceAll("\\s", ""));
    } catch (IllegalArgumentException _) {
      throw new InvalidKeySpecException("holds a PEM block that is not base64");
    }
  }

  private static PublicKey publicKey(String kind, byte[] der) throws InvalidKeySpecException {
    return switch (kind) {
      case "PUBLIC KEY" -> spki(der);
      case "CERTIFICATE" -> certified(der);
      case "RSA PUBLIC KEY" ->
          throw new InvalidKeySpecException(
              "holds a PKCS#1 key; convert it: openssl rsa -RSAPublicKey_in -in FILE -pubout");
      default ->
          throw new InvalidKeySpecException(
              kind.endsWith("PRIVATE KEY")
                  ? "holds a private key; the router needs the public one only: openssl pkey -in"
                      + " FILE -pubout"
                  : "holds a PEM block that is neither PUBLIC KEY nor CERTIFICATE");
    };
  }

  private static PublicKey spki(byte[] der) throws InvalidKeySpecException {
    for (var algorithm : List.of("RSA", "EC", "Ed25519")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePublic(new X509EncodedKeySpec(der));
      } catch (GeneralSecurityException _) {
        // not of this kind: the key's own header says which it is, and a factory refuses others
      }
    }
    throw new InvalidKeySpecException("holds a public key that is neither RSA, EC nor Ed25519");
  }

  private static PublicKey certified(byte[] der) throws InvalidKeySpecException {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(der))
          .getPublicKey();
    } catch (GeneralSecurityException e) {
      throw new InvalidKeySpecException("holds a certificate that cannot be read", e);
    }
  }

  private static List<String> algorithms(PublicKey key) throws InvalidKeySpecException {
    return switch (key) {
      case RSAPublicKey rsa when rsa.getModulus().bitLength() >= MIN_RSA_BITS -> RSA;
      case RSAPublicKey _ ->
          throw new InvalidKeySpecException("holds an RSA key of less than 2048 bits");
      case ECPublicKey ec -> List.of(ecAlgorithm(ec));
      case EdECPublicKey ed when ed.getParams().getName().equals("Ed25519") -> List.of("EdDSA");
      default ->
          throw new InvalidKeySpecException(
              "holds a public key that is neither RSA, EC nor Ed25519");
    };
  }

  /** The length of an RSA key's modulus, and so of its signatures (RFC 8017, 8.2.1). */
  private static int rsaBytes(PublicKey key) {
    return key instanceof RSAPublicKey rsa
        ? Math.ceilDiv(rsa.getModulus().bitLength(), Byte.SIZE)
        : 0;
  }

  /** The one algorithm of the key's curve (RFC 7518, 3.4). */
  private static String ecAlgorithm(ECPublicKey key) throws InvalidKeySpecException {
    for (var curve : CURVES.entrySet()) {
      if (isOn(curve.getValue(), key.getParams())) {
        return curve.getKey();
      }
    }
    throw new InvalidKeySpecException("holds an EC key that is not on P-256, P-384 or P-521");
  }

  private static boolean isOn(String curve, ECParameterSpec params) {
    try {
      var named = AlgorithmParameters.getInstance("EC");
      named.init(new ECGenParameterSpec(curve));
      var expected = named.getParameterSpec(ECParameterSpec.class);
      return expected.getCurve().equals(params.getCurve())
          && expected.getGenerator().equals(params.getGenerator())
          && expected.getOrder().equals(params.getOrder());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java lacks the curve " + curve, e);
    }
  }

  /** Written anew, so that Vert.x reads exactly the block that was checked. */
  private static String pem(PublicKey key) {
    var base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    return "-----BEGIN PUBLIC KEY-----\n"
        + base64.encodeToString(key.getEncoded())
        + "\n-----END PUBLIC KEY-----\n";
  }
}
