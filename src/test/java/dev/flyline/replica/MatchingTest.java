package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.line;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.LogLine;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the lists of a standby say is to be published, and what is to be passed over. */
@Timeout(10)
final class MatchingTest {

  private final Matching lists = new Matching(1 << 20, true);

  private void seen(String... texts) {
    for (String text : texts) {
      lists.seen(line("m1", text), 0);
    }
  }

  private void published(String... texts) {
    for (String text : texts) {
      lists.published(line("m1", text), 0);
    }
  }

  private List<String> toPublish() {
    return texts(lists.takeSeen(0));
  }

  // ---- first in first out ----

  @Test
  void lineThatBothBrought_isSettled_whicheverCameFirst() {
    seen("a");
    published("a", "b");
    seen("b");

    assertThat(lists.isEmpty()).isTrue();
    assertThat(toPublish()).isEmpty();
  }

  @Test
  void lineThatNatsAloneBrought_isToBePublished() {
    seen("a", "b");
    published("a");

    assertThat(toPublish()).containsExactly("b");
    assertThat(toPublish()).isEmpty();
  }

  @Test
  void lineThatTheOwnerAlonePublished_isPassedOverOnce() {
    published("a");

    assertThat(lists.passOver(line("m1", "other"))).isFalse();
    assertThat(lists.passOver(line("m1", "a"))).isTrue();
    assertThat(lists.passOver(line("m1", "a"))).isFalse();
  }

  @Test
  void passedOverLine_discardsWhatWasPublishedBeforeIt() {
    published("a", "b", "c");

    assertThat(lists.passOver(line("m1", "b"))).isTrue();
    assertThat(lists.passOver(line("m1", "a"))).isFalse();
    assertThat(lists.passOver(line("m1", "c"))).isTrue();
  }

  @Test
  void match_discardsWhatNatsBroughtBefore_sinceTheOwnerNeverHadIt() {
    seen("a", "b", "c");
    published("b");

    assertThat(toPublish()).containsExactly("c");
  }

  @Test
  void match_discardsWhatWasPublishedBefore_sinceNatsNeverBringsIt() {
    published("a", "b");
    seen("b");

    assertThat(lists.passOver(line("m1", "a"))).isFalse();
    assertThat(lists.isEmpty()).isTrue();
  }

  @Test
  void matchWithWhatNatsBroughtBefore_discardsWhatWasPublishedBeforeIt() {
    published("a");
    seen("b");
    published("b");

    assertThat(lists.passOver(line("m1", "a"))).isFalse();
    assertThat(lists.isEmpty()).isTrue();
  }

  @Test
  void lineSeenAfterAMatch_discardsWhatWaitedBeforeTheMatch() {
    seen("a");
    published("b");
    seen("b");

    assertThat(toPublish()).isEmpty();
  }

  @Test
  void equalLines_matchOneByOne() {
    seen("a", "a", "a");
    published("a");

    assertThat(toPublish()).containsExactly("a", "a");
  }

  @Test
  void machines_areMatchedApart_evenOfOneNameInTwoRegions() {
    byte[] payload = {'a'};
    lists.seen(line("m1", "a"), 0);
    lists.published(line("m2", "a"), 0);
    lists.published(new LogLine("iad", "m1", payload, 0), 0);

    assertThat(toPublish()).containsExactly("a");
  }

  @Test
  void linesToPublish_keepTheOrderInWhichNatsBroughtThem() {
    lists.seen(line("m2", "1"), 0);
    lists.seen(line("m1", "2"), 0);
    lists.seen(line("m3", "3"), 0);
    lists.seen(line("m2", "4"), 0);

    assertThat(toPublish()).containsExactly("1", "2", "3", "4");
  }

  // ---- bounds ----

  @Test
  void lists_holdNoMoreThanTheirBytes_andSayHowManyWereDropped() {
    int each = line("m1", "0").bytes();
    var small = new Matching(3L * each, true);
    for (int i = 0; i < 5; i++) {
      small.seen(line("m" + i % 2, "" + i), 0);
    }

    assertThat(texts(small.takeSeen(0))).containsExactly("UPSTREAM 2", "2", "3", "4");
    small.seen(line("m1", "5"), 0);
    assertThat(texts(small.takeSeen(0))).containsExactly("5");
  }

