package dev.flyline.auth;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many signatures of an address may fail, and in which time. */
@Timeout(30)
final class FailureBudgetsTest {

  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final FailureBudgets budgets = new FailureBudgets(60);

  private int take(String address, int times, long nowNs) {
    int taken = 0;
    for (int i = 0; i < times; i++) {
      taken += budgets.take(address, nowNs) ? 1 : 0;
    }
    return taken;
  }

  @Test
  void budget_endsAndRefillsOverAMinute() {
    assertThat(take("a", 100, 0)).isEqualTo(60);
    assertThat(take("a", 100, SECOND)).isEqualTo(1);
    assertThat(take("a", 100, 11 * SECOND)).isEqualTo(10);
    assertThat(take("a", 100, 1_000 * SECOND)).isEqualTo(60);
  }

  @Test
  void refusedChecks_costNothing() {
    take("a", 1_000_000, 0);

    assertThat(take("a", 5, SECOND)).isEqualTo(1);
  }

  @Test
  void otherAddresses_haveTheirOwn() {
    take("a", 100, 0);

    assertThat(take("b", 100, 0)).isEqualTo(60);
  }

  @Test
  void goodSignatures_costNothing() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(budgets.take("a", 0)).isTrue();
      budgets.giveBack("a", 0);
    }
    assertThat(budgets.addresses()).isZero();
  }

  @Test
  void addresses_areBounded() {
    for (int i = 0; i < 3 * FailureBudgets.MAX_ADDRESSES; i++) {
      budgets.take("a" + i, 0);
    }
    assertThat(budgets.addresses()).isEqualTo(FailureBudgets.MAX_ADDRESSES);
  }
}
