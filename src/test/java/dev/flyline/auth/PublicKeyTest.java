package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.auth.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.spec.InvalidKeySpecException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens signed with private keys, and the PEM files that verify them. */
@Timeout(60)
final class PublicKeyTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String CLAIMS = "{\"exp\":2000,\"sub\":\"u\",\"apps\":[\"shop\"]}";
  private static final KeyPair RSA = TestTokens.rsa(2048);

  private static Judge verifier(String pem, String... secrets) throws InvalidKeySpecException {
    var hmac = Stream.of(secrets).map(VerificationKey::hmac).toList();
    return Judge.of(
        Judge.config(hmac, PublicKeyPem.parse(pem), null, null, "apps"),
        InstantSource.fixed(Instant.ofEpochSecond(1_000)));
  }

  static Stream<Arguments> keys() {
    return Stream.of(
        Arguments.of(RSA, List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")),
        Arguments.of(TestTokens.ec("secp256r1"), List.of("ES256")),
        Arguments.of(TestTokens.ec("secp384r1"), List.of("ES384")),
        Arguments.of(TestTokens.ec("secp521r1"), List.of("ES512")),
        Arguments.of(TestTokens.edwards("Ed25519"), List.of("EdDSA")));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void key_verifiesItsOwnAlgorithmsAndNoOthers(KeyPair key, List<String> algorithms)
      throws Exception {
    var parsed = PublicKeyPem.parse(TestTokens.pem(key.getPublic()));
    var verifier = verifier(TestTokens.pem(key.getPublic()));

    assertThat(parsed)
        .singleElement()
        .extracting(VerificationKey::algorithms)
        .isEqualTo(algorithms);
    for (var alg : algorithms) {
      for (int i = 0; i < 20; i++) { // lengths of EC signatures differ from one to the next
        var token = TestTokens.signed(alg, CLAIMS, key.getPrivate());
        assertThat(verifier.verify(token)).as(alg).isInstanceOf(Grant.class);
      }
    }
    assertThat(verifier.verify(TestTokens.hs256(CLAIMS, SECRET)))
        .isEqualTo(new Refusal(Reason.ALGORITHM));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void signatureOfAnotherKey_isRefused(KeyPair key, List<String> algorithms) throws Exception {
    var alg = algorithms.getFirst();
    var other =
        switch (alg) {
          case "RS256" -> TestTokens.rsa(2048);
          case "ES256" -> TestTokens.ec("secp256r1");
          case "ES384" -> TestTokens.ec("secp384r1");
          case "ES512" -> TestTokens.ec("secp521r1");
          default -> TestTokens.edwards("Ed25519");
        };
    var verifier = verifier(TestTokens.pem(key.getPublic()));

    assertThat(verifier.verify(TestTokens.signed(alg, CLAIMS, other.getPrivate())))
        .isEqualTo(new Refusal(Reason.SIGNATURE));
  }

  @Test
  void keyConfusion_publicKeyAsHmacSecret_isRefused() throws Exception {
    var pem = TestTokens.pem(RSA.getPublic());
    var der = new String(RSA.getPublic().getEncoded(), StandardCharsets.ISO_8859_1);
    for (var secret : List.of(pem, pem.strip(), pem.replace("\n", "\r\n"), der)) {
      var forged = TestTokens.hs256(CLAIMS, secret);

      assertThat(verifier(pem).verify(forged)).isEqualTo(new Refusal(Reason.ALGORITHM));
      assertThat(verifier(pem, SECRET).verify(forged)).isEqualTo(new Refusal(Reason.SIGNATURE));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 96, 132, 256})
  void signatureOfZeros_isRefused(int length) throws Exception { // CVE-2022-21449
    var key = TestTokens.ec("secp256r1");
    var zeros = TestTokens.base64(new byte[length]);
    var content = TestTokens.base64(TestTokens.header("ES256")) + "." + TestTokens.base64(CLAIMS);

    assertThat(verifier(TestTokens.pem(key.getPublic())).verify(content + "." + zeros))
        .isEqualTo(new Refusal(Reason.SIGNATURE));
  }

  @Test
  void secretAndPublicKey_areBothAccepted() throws Exception {
    var verifier = verifier(TestTokens.pem(RSA.getPublic()), SECRET);

    assertThat(verifier.verify(TestTokens.hs256(CLAIMS, SECRET))).isInstanceOf(Grant.class);
    assertThat(verifier.verify(TestTokens.signed("PS256", CLAIMS, RSA.getPrivate())))
        .isInstanceOf(Grant.class);
  }

  @Test
  void rotation_fileWithTwoKeysAcceptsBoth() throws Exception {
    var next = TestTokens.rsa(2048);
    var both =
        "old key\n"
            + TestTokens.pem(RSA.getPublic())
            + "\nnew key\n"
            + TestTokens.pem(next.getPublic());
    var verifier = verifier(both.replace("\n", "\r\n"));

    assertThat(verifier.verify(TestTokens.signed("RS256", CLAIMS, RSA.getPrivate())))
        .isInstanceOf(Grant.class);
    assertThat(verifier.verify(TestTokens.signed("RS256", CLAIMS, next.getPrivate())))
        .isInstanceOf(Grant.class);
  }

  static Stream<Arguments> badFiles() {
    var spki = RSA.getPublic().getEncoded();
    return Stream.of(
        Arguments.of("", "no PEM block"),
        Arguments.of(Base64.getEncoder().encodeToString(spki), "no PEM block"),
        Arguments.of(TestTokens.pem("PRIVATE KEY", RSA.getPrivate().getEncoded()), "private key"),
        Arguments.of(TestTokens.pem("RSA PRIVATE KEY", spki), "private key"),
        Arguments.of(TestTokens.pem("RSA PUBLIC KEY", spki), "PKCS#1"),
        Arguments.of(TestTokens.pem("OPENSSH KEY", spki), "neither PUBLIC KEY nor CERTIFICATE"),
        Arguments.of(TestTokens.pem("CERTIFICATE", spki), "certificate that cannot be read"),
        Arguments.of(TestTokens.pem("PUBLIC KEY", new byte[64]), "neither RSA, EC nor Ed25519"),
        Arguments.of("-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----", "not base64"),
        Arguments.of(TestTokens.pem(TestTokens.rsa(1024).getPublic()), "less than 2048"),
        Arguments.of(TestTokens.pem(TestTokens.edwards("Ed448").getPublic()), "Ed25519"),
        Arguments.of(TestTokens.pem(TestTokens.edwards("X25519").getPublic()), "Ed25519"));
  }

  @ParameterizedTest
  @MethodSource("badFiles")
  void fileWithoutAUsableKey_isRefusedWithTheReason(String text, String reason) {
    assertThatThrownBy(() -> PublicKeyPem.parse(text))
        .isInstanceOf(InvalidKeySpecException.class)
        .hasMessageContaining(reason);
  }
}
