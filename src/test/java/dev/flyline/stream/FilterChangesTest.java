package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
final class FilterChangesTest {

  private final List<String> outcomes = new ArrayList<>();
  private long nowNs = Long.MAX_VALUE - 1; // which passes over into negative numbers
  private final FilterChanges changes = new FilterChanges(new Noted(), () -> nowNs);

  @Test
  void first_isDoneAtOnce() {
    changes.ask("a");
    assertThat(outcomes).containsExactly("changed a");
    assertThat(changes.isWaiting()).isFalse();
  }

  @Test
  void burst_costsTwoChanges() {
    for (int i = 0; i < 1_000; i++) {
      changes.ask("word" + i);
    }
    assertThat(outcomes.stream().filter("replaced"::equals)).hasSize(998);
    outcomes.removeIf("replaced"::equals);
    assertThat(outcomes).containsExactly("changed word0");

    nowNs += FilterChanges.INTERVAL.toNanos() - 1;
    changes.turn();
    assertThat(changes.isWaiting()).isTrue();
    nowNs += 1;
    changes.turn();
    changes.turn();
    assertThat(outcomes).containsExactly("changed word0", "changed word999");
    assertThat(changes.isWaiting()).isFalse();
  }

  /** What cannot be understood costs as much, and so waits for its time as well. */
  @Test
  void refused_countsAsAChange() {
    changes.ask("a (b");
    changes.ask("/(/");
    assertThat(outcomes).containsExactly("refused 2");

    nowNs += FilterChanges.INTERVAL.toNanos();
    changes.turn();
    assertThat(outcomes).hasSize(2).last().asString().startsWith("refused");
  }

  private final class Noted implements FilterChanges.Outcome {
    @Override
    public void changed(FilterExpression expression) {
      outcomes.add("changed " + expression.text());
    }

    @Override
    public void refused(FilterException cause) {
      outcomes.add("refused " + cause.position());
    }

    @Override
    public void replaced() {
      outcomes.add("replaced");
    }
  }
}
