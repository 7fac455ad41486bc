package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Lineage;
import dev.flyline.log.Position;
import dev.flyline.log.Term;
import dev.flyline.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A ring of 10 that holds 11 to 20: 11 to 13, a mark at 14, 15 to 20; line n arrived at n ms. */
@Timeout(10)
final class StartTest {

  private final BlockRing ring =
      new BlockRing(
          Entries.LINEAGE, 0, new RingLimits(10, 1 << 20, Duration.ofMinutes(1)), Entries.budget());

  StartTest() {
    ring.append(Entries.lines(1, 6));
    ring.append(Entries.mark(7));
    ring.append(Entries.lines(8, 13));
    ring.append(Entries.mark(14));
    ring.append(Entries.lines(15, 20));
  }

  private String served(Since since, int tail) {
    return served(since, tail, Entries.FORMAT);
  }

  private String served(Since since, int tail, Format format) {
    return served(since, tail, format, ring.head());
  }

  private String served(Since since, int tail, Format format, long live) {
    var request = new ViewRequest(Entries.APP, format, since, tail, false);
    return served(new Need(request, live), ring);
  }

  private static String served(Need need, BlockRing ring) {
    Format format = need.request().format();
    var start = new Start(need, ring, ring.head());
    var pull = new Pull(new Meters());
    start.tellGap(pull);
    String gap = text(pull, format);
    pull.read(Entries.APP, ring, format, start.cursor(), ring.head(), 1 << 20, null, false);
    return start.told() + " " + gap + text(pull, format);
  }

  private static String text(Pull pull, Format format) {
    ByteBuf bytes = pull.take(format, UnpooledByteBufAllocator.DEFAULT);
    String text = bytes.toString(StandardCharsets.US_ASCII);
    bytes.release();
    return text;
  }

  /** What came between the request and the owner's answer was asked for, however small the tail. */
  @Test
  void latest_countsOnlyWhatWasThereWhenItWasAskedFor() {
    assertThat(served(new Since.Latest(), 0, Entries.FORMAT, 18)).isEqualTo("1-a:18 L19 L20 ");
    assertThat(served(new Since.Latest(), 2, Entries.FORMAT, 18))
        .isEqualTo("1-a:16 L17 L18 L19 L20 ");
    assertThat(served(new Since.Latest(), 0, Entries.FORMAT, 3))
        .as("the ring has let go of some of it")
        .isEqualTo("1-a:10 L11 L12 L13 M14 L15 L16 L17 L18 L19 L20 ");
  }

  @Test
  void latest_givesTheLastLinesAndTheMarksBetween() {
    assertThat(served(new Since.Latest(), 3)).isEqualTo("1-a:17 L18 L19 L20 ");
    assertThat(served(new Since.Latest(), 7)).isEqualTo("1-a:12 L13 M14 L15 L16 L17 L18 L19 L20 ");
    assertThat(served(new Since.Latest(), 0)).isEqualTo("1-a:20 ");
    assertThat(served(new Since.Latest(), 1_000))
        .isEqualTo("1-a:10 L11 L12 L13 M14 L15 L16 L17 L18 L19 L20 ");
  }

  @Test
  void latest_countsAfterTheFilter() {
    var even = new Format(Entries.ENCODER, new LineFilter(Set.of(), Set.of("m0")));
    assertThat(served(new Since.Latest(), 2, even)).isEqualTo("1-a:17 L18 L20 ");
  }

  @Test
  void after_goesOnExactly() {
    assertThat(served(after(18), -1)).isEqualTo("1-a:18 L19 L20 ");
    assertThat(served(after(20), -1)).isEqualTo("1-a:20 ");
    assertThat(served(after(10), -1)).startsWith("1-a:10 L11 ");
  }

  @Test
  void after_whatIsGone_tellsHowMuchAndTheMarksWithin() {
    assertThat(served(after(4), -1)).startsWith("1-a:4 G5-10/6EVICTED P7-7/7UPSTREAM L11 ");
  }

  @Test
  void after_beyondTheHead_isOfAnotherTerm() {
    assertThat(served(after(21), -1)).startsWith("1-a:21 G22-10/-1FAILOVER L11 ");
  }

  @Test
  void after_anotherEpoch_getsEverythingBehindOneGap() {
    var since = new Since.After(new Position("9-z", 3));
    assertThat(served(since, -1)).startsWith("9-z:3 G4-10/-1FAILOVER L11 ");
  }

