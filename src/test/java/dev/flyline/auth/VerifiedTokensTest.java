package dev.flyline.auth;

import static dev.flyline.auth.TestTokens.base64;
import static dev.flyline.auth.TestTokens.header;
import static dev.flyline.auth.TestTokens.hmac;
import static dev.flyline.auth.TestTokens.hs256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal.Reason;
import dev.flyline.auth.VerifiedTokens.Verified;
import dev.flyline.log.AppName;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A token that comes again: it is remembered, and worth no more than the first time. */
@Timeout(30)
final class VerifiedTokensTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final long NOW = 1_763_683_200;
  private static final Instant EXPIRES = Instant.ofEpochSecond(NOW + 60);

  private Instant now = Instant.ofEpochSecond(NOW);
  private final Judge verifier =
      Judge.of(
          Judge.config(List.of(VerificationKey.hmac(SECRET)), List.of(), null, null, "apps"),
          () -> now);
  private final VerifiedTokens tokens = new VerifiedTokens();

  private static String claims(String more) {
    return "{\"sub\":\"u\",\"apps\":[\"shop\"],\"exp\":" + (NOW + 60) + more + "}";
  }

  private void assertRefused(String token, Reason reason) {
    assertThat(verifier.verify(token)).isEqualTo(new Refusal(reason));
  }

  private static Verified verified(int apps) {
    Set<AppName> names =
        IntStream.range(0, apps).mapToObj(i -> new AppName("a" + i)).collect(Collectors.toSet());
    return new Verified(new Grant("u", names, EXPIRES), Instant.MIN);
  }

  private void add(int number, Verified verified) {
    tokens.add("token " + number + ".s", verified);
  }

  private boolean knows(int number) {
    return tokens.find(tokens.digest("token " + number + ".s")) != null;
  }

  @Test
  void sameTokenAgain_isTheSameGrant() {
    var token = hs256(claims(""), SECRET);

    assertThat(verifier.verify(token)).isInstanceOf(Grant.class).isSameAs(verifier.verify(token));
  }

  @Test
  void knownToken_endsALeewayAfterItsExp() {
    var token = hs256(claims(""), SECRET);
    var granted = verifier.verify(token);

    now = EXPIRES.plusSeconds(10).minusMillis(1);
    assertThat(verifier.verify(token)).isSameAs(granted);
    now = EXPIRES.plusSeconds(10);
    assertRefused(token, Reason.EXPIRED);
    assertRefused(token, Reason.EXPIRED);
  }

  @Test
  void knownToken_isNotValidBeforeItsTimeWhenTheClockIsSetBack() {
    var notBefore = hs256(claims(",\"nbf\":" + NOW + ",\"iat\":" + (NOW - 99)), SECRET);
    var granted = verifier.verify(notBefore);

    now = Instant.ofEpochSecond(NOW - 10);
    assertThat(verifier.verify(notBefore)).isSameAs(granted);
    now = now.minusMillis(1);
    assertRefused(notBefore, Reason.NOT_YET_VALID);
  }

  @Test
  void tokenLikeAKnownOne_isJudgedInFull() {
    var good = hs256(claims(""), SECRET);
    verifier.verify(good);
    var parts = good.split("\\.", -1);
    var other = base64("{\"sub\":\"u\",\"apps\":[\"theirs\"],\"exp\":" + (NOW + 60) + "}");

    assertRefused(parts[0] + "." + other + "." + parts[2], Reason.SIGNATURE);
    assertRefused(parts[0] + "." + parts[1] + "." + base64("x".repeat(32)), Reason.SIGNATURE);
    assertRefused(parts[0] + "." + parts[1] + "." + base64("x".repeat(33)), Reason.SIGNATURE);
    assertRefused(good + "=", Reason.MALFORMED);
    assertRefused(good + ".", Reason.MALFORMED);
    assertRefused("." + parts[1] + "." + parts[2], Reason.MALFORMED);
    assertRefused(base64(header("none")) + "." + parts[1] + "." + parts[2], Reason.ALGORITHM);
    var critical = "{\"alg\":\"HS256\",\"crit\":[\"exp\"]}";
    assertRefused(hmac(critical, claims(""), SECRET, "HmacSHA256"), Reason.CRITICAL);
  }

  @Test
  void emptyHeader_isMalformedBeforeAnyGoodToken() {
    var good = hs256(claims(""), SECRET);

    assertRefused(good.substring(good.indexOf('.')), Reason.MALFORMED);
  }

  @Test
  void headerOfABadToken_isJudgedEachTime() {
    var header = "{\"alg\":\"HS256\",\"kid\":\"1\"}";
    var forged = hmac(header, claims(""), SECRET + "x", "HmacSHA256");

    assertRefused(forged, Reason.SIGNATURE);
    assertRefused(forged, Reason.SIGNATURE);
    assertThat(verifier.verify(hmac(header, claims(""), SECRET, "HmacSHA256")))
        .isInstanceOf(Grant.class);
    assertRefused(forged, Reason.SIGNATURE);
  }

  @Test
  void badTokens_pushNoGoodOneOut() {
    var good = hs256(claims(""), SECRET);
    var granted = verifier.verify(good);

    for (int i = 0; i <= VerifiedTokens.MAX_COUNT; i++) {
      assertThat(verifier.verify(good + i)).isInstanceOf(Refusal.class);
    }
    assertThat(verifier.verify(good)).isSameAs(granted);
  }

  @Test
  void secondSignatureOfAContent_takesTheFirstOnesPlace() {
    tokens.add("content.first", verified(3));
    tokens.add("content.second", verified(3));

    assertThat(tokens.count()).isEqualTo(1);
    assertThat(tokens.bytes()).isEqualTo(verified(3).bytes());
    assertThat(tokens.find(tokens.digest("content.first"))).isNull();
    assertThat(tokens.find(tokens.digest("content.second"))).isNotNull();
    assertThat(tokens.knowsContentOf("content.third")).isTrue();
    assertThat(tokens.knowsContentOf("other.second")).isFalse();

    tokens.remove(tokens.digest("content.second"));
    assertThat(tokens.knowsContentOf("content.first")).isFalse();
  }

  @Test
  void tooManyTokens_pushOutThoseUnseenForLongest() {
    for (int i = 0; i < VerifiedTokens.MAX_COUNT; i++) {
      add(i, verified(0));
    }
    assertThat(knows(0)).isTrue();
    add(VerifiedTokens.MAX_COUNT, verified(0));

    assertThat(tokens.count()).isEqualTo(VerifiedTokens.MAX_COUNT);
    assertThat(knows(0)).isTrue();
    assertThat(knows(1)).isFalse();
    assertThat(knows(2)).isTrue();
  }

  @Test
  void tokensOfManyApps_areBoundedByTheirBytes() {
    var large = verified(1_000);
    for (int i = 0; i < 100; i++) {
      add(i, large);
    }
    assertThat(tokens.bytes())
        .isLessThanOrEqualTo(VerifiedTokens.MAX_BYTES)
        .isEqualTo(tokens.count() * large.bytes());
    assertThat(knows(99)).isTrue();
    assertThat(knows(0)).isFalse();
  }

  @Test
  void tokenRememberedTwice_countsOnce() {
    add(1, verified(3));
    add(1, verified(2));
    assertThat(tokens.bytes()).isEqualTo(verified(2).bytes());

    tokens.remove(tokens.digest("token 1.s"));
    assertThat(tokens.bytes()).isZero();
    assertThat(tokens.count()).isZero();
  }
}
