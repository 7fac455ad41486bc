package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.line;
import static dev.flyline.replica.FakeWorld.lines;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.GapCause;
import dev.flyline.log.Mark;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines that wait for an owner: in order, bounded, and none lost without a mark in its place. */
@Timeout(10)
final class BacklogTest {

  private static final int LINE = line("m1", "a").bytes();

  private final Backlog backlog = new Backlog(3L * LINE);

  @Test
  void everything_isTakenInOrderAndOnce() {
    backlog.addAll(lines("a", "b"), 0);
    backlog.addAll(lines("c"), 0);

    assertThat(texts(backlog.take(0))).containsExactly("a", "b", "c");
    assertThat(backlog.take(0)).isEmpty();
  }

  @Test
  void whatIsTooMuch_becomesOneMarkInItsPlace() {
    backlog.addAll(lines("a", "b", "c", "d", "e"), 0);

    assertThat(texts(backlog.take(0))).containsExactly("a", "b", "c", "UPSTREAM 2");
    backlog.addAll(lines("f"), 0);
    assertThat(texts(backlog.take(0))).containsExactly("f");
  }

  @Test
  void lineThatFitsAfterOneThatDidNot_comesAfterTheMark() {
    backlog.addAll(lines("a", "b", "x".repeat(LINE), "c", "d"), 0);

    assertThat(texts(backlog.take(0))).containsExactly("a", "b", "UPSTREAM 1", "c", "UPSTREAM 1");
  }

  @Test
  void droppedMark_makesTheCountUnknown() {
    backlog.addAll(lines("a", "b", "c", "d"), 0);
    backlog.addAll(List.of(new Mark(GapCause.UPSTREAM, 7, 0)), 0);

    assertThat(texts(backlog.take(0))).containsExactly("a", "b", "c", "UPSTREAM");
  }

  @Test
  void cleared_itHoldsAndTellsNothing_andHasRoomAgain() {
    backlog.addAll(lines("a", "b", "c", "d"), 0);
    backlog.clear();
    assertThat(backlog.take(0)).isEmpty();

    backlog.addAll(lines("e", "f", "g"), 0);
    assertThat(texts(backlog.take(0))).containsExactly("e", "f", "g");
  }
}
