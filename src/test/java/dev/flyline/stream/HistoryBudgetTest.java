package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.metrics.Meters;
import dev.flyline.web.ApiError;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How much history a user may read in a minute. */
@Timeout(20)
final class HistoryBudgetTest {

  private static final long MIB = 1 << 20;

  private Instant now = Instant.EPOCH;
  private final HistoryBudget budget = new HistoryBudget(60 * MIB, new Meters(), () -> now);

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void user_readsUpToTheLimitAndAsMuchAgainEachMinute() {
    budget.charge("a", 59 * MIB);
    assertThat(budget.refusal("a")).isEmpty();
    budget.charge("a", MIB);
    assertThat(budget.refusal("a")).isPresent();
    pass(Duration.ofSeconds(30));
    budget.charge("a", 29 * MIB);
    assertThat(budget.refusal("a")).isEmpty();
    budget.charge("a", MIB);
    assertThat(budget.refusal("a")).isPresent();
  }

  @Test
  void refusal_saysWhenToComeBackAndIsRight() {
    budget.charge("a", 70 * MIB);
    ApiError error = budget.refusal("a").orElseThrow();
    assertThat(error.status()).isEqualTo(429);
    assertThat(error.code()).isEqualTo("too_many_history_bytes");
    assertThat(error.headers()).containsEntry("Retry-After", "11");
    pass(Duration.ofSeconds(10));
    assertThat(budget.refusal("a")).isPresent();
    pass(Duration.ofSeconds(1));
    assertThat(budget.refusal("a")).isEmpty();
  }

  @Test
  void user_isRefusedForItselfAlone() {
    budget.charge("a", 100 * MIB);
    assertThat(budget.refusal("a")).isPresent();
    assertThat(budget.refusal("b")).isEmpty();
  }

  @Test
  void clockThatGoesBack_givesNothingAndTakesNothing() {
    budget.charge("a", 60 * MIB);
    pass(Duration.ofHours(-1));
    assertThat(budget.refusal("a")).isPresent();
    budget.charge("b", MIB);
    assertThat(budget.refusal("b")).isEmpty();
  }

  @Test
  void users_areForgottenWhenTheirUseHasRunOut() {
    for (int i = 0; i < 1_000; i++) {
      budget.charge("user-" + i, MIB);
    }
    assertThat(budget.users()).isEqualTo(1_000);
    pass(Duration.ofMinutes(2));
    budget.charge("another", MIB);
    assertThat(budget.users()).isEqualTo(1);
  }
}
