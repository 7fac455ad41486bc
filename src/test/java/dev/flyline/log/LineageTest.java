package dev.flyline.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class LineageTest {

  private static final Term A = new Term(1, "a", 0);
  private static final Term B = new Term(2, "b", 10);
  private static final Term C = new Term(3, "c", 10);
  private final Lineage lineage = new Lineage(List.of(A, B, C));

  @Test
  void position_isHeldUpToWhereItsTermEnded() {
    assertThat(lineage.holds(new Position("1-a", 10), 15)).isTrue();
    assertThat(lineage.holds(new Position("1-a", 11), 15)).isFalse();
    assertThat(lineage.holds(new Position("2-b", 10), 15)).isTrue();
    assertThat(lineage.holds(new Position("2-b", 11), 15)).isFalse();
    assertThat(lineage.holds(new Position("3-c", 15), 15)).isTrue();
    assertThat(lineage.holds(new Position("3-c", 16), 15)).isFalse();
    assertThat(lineage.holds(new Position("2-x", 1), 15)).isFalse();
  }

  @Test
  void common_isWhereTwoSidesParted() {
    var other = new Lineage(List.of(A, B, new Term(3, "d", 14)));
    assertThat(lineage.common(other)).isEqualTo(10);
    assertThat(other.common(lineage)).isEqualTo(10);
    assertThat(lineage.common(lineage)).isEqualTo(Long.MAX_VALUE);
    assertThat(lineage.common(new Lineage(List.of(new Term(9, "z", 0))))).isZero();
  }

  @Test
  void then_forgetsTheOldestAndRefusesAnOlderTerm() {
    Lineage longest = lineage;
    for (int i = 0; i < Lineage.REMEMBERED; i++) {
      longest = longest.then(new Term(4 + i, "e", 20));
    }
    assertThat(longest.terms()).hasSize(Lineage.REMEMBERED);
    assertThat(longest.newest().counter()).isEqualTo(3 + Lineage.REMEMBERED);
    assertThatThrownBy(() -> lineage.then(new Term(3, "b", 20)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> lineage.then(new Term(4, "b", 9)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void epochAt_isOfTheTermInWhichASeqWasNumbered() {
    assertThat(lineage.epochAt(0)).isEqualTo("1-a");
    assertThat(lineage.epochAt(10)).isEqualTo("1-a");
    assertThat(lineage.epochAt(11)).as("the second term numbered nothing").isEqualTo("3-c");
    assertThat(new Lineage(List.of(B)).epochAt(3)).as("not remembered").isEqualTo("2-b");
  }

  @Test
  void upTo_endsWithTheTermNamed() {
    assertThat(lineage.upTo("2-b").terms()).containsExactly(A, B);
    assertThat(lineage.upTo("9-z")).isEqualTo(Lineage.NONE);
  }

  @Test
  void terms_areOrderedByCounterThenNode() {
    assertThat(C.isAfter(B)).isTrue();
    assertThat(new Term(3, "d", 0).isAfter(C)).isTrue();
    assertThat(new Term(10, "a", 0).isAfter(new Term(9, "z", 0))).isTrue();
    assertThatThrownBy(() -> new Term(1, "A", 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Term(0, "a", 0)).isInstanceOf(IllegalArgumentException.class);
  }
}
