package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The checker finds each kind of fault, and none where there is none. */
final class CheckerTest {

  private static final long[] SIX_OF_ONE_MACHINE = {6};

  private final Journal journal = new Journal();

  CheckerTest() {
    journal.begin(at("a", 0));
  }

  private static Position at(String epoch, long seq) {
    return new Position(epoch, seq);
  }

  private void lines(String epoch, long firstSeq, long... lines) {
    for (int i = 0; i < lines.length; i++) {
      journal.line(at(epoch, firstSeq + i), 0, lines[i]);
    }
  }

  private void gap(Position from, Position to, OptionalLong count, String cause) {
    journal.gap(new Journal.Gap(from, to, count, cause));
  }

  private Findings check() {
    return Checker.check("v", journal, SIX_OF_ONE_MACHINE);
  }

  @Test
  void lines_allOnceAndInOrderAreExact() {
    lines("a", 1, 1, 2, 3);
    lines("b", 4, 4, 5, 6);

    assertThat(check().isExact()).as(check().toString()).isTrue();
    assertThat(check().lines()).isEqualTo(6);
  }

  @Test
  void line_lostInTheMiddleIsFound() {
    lines("a", 1, 1, 2, 4, 5, 6);

    assertThat(check().lost()).isEqualTo(1);
    assertThat(check().untold()).isEqualTo(1);
    assertThat(check().misplaced()).as("positions alone look well").isZero();
    assertThat(check().isHonest()).isFalse();
  }

  @Test
  void lines_lostAtBothEndsAreFound() {
    lines("a", 1, 2, 3, 4);

    assertThat(check().lost()).isEqualTo(3);
    assertThat(check().untold()).isEqualTo(3);
  }

  @Test
  void line_lostOfAMachineThatWasNeverHeardIsFound() {
    lines("a", 1, 1, 2, 3, 4, 5, 6);
    Findings findings = Checker.check("v", journal, new long[] {6, 1});

    assertThat(findings.lost()).isEqualTo(1);
    assertThat(findings.untold()).isEqualTo(1);
  }

  @Test
  void line_doubledIsFound() {
    lines("a", 1, 1, 2, 3, 3, 4, 5, 6);

    assertThat(check().twice()).isEqualTo(1);
    assertThat(check().twiceUntold()).isEqualTo(1);
    assertThat(check().isHonest()).isFalse();
  }

  @Test
  void line_deliveredTwiceAtOnePositionIsFound() {
    lines("a", 1, 1, 2, 3);
    lines("a", 3, 3, 4, 5, 6);

    assertThat(check().twiceUntold()).isEqualTo(1);
    assertThat(check().misplaced()).isEqualTo(1);
  }

  @Test
  void lines_reorderedAreFound() {
    lines("a", 1, 1, 2, 4, 3, 5, 6);

    assertThat(check().reordered()).isEqualTo(1);
    assertThat(check().lost()).isZero();
    assertThat(check().isHonest()).isFalse();
  }

  @Test
  void machines_mayOvertakeEachOther() {
    journal.line(at("a", 1), 1, 1);
    journal.line(at("a", 2), 0, 1);
    journal.line(at("a", 3), 0, 2);
    journal.line(at("a", 4), 1, 2);

    assertThat(Checker.check("v", journal, new long[] {2, 2}).isExact()).isTrue();
  }

  @Test
  void positions_passedOverWithoutAGapAreFound() {
    lines("a", 1, 1, 2, 3);
    lines("a", 6, 4, 5, 6);

    assertThat(check().misplaced()).isEqualTo(1);
    assertThat(check().lost()).isZero();
  }

  @Test
  void gap_toldExplainsWhatItCovers() {
    lines("a", 1, 1, 2);
    gap(at("a", 3), at("a", 4), OptionalLong.of(2), "evicted");
    lines("a", 5, 5, 6);

    assertThat(check().lost()).isEqualTo(2);
    assertThat(check().isHonest()).as(check().toString()).isTrue();
    assertThat(check().isExact()).isFalse();
    assertThat(check().gaps()).containsEntry("evicted", 1);
  }

  @Test
  void gap_thatTellsOfFewerThanWereLostIsFound() {
    lines("a", 1, 1);
    gap(at("a", 2), at("a", 3), OptionalLong.of(2), "evicted");
    lines("a", 4, 5, 6);

    assertThat(check().lost()).isEqualTo(3);
    assertThat(check().untold()).isEqualTo(1);
  }

  @Test
  void gap_elsewhereExplainsNothing() {
    lines("a", 1, 1, 3);
    gap(at("a", 3), at("a", 4), OptionalLong.of(2), "evicted");
    lines("a", 5, 4, 5, 6);

    assertThat(check().untold()).isEqualTo(1);
  }

  @Test
  void gap_thatDoesNotBeginWhereTheViewerIsIsFound() {
    lines("a", 1, 1, 2);
    gap(at("a", 4), at("a", 4), OptionalLong.of(1), "upstream");
    lines("a", 5, 4, 5, 6);

    assertThat(check().misplaced()).isEqualTo(1);
  }

  @Test
  void mark_ofUnknownCountExplainsAnyLoss() {
    lines("a", 1, 1);
    gap(at("a", 2), at("a", 2), OptionalLong.empty(), "unwatched");
    lines("a", 3, 6);

    assertThat(check().lost()).isEqualTo(4);
    assertThat(check().isHonest()).as(check().toString()).isTrue();
  }

  @Test
  void marks_withinAGapMayFollowIt() {
    lines("a", 1, 1, 2);
    gap(at("a", 3), at("a", 5), OptionalLong.of(3), "slow");
    gap(at("a", 4), at("a", 4), OptionalLong.of(1), "upstream");
    lines("a", 6, 6);

    assertThat(check().lost()).isEqualTo(3);
    assertThat(check().isHonest()).as(check().toString()).isTrue();
  }

  @Test
  void repetition_afterAFailoverGapIsTold() {
    lines("a", 1, 1, 2, 3, 4);
    gap(at("a", 5), at("a", 2), OptionalLong.empty(), "failover");
    lines("b", 3, 3, 4, 5, 6);

    assertThat(check().twice()).isEqualTo(2);
    assertThat(check().isHonest()).as(check().toString()).isTrue();
    assertThat(check().isExact()).isFalse();
  }

  @Test
  void repetition_afterAnotherGapIsNot() {
    lines("a", 1, 1, 2);
    gap(at("a", 3), at("a", 3), OptionalLong.empty(), "upstream");
    lines("a", 4, 2, 3, 4, 5, 6);

    assertThat(check().twiceUntold()).isEqualTo(1);
  }

  @Test
  void line_nobodyPublishedIsFound() {
    lines("a", 1, 1, 2, 3, 4, 5, 6, 7);

    assertThat(check().isHonest()).isFalse();
  }

  @Test
  void viewer_thatWasNeverGreetedIsFound() {
    assertThat(Checker.check("v", new Journal(), SIX_OF_ONE_MACHINE).untold()).isEqualTo(6);
  }

  @Test
  void problem_ofAViewerIsFound() {
    lines("a", 1, 1, 2, 3, 4, 5, 6);
    journal.problem("another app's line");

    assertThat(check().isExact()).isFalse();
    assertThat(check().isHonest()).isFalse();
  }
}
