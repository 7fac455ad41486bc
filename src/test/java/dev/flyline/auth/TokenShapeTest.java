package dev.flyline.auth;

import static dev.flyline.auth.TestTokens.base64;
import static dev.flyline.auth.TestTokens.header;
import static dev.flyline.auth.TestTokens.hmac;
import static dev.flyline.auth.TestTokens.hs256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are not written as tokens are, each signed with the right secret where it can be. */
@Timeout(30)
final class TokenShapeTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String GOOD = claims("\"apps\":[\"shop\"]");

  private final Judge verifier =
      Judge.of(
          Judge.config(List.of(VerificationKey.hmac(SECRET)), List.of(), null, null, "apps"),
          InstantSource.fixed(Instant.ofEpochSecond(1_763_683_200)));

  private static String claims(String more) {
    return "{\"exp\":1763683260," + more + "}";
  }

  private void assertRefused(String token, Reason reason) {
    assertThat(verifier.verify(token)).isEqualTo(new Refusal(reason));
  }

  @Test
  void tokenOfTheRightShape_isGranted() {
    assertThat(verifier.verify(hs256(GOOD, SECRET))).isInstanceOf(Grant.class);
  }

  @Test
  void hugeToken_isRefusedUnread() {
    var huge = hs256(claims("\"x\":\"" + "y".repeat(TokenVerifier.MAX_LENGTH) + "\""), SECRET);

    assertRefused(huge, Reason.TOO_LONG);
    assertRefused("x".repeat(TokenVerifier.MAX_LENGTH + 1), Reason.TOO_LONG);
    assertRefused("x".repeat(TokenVerifier.MAX_LENGTH), Reason.MALFORMED);
    assertRefused("x".repeat(10_000_000), Reason.TOO_LONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        "...",
        "a.b.c",
        "a.b.c.d",
        "a.b.c.d.e",
        " ",
        "\0",
        "\n",
        "é.é.é",
        "e30.e30.",
        "e30.e30.e30=",
        "e30=.e30.e30",
        " e30.e30.e30",
        "e30.e31.e30",
        "W10.e30.e30",
        "e30.W10.e30",
        "e30.bnVsbA.e30",
        "e30.e3t9.e30",
        "💥.💥.💥",
        "e30.e30+.e30",
        "e30.e30\n.e30"
      })
  void malformedToken_isRefused(String token) {
    assertRefused(token, Reason.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"exp\":1,\"exp\":1763683300}",
        "{\"exp\":1763683300,\"apps\":[\"mine\"],\"apps\":[\"theirs\"]}",
        "{\"exp\":1763683300,\"o\":{\"a\":1,\"a\":2}}",
        "{\"exp\":1763683300,\"apps\":[\"mine\"]/*,\"apps\":[]*/}",
        "{\"exp\":1763683300} {\"exp\":1}",
        "{\"exp\":1763683300,}",
        "{\"exp\":NaN}",
        "{exp:1763683300}",
        "[{\"exp\":1763683300}]",
        "\uFEFF{\"exp\":1763683300}",
        "{\"exp\":1763683300"
      })
  void claimsThatTwoReadersMayReadDifferently_areRefused(String claims) {
    assertRefused(hs256(claims, SECRET), Reason.MALFORMED);
  }

  @Test
  void duplicateHeaderKey_isRefused() {
    var header = "{\"alg\":\"none\",\"alg\":\"HS256\"}";

    assertRefused(hmac(header, GOOD, SECRET, "HmacSHA256"), Reason.MALFORMED);
  }

  @Test
  void deepNesting_isRefused() {
    var deep = claims("\"x\":" + "[".repeat(2500) + "]".repeat(2500));

    assertRefused(hs256(deep, SECRET), Reason.MALFORMED);
  }

  @Test
  void invalidUtf8_isRefused() {
    byte[] claims = claims("\"sub\":\"x\"").getBytes(StandardCharsets.UTF_8);
    claims[claims.length - 3] = (byte) 0xC0;
    var token = base64(header("HS256")) + "." + base64(claims) + "." + base64("x");

    assertRefused(token, Reason.MALFORMED);
  }

  @Test
  void secondSpellingOfTheSignature_isRefused() {
    var good = hs256(GOOD, SECRET); // 32 bytes: the last character holds two unused bits
    var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = alphabet.indexOf(good.charAt(good.length() - 1));
    var respelled = good.substring(0, good.length() - 1) + alphabet.charAt(last + 1);

    assertRefused(respelled, Reason.MALFORMED);
    assertRefused(good + "=", Reason.MALFORMED);
  }
}
