package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each rule is for: schedules in which every invariant holds, and in which one breaks, or more
 * is told in gaps, when the routers do not keep that rule. docs/cluster.md has the figures.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
final class RuleTest {

  /**
   * Some schedules that show a rule.
   *
   * @param without rules that are not kept either way: where another one would do in its place
   */
  record Case(Rule rule, Schedule.Kind kind, long first, long last, Set<Rule> without) {
    Case(Rule rule, Schedule.Kind kind, long first, long last) {
      this(rule, kind, first, last, Set.of());
    }

    @Override
    public String toString() {
      return rule + ", " + kind + " " + first + (first == last ? "" : " to " + last);
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(Rule.COMMIT_ON_ACKNOWLEDGEMENT, Schedule.Kind.MANY_FAULTS, 1, 25),
        new Case(
            Rule.COUNT_SILENCE_IN_TICKS,
            Schedule.Kind.ONE_FAULT,
            37,
            37,
            Set.of(Rule.DOUBT_SILENCE)),
        new Case(Rule.BE_IN_STEP_BEFORE_STANDING_BY, Schedule.Kind.CHANGES, 30, 103),
        new Case(Rule.ALIGN_LISTS, Schedule.Kind.CHANGES, 283, 283),
        new Case(Rule.DISCARD_ON_BOTH_SIDES, Schedule.Kind.LOSSES, 121, 250),
        new Case(Rule.ASK_BEFORE_OWNING, Schedule.Kind.ONE_FAULT, 11, 34),
        new Case(Rule.NEWEST_TERM_FIRST, Schedule.Kind.PARTITIONS, 580, 580),
        new Case(Rule.MARK_A_LOSS, Schedule.Kind.MANY_FAULTS, 152, 195),
        new Case(Rule.MATCH_WHAT_IS_FILLED, Schedule.Kind.PARTITIONS, 110, 205),
        new Case(Rule.READ_ON_WHEN_DISMISSED, Schedule.Kind.MANY_FAULTS, 485, 519),
        new Case(Rule.HAND_OVER_IN_STEP, Schedule.Kind.MANY_FAULTS, 9, 86),
        new Case(Rule.MATCH_AFTER_HANDOVER, Schedule.Kind.MANY_FAULTS, 13, 73),
        new Case(Rule.HAND_OVER_WITHOUT_NATS, Schedule.Kind.MANY_FAULTS, 33, 56),
        new Case(Rule.ASK_AFTER_STANDING_STILL, Schedule.Kind.ONE_FAULT, 439, 439),
        new Case(Rule.DOUBT_SILENCE, Schedule.Kind.ONE_FAULT, 249, 268),
        new Case(Rule.LEAVE_OUT_TERMS_WITHOUT_LINES, Schedule.Kind.PARTITIONS, 138, 138),
        new Case(Rule.REFUSE_PARTS_OF_OTHER_TERMS, Schedule.Kind.PARTITIONS, 7611, 7611),
        new Case(Rule.ASK_BEFORE_JUDGING, Schedule.Kind.ONE_FAULT, 175, 311),
        new Case(Rule.WAIT_FOR_WHAT_IS_NUMBERED, Schedule.Kind.CHANGES, 37, 50),
        new Case(Rule.HOLD_AFTER_A_LOST_WATCH, Schedule.Kind.LATE_VIEWERS, 1, 3),
        new Case(Rule.HOLD_AFTER_A_TAKEOVER, Schedule.Kind.LATE_VIEWERS, 3, 8),
        new Case(Rule.HAND_OVER_THE_HOLD, Schedule.Kind.LATE_VIEWERS, 3, 10));
  }

  @Test
  void everyRule_isShown() {
    assertThat(cases().stream().map(Case::rule)).containsAll(EnumSet.allOf(Rule.class));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rule_keepsMoreThanIsKeptWithoutIt(Case shown) {
    EnumSet<Rule> broken = EnumSet.of(shown.rule, shown.without.toArray(Rule[]::new));
    List<Simulations.Result> kept = run(shown, shown.without);
    List<Simulations.Result> notKept = run(shown, broken);
    assertThat(kept).allMatch(Simulations.Result::holds);
    assertThat(indices(shown).filter(i -> isWorse(notKept.get(i), kept.get(i))))
        .as("schedules that are worse off without the rule")
        .isNotEmpty();
  }

  private static boolean isWorse(Simulations.Result one, Simulations.Result other) {
    return !one.holds() || one.gaps() > other.gaps();
  }

  private static Stream<Integer> indices(Case shown) {
    return LongStream.rangeClosed(0, shown.last - shown.first).mapToObj(i -> (int) i);
  }

  private static List<Simulations.Result> run(Case shown, Set<Rule> broken) {
    return LongStream.rangeClosed(shown.first, shown.last)
        .parallel()
        .mapToObj(seed -> Simulations.run(shown.kind, seed, broken))
        .toList();
  }
}
