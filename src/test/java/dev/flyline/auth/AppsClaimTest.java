package dev.flyline.auth;

import static dev.flyline.auth.TestTokens.hs256;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Refusal.Reason;
import dev.flyline.log.AppName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which apps, and whose limits, a good token stands for. */
@Timeout(30)
final class AppsClaimTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";

  private static String claims(String more) {
    return "{\"exp\":2000" + (more.isEmpty() ? "" : "," + more) + "}";
  }

  private static Grant granted(String claims) {
    return granted("apps", claims);
  }

  private static Grant granted(String appsClaim, String claims) {
    var keys = List.of(VerificationKey.hmac(SECRET));
    var verifier =
        Judge.of(
            Judge.config(keys, List.of(), null, null, appsClaim),
            InstantSource.fixed(Instant.ofEpochSecond(1_000)));
    var verdict = verifier.verify(hs256(claims, SECRET));
    assertThat(verdict).isInstanceOf(Grant.class);
    return (Grant) verdict;
  }

  private static Set<AppName> apps(String... names) {
    return Set.of(names).stream().map(AppName::new).collect(Collectors.toUnmodifiableSet());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\"apps\":null",
        "\"apps\":[]",
        "\"apps\":[7,null,[\"shop\"],{\"a\":\"shop\"}]",
        "\"apps\":\"*\"",
        "\"apps\":[\"*\",\">\",\"a.>\",\"../b\",\"Shop\",\"\",\"-a\",\"a b\",\"shop,blog\"]"
      })
  void claimWithoutAppNames_grantsNoApp(String claim) {
    assertThat(granted(claims(claim)).apps()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"apps\":7", "\"apps\":true", "\"apps\":{\"shop\":true}"})
  void claimThatIsNoList_isRefusedBeforeTheSignature(String claim) {
    var config = Judge.config(List.of(VerificationKey.hmac(SECRET)), List.of(), null, null, "apps");
    var verifier = Judge.of(config, InstantSource.fixed(Instant.ofEpochSecond(1_000)));

    assertThat(verifier.verify(hs256(claims(claim), SECRET + "x")))
        .isEqualTo(new Refusal(Reason.CLAIMS));
  }

  @Test
  void invalidNamesAmongGoodOnes_areIgnored() {
    assertThat(granted(claims("\"apps\":[\"*\",\"shop\",7,\"Blog\",\"shop\"]")).apps())
        .isEqualTo(apps("shop"));
  }

  @Test
  void singleName_isAListOfOne() {
    assertThat(granted(claims("\"apps\":\"shop\"")).apps()).isEqualTo(apps("shop"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "fly.apps                 | \"fly\":{\"apps\":[\"shop\"]}",
        "a.b.c                    | \"a\":{\"b\":{\"c\":\"shop\"}}",
        "a.b.c                    | \"a\":{\"b.c\":\"shop\"}",
        "a.b.c                    | \"a\":7,\"a.b\":{\"c\":\"shop\"}",
        "https://example.com/apps | \"https://example.com/apps\":[\"shop\"]"
      })
  void dottedPath_findsTheApps(String path, String claim) {
    assertThat(granted(path, claims(claim)).apps()).isEqualTo(apps("shop"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"a\":7", "\"a\":{\"b\":null}", "\"a\":{\"x\":{}}", "\"b\":[\"shop\"]"})
  void dottedPathThatLeadsNowhere_grantsNoApp(String claim) {
    assertThat(granted("a.b", claims(claim)).apps()).isEmpty();
  }

  @Test
  void tokenWithoutUser_sharesLimitsWithTokensOfTheSameAppsOnly() {
    assertThat(granted(claims("\"apps\":[\"shop\",\"blog\"]")).user()).isEqualTo("-blog,shop");
    assertThat(granted(claims("\"sub\":\"\",\"apps\":\"shop\"")).user()).isEqualTo("-shop");
    assertThat(granted(claims("")).user()).isEqualTo("-");
  }
}
