package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Certificates made from a secret, as Java's own reader and validator see them. */
@Timeout(20)
final class AuthorityTest {

  private static final String SECRET = "a secret of thirty-two bytes ...";
  private static final String OTHER = "a secret of thirty-two bytes ..!";

  /** RFC 8032, 7.1, tests 1 to 3: the trick by which the JDK tells a public key holds. */
  @ParameterizedTest
  @CsvSource({
    "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
        + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
        + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
        + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
  })
  void keys_areThoseOfTheSeed(String seed, String key) throws Exception {
    byte[] encoded = Authority.pair(HexFormat.of().parseHex(seed)).getPublic().getEncoded();

    assertThat(HexFormat.of().formatHex(encoded)).endsWith(key);
  }

  @Test
  void oneSecret_isOneAuthority_onEveryRouter() throws Exception {
    assertThat(Authority.of(SECRET).certificate()).isEqualTo(Authority.of(SECRET).certificate());
    assertThat(Authority.of(SECRET).certificate().getPublicKey())
        .isNotEqualTo(Authority.of(OTHER).certificate().getPublicKey());
  }

  /** If this fails, routers of two releases do not meet: the derivation must not change. */
  @Test
  void authorityOfASecret_isTheSameInEveryRelease() throws Exception {
    byte[] encoded = Authority.of(SECRET).certificate().getEncoded();

    assertThat(HexFormat.of().formatHex(sha256(encoded)))
        .isEqualTo("862c7aa96f9e1bf0ad984a60e1de738e064914c3720884fe112ae0ac10fb2940");
  }

  @Test
  void certificate_isReadAsItWasMeant() throws Exception {
    var authority = Authority.of(SECRET);
    PublicKey key = newKey();
    X509Certificate certificate = authority.issue(key);

    assertThat(authority.certificate().getBasicConstraints()).isEqualTo(Integer.MAX_VALUE);
    assertThat(authority.certificate().getKeyUsage()[5]).isTrue(); // signs certificates
    assertThat(certificate.getVersion()).isEqualTo(3);
    assertThat(certificate.getPublicKey()).isEqualTo(key);
    assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
    assertThat(certificate.getKeyUsage()).startsWith(true, false, false, false, false, false);
    assertThat(certificate.getExtendedKeyUsage()).hasSize(2);
    assertThat(certificate.getIssuerX500Principal())
        .isEqualTo(authority.certificate().getSubjectX500Principal());
    assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=flyline router");
    assertThat(certificate.getSerialNumber()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"2001-01-01T00:00:00Z", "2026-11-29T00:00:00Z", "2150-01-01T00:00:00Z"})
  void certificate_isTrusted_whateverTheClockSays(Instant now) throws Exception {
    var authority = Authority.of(SECRET);

    validate(authority.issue(newKey()), authority, now);
  }

  @Test
  void certificateOfAnotherSecret_isNotTrusted() throws Exception {
    X509Certificate foreign = Authority.of(OTHER).issue(newKey());

    assertThatThrownBy(
            () -> validate(foreign, Authority.of(SECRET), Instant.EPOCH.plusSeconds(1L << 31)))
        .isInstanceOf(CertPathValidatorException.class);
    assertThatThrownBy(() -> foreign.verify(Authority.of(SECRET).certificate().getPublicKey()))
        .isInstanceOf(SignatureException.class);
  }

  private static PublicKey newKey() throws GeneralSecurityException {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair().getPublic();
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }

  private static void validate(X509Certificate certificate, Authority authority, Instant now)
      throws GeneralSecurityException {
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.certificate(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    var path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
    CertPathValidator.getInstance("PKIX").validate(path, parameters);
  }
}
