package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
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
    return new Need(new Viewer.Request(Entries.APP, format, since, tail, true), live);
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
}
