package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Lineage;
import dev.flyline.log.Position;
import dev.flyline.log.Term;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ring that holds 31 to 40 of the first term and 41 to 50 of the second; n arrived at n ms. */
@Timeout(10)
final class NeedTest {

  private final BlockRing ring =
      BlockRing.unfilled(Entries.LINEAGE, 30, Entries.WIDE, Entries.budget());

  NeedTest() {
    ring.append(Entries.lines(31, 40));
    ring.lineage(Entries.LINEAGE.then(new Term(2, "b", 40)));
    ring.append(Entries.lines("2-b", 41, 50));
  }

  private boolean covered(Since since, int tail) {
    return need(since, tail, Entries.FORMAT, 50).isCovered(ring);
  }

  private static Need need(Since since, int tail, Format format, long live) {
    return new Need(new ViewRequest(Entries.APP, format, since, tail, true), live);
  }

  private static Since after(String epoch, long seq) {
    return new Since.After(new Position(epoch, seq));
  }

  @Test
  void latest_needsSoManyLinesThatPass() {
    assertThat(covered(new Since.Latest(), 0)).isTrue();
    assertThat(covered(new Since.Latest(), 20)).isTrue();
    assertThat(covered(new Since.Latest(), 21)).isFalse();
    assertThat(covered(new Since.Latest(), -1)).isFalse();
    var even = new Format(Entries.ENCODER, new LineFilter(Set.of(), Set.of("m0")));
    assertThat(need(new Since.Latest(), 10, even, 50).isCovered(ring)).isTrue();
    assertThat(need(new Since.Latest(), 11, even, 50).isCovered(ring)).isFalse();
  }

  @Test
  void latest_countsNoLinesThatCameLater() {
    assertThat(need(new Since.Latest(), 10, Entries.FORMAT, 40).isCovered(ring)).isTrue();
    assertThat(need(new Since.Latest(), 11, Entries.FORMAT, 40).isCovered(ring)).isFalse();
  }

  @Test
  void after_needsWhatFollows() {
    assertThat(covered(after("1-a", 30), -1)).isTrue();
    assertThat(covered(after("2-b", 45), -1)).isTrue();
    assertThat(covered(after("1-a", 29), -1)).isFalse();
    assertThat(covered(after("1-a", 45), -1)).as("from 41 on").isTrue();
    assertThat(covered(after("9-z", 45), -1)).as("everything").isFalse();
    assertThat(covered(after("2-b", 51), -1)).as("everything").isFalse();
  }

  @Test
  void time_needsALineFromBefore() {
    assertThat(covered(new Since.Time(32), -1)).isTrue();
    assertThat(covered(new Since.Time(31), -1)).isFalse();
  }

  @Test
  void everything_needsACompleteRing() {
    for (Since since : List.of(new Since.Earliest(), new Since.Lost())) {
      assertThat(covered(since, -1)).isFalse();
    }
    ring.completed("1-a", 30, List.of());
    for (Since since : List.of(new Since.Earliest(), new Since.Lost(), after("9-z", 1))) {
      assertThat(covered(since, -1)).isTrue();
    }
    assertThat(covered(new Since.Latest(), 1_000)).isTrue();
  }

  @Test
  void position_isForeignIfTheRingDoesNotHoldIt() {
    assertThat(need(after("1-a", 40), -1, Entries.FORMAT, 50).isForeign(ring)).isFalse();
    assertThat(need(after("1-a", 41), -1, Entries.FORMAT, 50).isForeign(ring)).isTrue();
    assertThat(need(after("2-b", 51), -1, Entries.FORMAT, 50).isForeign(ring)).isTrue();
    assertThat(need(after("9-z", 0), -1, Entries.FORMAT, 50).isForeign(ring)).isTrue();
    assertThat(need(new Since.Lost(), -1, Entries.FORMAT, 50).isForeign(ring)).isFalse();
  }

  private static final Lineage OTHER = Entries.LINEAGE.then(new Term(2, "d", 35));

  private long fromAfterAMerge(Since since, long after) {
    return afterAMerge(since, after).from(ring);
  }

  private static Need afterAMerge(Since since, long after) {
    var request = new ViewRequest(Entries.APP, Entries.FORMAT, since, -1, true);
    return new Need(request, Long.MAX_VALUE, OTHER, after);
  }

  /** The branches parted at 35; whoever saw more needs nothing up to {@code after}. */
  @Test
  void afterAMerge_whoeverSawMore_needsWhatFollowsWhatWasShown() {
    assertThat(fromAfterAMerge(after("2-d", 38), -1)).isEqualTo(36);
    assertThat(fromAfterAMerge(after("2-d", 38), 35)).isEqualTo(36);
    assertThat(fromAfterAMerge(after("2-d", 38), 36)).isEqualTo(37);
    assertThat(fromAfterAMerge(after("2-d", 38), 50)).isEqualTo(51);
    assertThat(fromAfterAMerge(after("9-z", 3), 40)).isEqualTo(41);
    assertThat(fromAfterAMerge(after("9-z", 3), -1)).as("everything").isZero();
    assertThat(fromAfterAMerge(new Since.Lost(), 40)).isZero();
  }

  @Test
  void afterAMerge_ringThatHoldsWhatFollowsWhatWasShown_isEnough() {
    assertThat(afterAMerge(after("9-z", 3), 29).isCovered(ring)).isFalse();
    assertThat(afterAMerge(after("9-z", 3), 30).isCovered(ring)).isTrue();
    assertThat(afterAMerge(after("2-d", 38), -1).isCovered(ring)).isTrue();
  }

  /** It was shown nothing that the log does not have, so it goes on from its place. */
  @Test
  void afterAMerge_whoeverSawLess_needsWhatFollowsItsPlace() {
    assertThat(fromAfterAMerge(after("1-a", 25), 40)).isEqualTo(26);
    assertThat(fromAfterAMerge(after("1-a", 33), 40)).isEqualTo(34);
    assertThat(afterAMerge(after("1-a", 25), 40).isCovered(ring)).isFalse();
    assertThat(afterAMerge(after("1-a", 30), 40).isCovered(ring)).isTrue();
  }

  /** The log that a position is from says where the branches parted, as far as it is known. */
  @Test
  void shared_isWhereTheBranchesParted_andNeverBeyondPositionOrHead() {
    Lineage log = ring.lineage();
    Need unknown = need(new Since.Latest(), -1, Entries.FORMAT, 50);
    assertThat(unknown.shared(new Position("1-a", 40), log, 50)).as("held").isEqualTo(40);
    assertThat(unknown.shared(new Position("1-a", 45), log, 50)).isEqualTo(40);
    assertThat(unknown.shared(new Position("1-a", 45), log, 38)).as("head").isEqualTo(38);
    assertThat(unknown.shared(new Position("2-b", 51), log, 50)).as("goes on").isEqualTo(-1);
    assertThat(unknown.shared(new Position("9-z", 5), log, 50)).as("unknown").isEqualTo(-1);
    Need known = afterAMerge(new Since.Latest(), -1);
    assertThat(known.shared(new Position("2-d", 38), log, 50)).isEqualTo(35);
    assertThat(known.shared(new Position("2-d", 33), log, 50)).as("no further").isEqualTo(33);
    assertThat(known.shared(new Position("9-z", 5), log, 50)).isEqualTo(-1);
  }
}
