package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets that are long enough and that operators are warned of. */
@Timeout(30)
final class WeakSecretsTest {

  private static final String RANDOM =
      "cI8rVxXn2pB0sQ7uYd5tKe1wZg9hLm4oJf6aRb3cNv8xDq2yTk7zHs0pWu5eGl1i";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "abababababababababababababababababababababababababababababababab",
        "changemechangemechangemechangemechangemechangemechangemechangeme",
        "secret-secret-secret-secret-secret-secret-secret-secret-secret-sec",
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "0110100110010110100101100110100110010110011010010110100110010110"
      })
  void secretThatRepeatsItself_isWarnedOf(String secret) {
    assertThat(WeakSecrets.warnings(secret))
        .singleElement()
        .asString()
        .contains("can be guessed")
        .doesNotContain(secret);
  }

  @ParameterizedTest
  @CsvSource({"32, HS384", "47, HS384", "48, HS512", "63, HS512"})
  void secretShorterThanAHash_isWarnedOf(int length, String algorithm) {
    String secret = RANDOM.substring(0, length);

    assertThat(WeakSecrets.warnings(secret))
        .singleElement()
        .asString()
        .contains("has " + length + " bytes", "too short for " + algorithm)
        .doesNotContain(secret);
  }

  @Test
  void randomSecretOf64Bytes_isFine() {
    assertThat(WeakSecrets.warnings(RANDOM)).isEmpty();
  }
}
