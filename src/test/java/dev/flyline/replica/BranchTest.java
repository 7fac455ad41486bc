package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Term;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines are written {@code m1.7}: of machine m1, its seventh; {@code -} is a failover's mark. */
@Timeout(10)
final class BranchTest {

  private static final AppName APP = new AppName("shop");
  private static final int TICKS = 3;

  /** What was shown up to 3 is in the log; the rest stands in a branch of it alone. */
  private static Branch shown(String... entries) {
    var ring =
        new BlockRing(
            Lineage.NONE.then(new Term(1, "a", 0)),
            3,
            new RingLimits(1_000, 1 << 20, Duration.ofHours(1)),
            new RingBudget(1 << 20));
    ring.append(batch(4, entries));
    return new Branch(ring, 3, null, TICKS);
  }

  private static LogBatch batch(long first, String... entries) {
    List<Entry> all = Arrays.stream(entries).map(BranchTest::entry).toList();
    return new LogBatch(APP, "1-a", first, all);
  }

  private static Entry entry(String text) {
    return text.equals("-")
        ? new Mark(GapCause.FAILOVER, Mark.UNKNOWN, 1)
        : new LogLine("fra", text.substring(0, 2), text.getBytes(StandardCharsets.US_ASCII), 1);
  }

  @Test
  void viewersGoOn_afterTheLastLineOfEveryMachine() {
    Branch branch = shown("m1.1", "m2.1", "m1.2");
    branch.has(batch(4, "-", "m2.1", "m1.1"));
    assertThat(branch.isFound()).isFalse();
    branch.has(batch(7, "m2.2", "m1.2", "m1.3"));
    assertThat(branch.isWhole()).isTrue();
    assertThat(branch.leave(9)).isEqualTo(8);
  }

  @Test
  void whatTheLogSaysAgainAfterAFailover_isLookedForAgain() {
    Branch branch = shown("m1.1", "m1.2", "m2.1");
    branch.has(batch(4, "m1.1", "m1.2"));
    branch.has(batch(6, "-", "m1.1", "m2.1"));
    assertThat(branch.isFound()).isFalse();
    branch.has(batch(9, "m1.2", "m1.3"));
    assertThat(branch.isWhole()).isTrue();
    assertThat(branch.leave(10)).isEqualTo(9);
  }

  @Test
  void whatTheLogDoesNotHave_isGivenUpAndAllOfItPassedOver() {
    Branch branch = shown("m1.1");
    branch.has(batch(4, "m1.2", "m1.3"));
    for (int i = 0; i < TICKS; i++) {
      assertThat(branch.isFound()).isFalse();
      branch.tick();
    }
    assertThat(branch.isFound()).isTrue();
    assertThat(branch.isWhole()).isFalse();
    assertThat(branch.leave(5)).isEqualTo(5);
  }
}
