package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.config.ConfigException;
import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of tokens: defaults, every name, and what refuses to start. */
@Timeout(30)
final class AuthConfigTest {

  private static final String SECRET = "a secret of at least 32 bytes for tests";
  private static final String OTHER = "another secret of at least 32 bytes long";
  private static final Instant NOW = Instant.ofEpochSecond(1_763_683_200);

  @TempDir private Path folder;

  private static AuthConfig read(Map<String, String> values) {
    var settings = Settings.of(values);
    var config = AuthConfig.from(settings);
    settings.check();
    return config;
  }

  @Test
  void defaults() {
    assertThat(read(Map.of("auth.hmac.secret", SECRET)))
        .isEqualTo(
            Judge.config(List.of(VerificationKey.hmac(SECRET)), List.of(), null, null, "apps"));
  }

  @Test
  void everyName() throws Exception {
    var key = TestTokens.ec("secp256r1").getPublic();
    var file = Files.writeString(folder.resolve("key.pem"), TestTokens.pem(key));
    var values =
        Map.of(
            "auth.hmac.secret", SECRET + " , " + OTHER,
            "auth.public.key.file", file.toString(),
            "auth.issuer", "us",
            "auth.audience", "logs",
            "auth.apps.claim", "fly.apps");

    assertThat(read(values))
        .isEqualTo(
            Judge.config(
                List.of(VerificationKey.hmac(SECRET), VerificationKey.hmac(OTHER)),
                List.of(new VerificationKey(TestTokens.pem(key), List.of("ES256"), 0)),
                "us",
                "logs",
                "fly.apps"));
  }

  @Test
  void secretFile_isReadWithoutItsLineEnd() throws Exception {
    var file = Files.writeString(folder.resolve("secret"), SECRET + "\n");

    assertThat(read(Map.of("auth.hmac.secret.file", file.toString())).keys())
        .containsExactly(VerificationKey.hmac(SECRET));
  }

  @Test
  void noKey_refusesToStart() {
    assertThatThrownBy(() -> read(Map.of()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("FLYLINE_AUTH_HMAC_SECRET")
        .hasMessageContaining("no key to check tokens with");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short",
        "31 bytes are not enough at all!",
        "a secret of at least 32 bytes for tests,short",
        "a secret of at least 32 bytes for tests,",
        "11111111111111111111111111111111,22222222222222222222222222222222,33333333333333333333333333333333"
      })
  void secretThatIsTooShortOrTooMany_refusesToStartAndIsNotShown(String secret) {
    assertThatThrownBy(() -> read(Map.of("auth.hmac.secret", secret)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("auth.hmac.secret")
        .hasMessageNotContaining(secret);
  }

  @Test
  void publicKeyFileWithoutKey_refusesToStart() throws Exception {
    var file = Files.writeString(folder.resolve("key.pem"), "nothing");

    assertThatThrownBy(() -> read(Map.of("auth.public.key.file", file.toString())))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("auth.public.key.file: holds no PEM block");
  }

  @Test
  void print_hidesSecrets() {
    assertThat(read(Map.of("auth.hmac.secret", SECRET)).toString()).doesNotContain(SECRET);
  }

  @Test
  void signer_makesTokensThatTheVerifierAccepts() {
    var clock = InstantSource.fixed(NOW);
    var config =
        read(
            Map.of(
                "auth.hmac.secret", SECRET + "," + OTHER,
                "auth.issuer", "us",
                "auth.audience", "logs",
                "auth.apps.claim", "fly.apps"));
    var apps = Set.of(new AppName("shop"), new AppName("blog"));

    var token = config.signer(clock).orElseThrow().sign("u", apps, Duration.ofHours(1));

    assertThat(Judge.of(config, clock).verify(token))
        .isEqualTo(new Grant("u", apps, NOW.plusSeconds(3600)));
  }

  @Test
  void signer_needsASecret() throws Exception {
    var key = TestTokens.pem(TestTokens.edwards("Ed25519").getPublic());
    var file = Files.writeString(folder.resolve("key.pem"), key);

    assertThat(read(Map.of("auth.public.key.file", file.toString())).signer(InstantSource.system()))
        .isEmpty();
  }
}
