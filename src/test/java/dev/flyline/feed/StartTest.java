package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Position;
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
    var request = new Viewer.Request(Entries.APP, format, since, tail, false);
    var start = new Start(new Need(request, live), ring, ring.head());
    var pull = new Pull(new Meters());
    start.tellGap(pull);
    String gap = text(pull, format);
    pull.read(Entries.APP, ring, format, start.cursor(), ring.head(), 1 << 20, true);
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
    assertThat(served(after(21), -1)).startsWith("1-a:21 G22-20/-1FAILOVER ");
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

  private static Since after(long seq) {
    return new Since.After(new Position(Entries.EPOCH, seq));
  }
}