  @Test
  void droppedLines_areNotToldOfOnceTheOwnerHasPublishedALaterOne() {
    var small = new Matching(2L * line("m1", "0").bytes(), true);
    for (String text : List.of("0", "1", "2")) {
      small.seen(line("m1", text), 0);
    }
    small.published(line("m1", "1"), 0);

    assertThat(texts(small.takeSeen(0))).containsExactly("2");
  }

  @Test
  void droppedLines_areOfUnknownNumberIfTheOwnerMayHavePublishedSome() {
    var small = new Matching(2L * line("m1", "0").bytes(), true);
    for (String text : List.of("0", "1", "2")) {
      small.seen(line("m1", text), 0);
    }
    small.published(line("m1", "0"), 0);

    assertThat(texts(small.takeSeen(0))).containsExactly("UPSTREAM", "1", "2");
  }

  @Test
  void bytesOfMatchedLines_makeRoom() {
    var small = new Matching(2L * line("m1", "0").bytes(), true);
    for (int i = 0; i < 10; i++) {
      small.seen(line("m1", "" + i), 0);
      small.published(line("m1", "" + i), 0);
    }
    small.seen(line("m1", "x"), 0);
    small.seen(line("m1", "y"), 0);

    assertThat(texts(small.takeSeen(0))).containsExactly("x", "y");
  }

  @Test
  void oldLines_areForgottenWhileTheOwnerIsThere_andToldOfWhenNobodyMayHavePublishedThem() {
    lists.seen(line("m1", "a"), 100);
    lists.seen(line("m1", "b"), 200);
    lists.expire(150, false);
    assertThat(toPublish()).containsExactly("b");

    lists.seen(line("m1", "c"), 100);
    lists.seen(line("m1", "d"), 200);
    lists.expire(150, true);
    assertThat(toPublish()).containsExactly("UPSTREAM 1", "d");
  }

  @Test
  void oldPublishedLines_areForgotten() {
    lists.published(line("m1", "a"), 100);
    lists.published(line("m1", "b"), 200);
    lists.expire(150, false);

    assertThat(lists.passOver(line("m1", "a"))).isFalse();
    assertThat(lists.passOver(line("m1", "b"))).isTrue();
    assertThat(lists.isEmpty()).isTrue();
  }

  // ---- alignment ----

  @Test
  void machineHeardAfterTheDoubt_isAligned() {
    lists.doubt();
    lists.doubtUntil(1_000);
    lists.seen(line("m1", "a"), 1_000);

    assertThat(lists.isAligned(1_000, 500)).isTrue();
  }

  @Test
  void runOfEqualLinesBegunInDoubt_isAlignedOnlyOnceALineDiffersOnBothSides() {
    lists.doubt();
    seen("a", "a");
    published("a");
    assertThat(lists.isAligned(100, 500)).isFalse();

    seen("b");
    assertThat(lists.isAligned(100, 500)).isFalse();
    published("a", "b");
    assertThat(lists.isAligned(100, 500)).isTrue();
  }

  @Test
  void oneDoubtfulMachine_isEnoughForDoubt() {
    lists.doubt();
    lists.seen(line("m1", "a"), 0);
    lists.published(line("m2", "x"), 0);
    lists.seen(line("m2", "x"), 0);
    lists.published(line("m2", "y"), 0);
    lists.seen(line("m2", "y"), 0);
    assertThat(lists.isAligned(100, 500)).isFalse();

    lists.published(line("m1", "a"), 0);
    lists.published(line("m1", "b"), 0);
    lists.seen(line("m1", "b"), 0);
    assertThat(lists.isAligned(100, 500)).isTrue();
  }

  @Test
  void quietMachine_isAligned_andWhatTheOwnerAlonePublishedIsOfBefore() {
    lists.doubt();
    published("old");
    assertThat(lists.isAligned(499, 500)).isFalse();
    assertThat(lists.isAligned(500, 500)).isTrue();

    assertThat(lists.passOver(line("m1", "old"))).isFalse();
  }

  @Test
  void linesOfTheDoubt_areForgottenWhenTheOwnerHasSpoken_thoseAfterAreKept() {
    lists.doubt();
    lists.doubtUntil(1_000);
    lists.seen(line("m1", "before"), 999);
    lists.seen(line("m1", "after"), 1_000);
    lists.forgetDoubtfulSeen();

    assertThat(toPublish()).containsExactly("after");
  }
}
