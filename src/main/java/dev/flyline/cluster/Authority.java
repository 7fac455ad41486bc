package dev.flyline.cluster;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * The certificate authority that a cluster's secret stands for. Every router derives the same
 * Ed25519 key from the same secret, signs the certificate of its own start with it, and trusts what
 * it has signed; so the usual check of a certificate is the check of the secret.
 *
 * <p>Certificates say nothing of time: a router's key lives as long as its process, and a wrong
 * clock must not keep a router out.
 */
final class Authority {

  private static final String ALGORITHM = "Ed25519";
  private static final String ED25519 = "1.3.101.112";
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTH = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";

  private static final int SEED_BYTES = 32;
  private static final int SERIAL_BITS = 127;

  /** Changing either makes another authority of the same secret: routers would not meet. */
  private static final String SALT = "flyline cluster secret";

  private static final String INFO = "flyline cluster authority, Ed25519, 1";

  private final PrivateKey key;
  private final String name;
  private final X509Certificate certificate;

  private Authority(PrivateKey key, String name, X509Certificate certificate) {
    this.key = key;
    this.name = name;
    this.certificate = certificate;
  }

  /** The authority of {@code secret}: the same on every router. */
  static Authority of(String secret) throws GeneralSecurityException {
    var derivation =
        HKDFParameterSpec.ofExtract()
            .addSalt(SALT.getBytes(StandardCharsets.US_ASCII))
            .addIKM(secret.getBytes(StandardCharsets.UTF_8))
            .thenExpand(INFO.getBytes(StandardCharsets.US_ASCII), SEED_BYTES);
    KeyPair pair = pair(KDF.getInstance("HKDF-SHA256").deriveData(derivation));
    byte[] encoded = pair.getPublic().getEncoded();
    // The last bytes are the key itself; the name tells authorities apart in logs.
    String name =
        "flyline cluster "
            + HexFormat.of().formatHex(encoded, encoded.length - Long.BYTES, encoded.length);
    byte[] signed =
        sign(
            pair.getPrivate(),
            body(
                BigInteger.ONE,
                name,
                name,
                pair.getPublic(),
                Der.sequence(
                    extension(BASIC_CONSTRAINTS, Der.sequence(Der.truth())),
                    extension(KEY_USAGE, Der.bits(2, new byte[] {0x04}))))); // keyCertSign
    return new Authority(pair.getPrivate(), name, read(signed));
  }

  /**
   * The Ed25519 keys of a seed (RFC 8032, 5.1.5). The JDK takes a private key from a seed and does
   * not tell its public key, except where it makes both; there the seed is all it asks of chance.
   */
  static KeyPair pair(byte[] seed) throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance(ALGORITHM);
    generator.initialize(NamedParameterSpec.ED25519, new Seed(seed));
    KeyPair pair = generator.generateKeyPair();
    boolean isOfSeed =
        pair.getPrivate() instanceof EdECPrivateKey key
            && key.getBytes().filter(bytes -> Arrays.equals(bytes, seed)).isPresent();
    if (!isOfSeed) {
      throw new GeneralSecurityException("this Java does not make Ed25519 keys of a seed");
    }
    return pair;
  }

  X509Certificate certificate() {
    return certificate;
  }

  /** A certificate for the router that has the private key of {@code subject}. */
  X509Certificate issue(PublicKey subject) throws GeneralSecurityException {
    byte[] extensions =
        Der.sequence(
            extension(KEY_USAGE, Der.bits(7, new byte[] {(byte) 0x80})), // digitalSignature
            extension(
                EXTENDED_KEY_USAGE, Der.sequence(Der.oid(SERVER_AUTH), Der.oid(CLIENT_AUTH))));
    var serial = new BigInteger(SERIAL_BITS, new SecureRandom());
    return read(sign(key, body(serial, name, "flyline router", subject, extensions)));
  }

  /** What is signed of a certificate (RFC 5280, 4.1), valid from 2000 to the end of 9999. */
  private static byte[] body(
      BigInteger serial, String issuer, String subject, PublicKey key, byte[] extensions) {
    return Der.sequence(
        Der.explicit(0, Der.integer(BigInteger.TWO)), // version 3
        Der.integer(serial),
        Der.sequence(Der.oid(ED25519)),
        name(issuer),
        Der.sequence(Der.utcTime("000101000000Z"), Der.generalizedTime("99991231235959Z")),
        name(subject),
        key.getEncoded(),
        Der.explicit(3, extensions));
  }

  private static byte[] name(String commonName) {
    return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.text(commonName))));
  }

  private static byte[] extension(String oid, byte[] value) {
    return Der.sequence(Der.oid(oid), Der.truth(), Der.octets(value)); // critical
  }

  private static byte[] sign(PrivateKey key, byte[] body) throws GeneralSecurityException {
    var signature = Signature.getInstance(ALGORITHM);
    signature.initSign(key);
    signature.update(body);
    return Der.sequence(body, Der.sequence(Der.oid(ED25519)), Der.bits(0, signature.sign()));
  }

  private static X509Certificate read(byte[] encoded) throws GeneralSecurityException {
    var factory = CertificateFactory.getInstance("X.509");
    return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
  }

  /** Chance that has been decided before. */
  private static final class Seed extends SecureRandom {

    private static final long serialVersionUID = 1;

    private final byte[] seed;

    Seed(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
