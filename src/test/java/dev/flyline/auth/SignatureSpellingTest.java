package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal.Reason;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.spec.InvalidKeySpecException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One token has one spelling: a signature that is written in another way is a bad one. */
@Timeout(60)
final class SignatureSpellingTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String CLAIMS = "{\"exp\":2000,\"sub\":\"u\",\"apps\":[\"shop\"]}";
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  private static final Map<String, Signer> SIGNERS = signers();

  /** A verifier and a token that it takes, by one algorithm. */
  record Signer(String alg, Judge judge, Signatures signatures, String token) {

    String respelled(byte[] signature) {
      return respelled(TestTokens.base64(signature));
    }

    String respelled(String signature) {
      return token.substring(0, token.lastIndexOf('.') + 1) + signature;
    }

    byte[] signature() {
      return Base64.getUrlDecoder().decode(text());
    }

    String text() {
      return token.substring(token.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
      return alg;
    }
  }

  private static Map<String, Signer> signers() {
    var signers = new LinkedHashMap<String, Signer>();
    var hmac = Judge.config(List.of(VerificationKey.hmac(SECRET)), List.of(), null, null, "apps");
    for (var bits : List.of("256", "384", "512")) {
      String header = TestTokens.header("HS" + bits);
      String token = TestTokens.hmac(header, CLAIMS, SECRET, "HmacSHA" + bits);
      signers.put(
          "HS" + bits, new Signer("HS" + bits, judge(hmac), new Signatures(hmac.keys()), token));
    }
    var rsa = TestTokens.rsa(2048);
    for (var alg : List.of("RS256", "RS384", "RS512", "PS256", "PS384", "PS512")) {
      signers.put(alg, signer(alg, rsa));
    }
    signers.put("ES256", signer("ES256", TestTokens.ec("secp256r1")));
    signers.put("ES384", signer("ES384", TestTokens.ec("secp384r1")));
    signers.put("ES512", signer("ES512", TestTokens.ec("secp521r1")));
    signers.put("EdDSA", signer("EdDSA", TestTokens.edwards("Ed25519")));
    return signers;
  }

  private static Signer signer(String alg, KeyPair keys) {
    try {
      var parsed = PublicKeyPem.parse(TestTokens.pem(keys.getPublic()));
      var config = Judge.config(List.of(), parsed, null, null, "apps");
      return new Signer(
          alg,
          judge(config),
          new Signatures(parsed),
          TestTokens.signed(alg, CLAIMS, keys.getPrivate()));
    } catch (InvalidKeySpecException e) {
      throw new AssertionError(e);
    }
  }

  private static Judge judge(AuthConfig config) {
    return Judge.of(config, InstantSource.fixed(Instant.ofEpochSecond(1_000)));
  }

  static Stream<Signer> all() {
    return SIGNERS.values().stream();
  }

  static Stream<Signer> elliptic() {
    return all().filter(signer -> signer.alg.startsWith("ES"));
  }

  private static void assertRefused(Signer signer, String token, Reason reason) {
    assertThat(signer.judge.verify(signer.token)).isInstanceOf(Grant.class);
    assertThat(signer.judge.verify(token)).as(token).isEqualTo(new Refusal(reason));
  }

  @ParameterizedTest
  @MethodSource("all")
  void byteMoreOrLess_isABadSignature(Signer signer) {
    byte[] good = signer.signature();
    for (int more : new int[] {1, 2, good.length, 1_000}) {
      byte[] longer = Arrays.copyOf(good, good.length + more);
      assertRefused(signer, signer.respelled(longer), Reason.SIGNATURE);
      longer[longer.length - 1] = (byte) 0xA5;
      assertRefused(signer, signer.respelled(longer), Reason.SIGNATURE);
    }
    for (int length : new int[] {1, good.length / 2, good.length - 1}) {
      assertRefused(signer, signer.respelled(Arrays.copyOf(good, length)), Reason.SIGNATURE);
    }
    byte[] behind = new byte[good.length + 1];
    System.arraycopy(good, 0, behind, 1, good.length);
    assertRefused(signer, signer.respelled(behind), Reason.SIGNATURE);
  }

  /** vertx-auth-jwt would add the zeros that are missing. */
  @ParameterizedTest
  @MethodSource("all")
  void length_isExactlyTheAlgorithms(Signer signer) {
    int length = signer.signature().length;

    for (int other = 0; other < 1_100; other++) {
      assertThat(signer.signatures.canHave(signer.alg, other)).isEqualTo(other == length);
    }
  }

  @ParameterizedTest
  @MethodSource("elliptic")
  void der_isABadSignature(Signer signer) {
    byte[] good = signer.signature();
    int half = good.length / 2;
    byte[] der = der(Arrays.copyOf(good, half), Arrays.copyOfRange(good, half, good.length));

    assertRefused(signer, signer.respelled(der), Reason.SIGNATURE);
    for (int padded = der.length; padded < good.length + 16; padded++) {
      assertRefused(signer, signer.respelled(Arrays.copyOf(der, padded + 1)), Reason.SIGNATURE);
    }
  }

  private static byte[] der(byte[] r, byte[] s) {
    byte[] first = new BigInteger(1, r).toByteArray();
    byte[] second = new BigInteger(1, s).toByteArray();
    int length = 4 + first.length + second.length;
    byte[] head = length < 128 ? new byte[] {0x30, (byte) length} : longForm(length);
    byte[] der = Arrays.copyOf(head, head.length + length);
    int at = head.length;
    for (byte[] number : List.of(first, second)) {
      der[at++] = 2;
      der[at++] = (byte) number.length;
      System.arraycopy(number, 0, der, at, number.length);
      at += number.length;
    }
    return der;
  }

  private static byte[] longForm(int length) {
    return new byte[] {0x30, (byte) 0x81, (byte) length};
  }

  @ParameterizedTest
  @MethodSource("all")
  void base64_hasOneSpelling(Signer signer) {
    String good = signer.text();
    int unused = (6 - signer.signature().length * 8 % 6) % 6; // bits of the last character
    int last = ALPHABET.indexOf(good.charAt(good.length() - 1));
    for (int bits = 1; bits < 1 << unused; bits++) {
      String respelled = good.substring(0, good.length() - 1) + ALPHABET.charAt(last + bits);
      assertRefused(signer, signer.respelled(respelled), Reason.MALFORMED);
    }
    for (String padding : List.of("=", "==", "===", "====")) {
      assertRefused(signer, signer.respelled(good + padding), Reason.MALFORMED);
    }
    for (String space : List.of(" ", "\n", "\t", "\0", "\u00a0", "%", "+", "/")) {
      assertRefused(signer, signer.respelled(good + space), Reason.MALFORMED);
      assertRefused(signer, signer.respelled(space + good), Reason.MALFORMED);
      assertRefused(signer, space + signer.token, Reason.MALFORMED);
    }
    String standard = signer.token.replace('-', '+').replace('_', '/');
    if (!standard.equals(signer.token)) {
      assertRefused(signer, standard, Reason.MALFORMED);
    }
  }

  /** Of an ECDSA signature (r, s) everybody can make (r, n - s), which is as good. */
  @Test
  void mirroredSignature_isGoodAndTakesNoSecondPlace() {
    var signer = signer("ES256", TestTokens.ec("secp256r1"));
    var order =
        new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
    byte[] good = signer.signature();
    var s = new BigInteger(1, Arrays.copyOfRange(good, 32, 64));
    byte[] mirrored = good.clone();
    byte[] other = order.subtract(s).toByteArray();
    Arrays.fill(mirrored, 32, 64, (byte) 0);
    int from = Math.max(0, other.length - 32);
    System.arraycopy(other, from, mirrored, 64 - (other.length - from), other.length - from);

    assertThat(signer.judge.verify(signer.respelled(mirrored)))
        .isEqualTo(signer.judge.verify(signer.token));
    assertThat(signer.judge.verifier().remembered()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("all")
  void badClaims_areToldBeforeABadSignature(Signer signer) {
    byte[] wrong = signer.signature();
    wrong[3] ^= 1;
    assertRefused(signer, signer.respelled(wrong), Reason.SIGNATURE);
    var claims =
        Map.of(
            "{\"exp\":1}", Reason.EXPIRED,
            "{\"exp\":\"2000\"}", Reason.CLAIMS,
            "{}", Reason.NO_EXPIRY,
            "{\"exp\":2000,\"nbf\":1011}", Reason.NOT_YET_VALID,
            "{\"exp\":2000,\"apps\":7}", Reason.CLAIMS);
    claims.forEach(
        (text, reason) -> {
          String header = signer.token.substring(0, signer.token.indexOf('.') + 1);
          String token =
              header + TestTokens.base64(text) + "." + TestTokens.base64(signer.signature());
          assertRefused(signer, token, reason);
        });
  }
}
