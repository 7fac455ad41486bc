package dev.flyline.auth;

import static dev.flyline.auth.TestTokens.base64;
import static dev.flyline.auth.TestTokens.header;
import static dev.flyline.auth.TestTokens.hmac;
import static dev.flyline.auth.TestTokens.hs256;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.auth.Refusal.Reason;
import dev.flyline.log.AppName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What tokens are worth, one attack or mistake at a time. */
@Timeout(30)
final class TokenVerifierTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String OTHER = "another secret of at least 32 bytes long";
  private static final long NOW = 1_763_683_200;
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.ofEpochSecond(NOW).plusMillis(500));
  private static final String GOOD = claims("\"sub\":\"u\",\"apps\":[\"shop\",\"blog\"]");

  private final Judge verifier = verifier(null, null, "apps");

  /** Claims that are good for a minute, with {@code more}. */
  private static String claims(String more) {
    return "{\"exp\":" + (NOW + 60) + (more.isEmpty() ? "" : "," + more) + "}";
  }

  private static Judge verifier(
      @Nullable String issuer, @Nullable String audience, String appsClaim) {
    var keys = List.of(VerificationKey.hmac(SECRET), VerificationKey.hmac(OTHER));
    return Judge.of(Judge.config(keys, List.of(), issuer, audience, appsClaim), CLOCK);
  }

  private void assertRefused(String token, Reason reason) {
    assertThat(verifier.verify(token)).isEqualTo(new Refusal(reason));
  }

  private Grant granted(String claims) {
    return granted(verifier, claims);
  }

  private static Grant granted(Judge verifier, String claims) {
    var verdict = verifier.verify(hs256(claims, SECRET));
    assertThat(verdict).isInstanceOf(Grant.class);
    return (Grant) verdict;
  }

  private static Set<AppName> apps(String... names) {
    return Set.of(names).stream().map(AppName::new).collect(Collectors.toUnmodifiableSet());
  }

  @Test
  void goodToken_grantsItsAppsUntilExp() {
    var expected = new Grant("u", apps("shop", "blog"), Instant.ofEpochSecond(NOW + 60));

    assertThat(verifier.verify(hs256(GOOD, SECRET))).isEqualTo(expected);
    assertThat(expected.allows(new AppName("shop"))).isTrue();
    assertThat(expected.allows(new AppName("shop2"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"HS256,HmacSHA256", "HS384,HmacSHA384", "HS512,HmacSHA512"})
  void everyHmacAlgorithm_isAccepted(String alg, String mac) {
    assertThat(verifier.verify(hmac(header(alg), GOOD, SECRET, mac))).isInstanceOf(Grant.class);
  }

  @Test
  void rotation_acceptsBothSecretsAndNoThird() {
    assertThat(verifier.verify(hs256(GOOD, SECRET))).isInstanceOf(Grant.class);
    assertThat(verifier.verify(hs256(GOOD, OTHER))).isInstanceOf(Grant.class);
    assertRefused(hs256(GOOD, SECRET + "x"), Reason.SIGNATURE);
  }

  @Test
  void tokenWithAnyKid_isCheckedAgainstEverySecret() {
    var header = "{\"alg\":\"HS256\",\"kid\":\"2026-11\"}";

    assertThat(verifier.verify(hmac(header, GOOD, OTHER, "HmacSHA256"))).isInstanceOf(Grant.class);
  }

  @Test
  void noKeys_makesNoVerifier() {
    var none = Judge.config(List.of(), List.of(), null, null, "apps");

    assertThatThrownBy(() -> Judge.of(none, CLOCK)).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "hs256", "HS1", "RS256", "EdDSA"})
  void algorithmThatNoKeyIsFor_isRefused(String alg) {
    assertRefused(hmac(header(alg), GOOD, SECRET, "HmacSHA256"), Reason.ALGORITHM);
  }

  @Test
  void algNone_isRefusedWithTwoAndThreeSegments() {
    var unsigned = base64(header("none")) + "." + base64(GOOD);

    assertRefused(unsigned, Reason.MALFORMED);
    assertRefused(unsigned + ".", Reason.MALFORMED);
    assertRefused(unsigned + "." + base64("x"), Reason.ALGORITHM);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "{\"alg\":null}", "{\"alg\":1}", "{\"alg\":[\"HS256\"]}"})
  void algThatIsNoString_isRefused(String header) {
    assertRefused(hmac(header, GOOD, SECRET, "HmacSHA256"), Reason.ALGORITHM);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[\"b64\"]", "[]", "null", "\"exp\""})
  void criticalHeader_isRefused(String crit) {
    var header = "{\"alg\":\"HS256\",\"crit\":" + crit + ",\"b64\":false}";

    assertRefused(hmac(header, GOOD, SECRET, "HmacSHA256"), Reason.CRITICAL);
  }

  @Test
  void signatureThatIsCutOrForeign_isRefused() {
    var good = hs256(GOOD, SECRET);
    int last = good.lastIndexOf('.');
    var forged = base64(header("HS256")) + "." + base64(claims("\"apps\":[\"theirs\"]"));

    assertRefused(good.substring(0, last), Reason.MALFORMED);
    assertRefused(good.substring(0, last + 1), Reason.MALFORMED);
    assertRefused(good.substring(0, last + 5), Reason.SIGNATURE);
    assertRefused(forged + good.substring(last), Reason.SIGNATURE);
  }

  /** By half a second past NOW, the clock is 9.5 or 10.5 s behind these. */
  @ParameterizedTest
  @ValueSource(longs = {NOW - 10, NOW - 11, 0, -1, -NOW})
  void expired_isRefusedAfterTheLeeway(long exp) {
    assertRefused(hs256("{\"exp\":" + exp + "}", SECRET), Reason.EXPIRED);
    assertThat(granted("{\"exp\":" + (NOW - 9) + "}").expires())
        .as("the stream ends at exp nevertheless")
        .isEqualTo(Instant.ofEpochSecond(NOW - 9));
  }

  @Test
  void exp_endsAtTheSecondItNames() {
    assertThat(granted("{\"exp\":" + (NOW + 1) + "}").expires())
        .isEqualTo(Instant.ofEpochSecond(NOW + 1));
  }

  @Test
  void fractionOfExp_isRoundedDown() { // as Python's time.time() + 60 makes it
    assertThat(granted("{\"exp\":" + (NOW + 1) + ".9}").expires())
        .isEqualTo(Instant.ofEpochSecond(NOW + 1));
    assertRefused(hs256("{\"exp\":" + (NOW - 10) + ".9}", SECRET), Reason.EXPIRED);
  }

  @Test
  void missingExp_isRefused() {
    assertRefused(hs256("{\"sub\":\"u\",\"apps\":[\"shop\"]}", SECRET), Reason.NO_EXPIRY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"1763683300\"",
        "null",
        "true",
        "[1763683300]",
        "{}",
        "1763683300000",
        "253402300800",
        "9223372036854775807",
        "1e300",
        "1e400",
        "-1e400",
        "1e19",
        "99999999999999999999999999999999999999"
      })
  void expThatIsNoDate_isRefused(String exp) {
    assertRefused(hs256("{\"exp\":" + exp + "}", SECRET), Reason.CLAIMS);
  }

  @Test
  void notYetValid_isRefusedBeforeTheLeeway() {
    assertRefused(hs256(claims("\"nbf\":" + (NOW + 11)), SECRET), Reason.NOT_YET_VALID);
    assertThat(granted(claims("\"nbf\":" + (NOW + 10)))).isNotNull();
    assertThat(granted(claims("\"nbf\":-5"))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {NOW + 1, NOW + 10, NOW + 3_600, 253_402_300_799L, 0, -5})
  void iat_isNoCondition(long issued) { // of a signer whose clock is ahead
    assertThat(granted(claims("\"iat\":" + issued))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "60, 59", "300, 299"})
  void leeway_isASetting(int leeway, int late) {
    var config =
        new AuthConfig(
            List.of(VerificationKey.hmac(SECRET)),
            List.of(),
            null,
            null,
            "apps",
            Duration.ofSeconds(leeway),
            300);
    var exact = Judge.of(config, InstantSource.fixed(Instant.ofEpochSecond(NOW)));

    assertThat(exact.verify(hs256("{\"exp\":" + (NOW - leeway) + "}", SECRET)))
        .isEqualTo(new Refusal(Reason.EXPIRED));
    assertThat(exact.verify(hs256("{\"exp\":" + (NOW - leeway + 1) + "}", SECRET)))
        .isInstanceOf(Grant.class);
    assertThat(exact.verify(hs256(claims("\"nbf\":" + (NOW + late)), SECRET)))
        .isInstanceOf(Grant.class);
    assertThat(exact.verify(hs256(claims("\"nbf\":" + (NOW + leeway + 1)), SECRET)))
        .isEqualTo(new Refusal(Reason.NOT_YET_VALID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"\"nbf\":\"0\"", "\"nbf\":null", "\"iat\":{}", "\"iat\":1e99", "\"sub\":7"})
  void claimOfWrongType_isRefused(String claim) {
    assertRefused(hs256(claims(claim), SECRET), Reason.CLAIMS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\"iss\":\"them\"", "\"iss\":7", "\"iss\":[\"us\"]", "\"iss\":\"US\""})
  void otherIssuer_isRefused(String issuer) {
    var strict = verifier("us", null, "apps");

    assertThat(strict.verify(hs256(claims(issuer), SECRET))).isEqualTo(new Refusal(Reason.ISSUER));
    assertThat(granted(strict, claims("\"iss\":\"us\""))).isNotNull();
  }

  @Test
  void numericIssuer_isNotItsText() {
    assertThat(verifier("7", null, "apps").verify(hs256(claims("\"iss\":7"), SECRET)))
        .isEqualTo(new Refusal(Reason.ISSUER));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\"aud\":\"x\"", "\"aud\":[]", "\"aud\":[[\"us\"]]", "\"aud\":{}"})
  void otherAudience_isRefused(String audience) {
    var strict = verifier(null, "us", "apps");

    assertThat(strict.verify(hs256(claims(audience), SECRET)))
        .isEqualTo(new Refusal(Reason.AUDIENCE));
    assertThat(granted(strict, claims("\"aud\":\"us\""))).isNotNull();
    assertThat(granted(strict, claims("\"aud\":[\"x\",\"us\"]"))).isNotNull();
  }
}