  @Test
  void lost_getsEverythingBehindOneGap() {
    assertThat(served(new Since.Lost(), -1)).startsWith("1-a:10 G10-10/-1FAILOVER L11 ");
  }

  @Test
  void earliest_tellsOfNoGap() {
    assertThat(served(new Since.Earliest(), -1)).startsWith("1-a:10 L11 ");
    assertThat(served(new Since.Earliest(), 1)).isEqualTo("1-a:19 L20 ");
  }

  @Test
  void time_beginsWithTheFirstLineAtOrAfter() {
    assertThat(served(new Since.Time(19), -1)).isEqualTo("1-a:18 L19 L20 ");
    assertThat(served(new Since.Time(14), -1)).startsWith("1-a:13 M14 L15 ");
    assertThat(served(new Since.Time(999), -1)).isEqualTo("1-a:20 ");
    assertThat(served(new Since.Time(11), -1)).startsWith("1-a:10 L11 ");
  }

  @Test
  void time_beforeWhatIsGone_saysThatLinesAreMissing() {
    assertThat(served(new Since.Time(5), -1)).startsWith("1-a:10 G10-10/-1EVICTED L11 ");
  }

  /** 11 to 13 and 14 of the first term, 15 to 17 of the second, 18 to 20 of the third. */
  private final BlockRing terms =
      new BlockRing(
          Entries.LINEAGE,
          10,
          new RingLimits(10, 1 << 20, Duration.ofMinutes(1)),
          Entries.budget());

  private String servedOverTerms(Since since) {
    if (terms.head() == 10) {
      terms.append(Entries.lines("1-a", 11, 14));
      terms.lineage(Entries.LINEAGE.then(new Term(2, "b", 14)));
      terms.append(Entries.lines("2-b", 15, 17));
      terms.lineage(terms.lineage().then(new Term(3, "c", 17)));
      terms.append(Entries.lines("3-c", 18, 20));
    }
    var request = new ViewRequest(Entries.APP, Entries.FORMAT, since, -1, false);
    return served(new Need(request, terms.head()), terms);
  }

  @Test
  void after_aPositionOfAnOlderTerm_goesOnExactly() {
    assertThat(servedOverTerms(after("1-a", 14))).isEqualTo("1-a:14 L15 L16 L17 L18 L19 L20 ");
    assertThat(servedOverTerms(after("2-b", 16))).isEqualTo("2-b:16 L17 L18 L19 L20 ");
    assertThat(servedOverTerms(after("2-b", 14))).startsWith("1-a:14 L15 ");
    assertThat(servedOverTerms(after("3-c", 20))).isEqualTo("3-c:20 ");
  }

  @Test
  void after_aPositionBeyondItsTerm_goesOnFromWhereTheBranchesParted() {
    assertThat(servedOverTerms(after("1-a", 16)))
        .isEqualTo("1-a:16 G17-14/-1FAILOVER L15 L16 L17 L18 L19 L20 ");
    assertThat(servedOverTerms(after("2-b", 18)))
        .isEqualTo("2-b:18 G19-17/-1FAILOVER L18 L19 L20 ");
  }

  @Test
  void after_whereTheBranchesPartedIsGone_getsEverything() {
    assertThat(servedOverTerms(after("1-a", 16))).isNotEmpty();
    terms.append(Entries.lines("3-c", 21, 26));
    assertThat(servedOverTerms(after("1-a", 16))).startsWith("1-a:16 G17-16/-1FAILOVER L17 ");
  }

  @Test
  void after_aPositionBeyondTheHead_getsEverything() {
    assertThat(servedOverTerms(after("3-c", 30))).startsWith("3-c:30 G31-10/-1FAILOVER L11 ");
  }

  @Test
  void after_anUnknownEpoch_getsEverything() {
    assertThat(servedOverTerms(after("2-x", 16))).startsWith("2-x:16 G17-10/-1FAILOVER L11 ");
  }

  /** The log that the position is from is known: 2-b went on to 3-d there. */
  @Test
  void after_aPositionOfAKnownBranch_goesOnFromWhereItParted() {
    Lineage known = Entries.LINEAGE.then(new Term(2, "b", 14)).then(new Term(3, "b", 16)).then(D);
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    assertThat(servedFrom(after("4-d", 18), known)).startsWith("4-d:18 G19-16/-1FAILOVER L17 ");
    assertThat(servedFrom(after("3-b", 16), known)).startsWith("2-b:16 L17 ");
  }

