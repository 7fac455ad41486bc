package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What each rule is for: a schedule in which every invariant holds, and in which one breaks, or
 * more is told in gaps, when the routers do not keep that rule. docs/cluster.md has the figures.
 *
 * <p>A change of the protocol or of the simulation makes other lives of the same seeds, so no seed
 * is relied upon: each search begins at one that shows the rule today, and goes on from there.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class RuleTest {

  /** How many seeds are looked through for a rule that one schedule in a hundred shows. */
  private static final int MANY = 2_000;

  /** The same for a rule that one in thousands shows. */
  private static final int MOST = 20_000;

  /** Seeds that are tried side by side. */
  private static final int BATCH = 4;

  /** A search that takes longer than so many seeds says where it should begin. */
  private static final int FAR = 200;

  /**
   * Where schedules are looked for that show a rule.
   *
   * @param begin the first seed
   * @param within how many are looked through
   * @param without rules that are not kept either way: where another one would do in its place
   */
  record Case(Rule rule, Schedule.Kind kind, long begin, int within, Set<Rule> without) {
    Case(Rule rule, Schedule.Kind kind, long begin, int within) {
      this(rule, kind, begin, within, Set.of());
    }

    @Override
    public String toString() {
      return rule + ", " + kind;
    }
  }

  static List<Case> cases() {
    return List.of(
        new Case(Rule.COMMIT_ON_ACKNOWLEDGEMENT, Schedule.Kind.MANY_FAULTS, 1, MANY),
        new Case(
            Rule.COUNT_SILENCE_IN_TICKS,
            Schedule.Kind.ONE_FAULT,
            37,
            MOST,
            Set.of(Rule.DOUBT_SILENCE)),
        new Case(Rule.BE_IN_STEP_BEFORE_STANDING_BY, Schedule.Kind.CHANGES, 30, MANY),
        new Case(Rule.ALIGN_LISTS, Schedule.Kind.CHANGES, 283, MOST),
        new Case(Rule.DISCARD_ON_BOTH_SIDES, Schedule.Kind.LOSSES, 121, MANY),
        new Case(Rule.ASK_BEFORE_OWNING, Schedule.Kind.ONE_FAULT, 11, MANY),
        new Case(Rule.NEWEST_TERM_FIRST, Schedule.Kind.PARTITIONS, 580, MOST),
        new Case(Rule.MARK_A_LOSS, Schedule.Kind.MANY_FAULTS, 152, MANY),
        new Case(Rule.MATCH_WHAT_IS_FILLED, Schedule.Kind.PARTITIONS, 110, MANY),
        new Case(Rule.READ_ON_WHEN_DISMISSED, Schedule.Kind.MANY_FAULTS, 485, MANY),
        new Case(Rule.HAND_OVER_IN_STEP, Schedule.Kind.MANY_FAULTS, 9, MANY),
        new Case(Rule.MATCH_AFTER_HANDOVER, Schedule.Kind.MANY_FAULTS, 13, MANY),
        new Case(Rule.HAND_OVER_WITHOUT_NATS, Schedule.Kind.MANY_FAULTS, 33, MANY),
        new Case(Rule.ASK_AFTER_STANDING_STILL, Schedule.Kind.ONE_FAULT, 439, MOST),
        new Case(Rule.DOUBT_SILENCE, Schedule.Kind.ONE_FAULT, 249, MANY),
        new Case(Rule.LEAVE_OUT_TERMS_WITHOUT_LINES, Schedule.Kind.PARTITIONS, 138, MOST),
        new Case(Rule.REFUSE_PARTS_OF_OTHER_TERMS, Schedule.Kind.PARTITIONS, 7611, MOST),
        new Case(Rule.ASK_BEFORE_JUDGING, Schedule.Kind.ONE_FAULT, 175, MANY),
        new Case(Rule.WAIT_FOR_WHAT_IS_NUMBERED, Schedule.Kind.CHANGES, 37, MANY),
        new Case(Rule.HOLD_AFTER_A_LOST_WATCH, Schedule.Kind.LATE_VIEWERS, 1, MANY),
        new Case(Rule.HOLD_AFTER_A_TAKEOVER, Schedule.Kind.LATE_VIEWERS, 3, MANY),
        new Case(Rule.HAND_OVER_THE_HOLD, Schedule.Kind.LATE_VIEWERS, 3, MANY));
  }

  @Test
  void everyRule_isShown() {
    assertThat(cases().stream().map(Case::rule)).containsAll(EnumSet.allOf(Rule.class));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void rule_keepsMoreThanIsKeptWithoutIt(Case wanted) {
    OptionalLong shown = search(wanted);
    assertThat(shown)
        .as("a seed from %d on that is worse off without %s", wanted.begin, wanted)
        .isPresent();
    if (shown.getAsLong() - wanted.begin > FAR) {
      System.out.printf("%s is shown by seed %d now%n", wanted, shown.getAsLong());
    }
  }

  /** Goes through the seeds in order, a few at a time, until one shows the rule. */
  private static OptionalLong search(Case wanted) {
    long end = wanted.begin + wanted.within;
    for (long seed = wanted.begin; seed < end; seed += BATCH) {
      OptionalLong shown =
          LongStream.range(seed, Math.min(end, seed + BATCH))
              .parallel()
              .filter(tried -> isShown(wanted, tried))
              .min();
      if (shown.isPresent()) {
        return shown;
      }
    }
    return OptionalLong.empty();
  }

  /** Whether a schedule holds with the rule, and breaks or has more gaps without it. */
  private static boolean isShown(Case wanted, long seed) {
    EnumSet<Rule> broken = EnumSet.of(wanted.rule, wanted.without.toArray(Rule[]::new));
    Simulations.Result notKept = Simulations.run(wanted.kind, seed, broken);
    if (notKept.holds() && notKept.gaps() == 0) {
      return false; // nothing can be better than that
    }
    Simulations.Result kept = Simulations.run(wanted.kind, seed, wanted.without);
    assertThat(kept.holds() || !wanted.without.isEmpty()).as("%s", kept).isTrue();
    return kept.holds() && (!notKept.holds() || notKept.gaps() > kept.gaps());
  }
}
