package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs that run tests at the same time must know that they are not alone. */
final class ForkTest {

  @Test
  void number_isThatOfThisJvm() {
    assertThat(Fork.number()).isBetween(1, Fork.MOST);
    assertThat(Fork.number("2")).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "${surefire.forkNumber}", "0", "5", "one"})
  void numberThatIsNone_isRefused(String given) {
    assertThatThrownBy(() -> Fork.number(given)).isInstanceOf(IllegalArgumentException.class);
  }
}