  private static final Term D = new Term(4, "d", 18);

  private String servedFrom(Since since, Lineage known) {
    return servedFrom(since, known, -1);
  }

  private String servedFrom(Since since, Lineage known, long after) {
    var request = new ViewRequest(Entries.APP, Entries.FORMAT, since, -1, false);
    return served(new Need(request, terms.head(), known, after), terms);
  }

  /** What the merged log has of the other branch comes before {@code after}; it has been shown. */
  @Test
  void afterAMerge_positionOfTheOtherBranch_goesOnBehindWhatWasShown() {
    Lineage known = Entries.LINEAGE.then(new Term(2, "b", 14)).then(D);
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    assertThat(servedFrom(after("4-d", 19), known, 16)).startsWith("4-d:19 G20-17/");
    assertThat(servedFrom(after("4-d", 19), known, 17))
        .as("the two have it in common")
        .isEqualTo("4-d:19 G20-17/-1FAILOVER L18 L19 L20 ");
    assertThat(servedFrom(after("4-d", 19), known, 18))
        .isEqualTo("4-d:19 G20-18/-1FAILOVER L19 L20 ");
    assertThat(servedFrom(after("4-d", 19), known, 19)).isEqualTo("4-d:19 G20-19/-1FAILOVER L20 ");
  }

  @Test
  void afterAMerge_nothingNewYet_goesOnBehindTheHead() {
    Lineage known = Entries.LINEAGE.then(new Term(2, "b", 14)).then(D);
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    for (long after : new long[] {20, 21, Long.MAX_VALUE - 1}) {
      assertThat(servedFrom(after("4-d", 19), known, after)).isEqualTo("4-d:19 G20-20/-1FAILOVER ");
    }
  }

  /** It has been shown nothing of the other branch, so there is nothing to pass over. */
  @Test
  void afterAMerge_positionThatTheLogHolds_goesOnExactly() {
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    for (long after : new long[] {0, 16, 18, 20, 99}) {
      assertThat(servedFrom(after("2-b", 16), terms.lineage(), after))
          .isEqualTo("2-b:16 L17 L18 L19 L20 ");
    }
  }

  @Test
  void afterAMerge_whatWasShownIsGone_beginsWithTheOldest() {
    Lineage known = Entries.LINEAGE.then(new Term(2, "b", 14)).then(D);
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    terms.append(Entries.lines("3-c", 21, 29));
    assertThat(servedFrom(after("4-d", 19), known, 18)).startsWith("4-d:19 G20-19/-1FAILOVER L20 ");
    assertThat(servedFrom(after("4-d", 19), known, 20)).startsWith("4-d:19 G20-20/-1FAILOVER L21 ");
  }

  @Test
  void afterAMerge_positionOfNoKnownBranch_goesOnBehindWhatWasShown() {
    assertThat(servedOverTerms(new Since.Earliest())).isNotEmpty();
    assertThat(servedFrom(after("9-z", 3), Lineage.NONE, 18))
        .isEqualTo("9-z:3 G4-18/-1FAILOVER L19 L20 ");
    assertThat(servedFrom(after("9-z", 3), Lineage.NONE, 10))
        .startsWith("9-z:3 G4-10/-1FAILOVER L11");
    assertThat(servedFrom(after("9-z", 3), Lineage.NONE, 0))
        .startsWith("9-z:3 G4-10/-1FAILOVER L11");
  }

  /** Else whoever has read further than the others would be told of it with them once more. */
  @Test
  void gap_goesNoFurtherThanTheLimit() {
    var cursor = new Cursor("1-a", 3);
    var pull = new Pull(new Meters());
    pull.read(Entries.APP, ring, Entries.FORMAT, cursor, 5, 1 << 20, null, false);
    assertThat(text(pull, Entries.FORMAT)).isEqualTo("G3-5/3SLOW ");
    assertThat(cursor.next).isEqualTo(6);
    pull.read(Entries.APP, ring, Entries.FORMAT, cursor, 12, 1 << 20, null, false);
    assertThat(text(pull, Entries.FORMAT)).isEqualTo("G6-10/5SLOW P7-7/7UPSTREAM L11 L12 ");
  }

  private static Since after(long seq) {
    return after(Entries.EPOCH, seq);
  }

  private static Since after(String epoch, long seq) {
    return new Since.After(new Position(epoch, seq));
  }
}
