package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The load client's count is what all figures rest on, so it is tested beside the router's code.
 */
@Timeout(20)
final class ViewerTest {

  private static final int LINE_BYTES = 300;

  private final LineTemplate template = LineTemplate.framed("shop", 0, LINE_BYTES);
  private final Delays delays = new Delays();
  private final Viewer viewer = new Viewer(0, 0, LINE_BYTES, Pick.ALL);

  @Test
  void line_isAsLongAsAsked() {
    ByteBuffer line = lines(1234567);
    assertThat(line.remaining()).isEqualTo(4 + LINE_BYTES);
    assertThat(US_ASCII.decode(line.position(4)).toString())
        .startsWith("{")
        .endsWith("}")
        .contains("\"message\":\"@@1234567 1000 xx");
  }

  @Test
  void lines_areCountedHoweverTheyAreCut() {
    ByteBuffer all = lines(LongStream.range(0, 40).toArray());
    for (int size = 1; size < 700; size++) {
      var each = new Viewer(0, 0, LINE_BYTES, Pick.ALL);
      receive(each, all.duplicate(), size);
      assertThat(each.lines()).as("read by %s bytes", size).isEqualTo(40);
      assertThat(each.gaps() + each.duplicates() + each.reordered()).isZero();
      assertThat(each.last()).isEqualTo(39);
    }
  }

  @Test
  void firstLine_mayBearAnyNumber() {
    receive(viewer, lines(7, 8), 1_000);
    assertThat(viewer.lines()).isEqualTo(2);
    assertThat(viewer.gaps()).isZero();
  }

  @Test
  void hole_isCountedByItsLines() {
    receive(viewer, lines(0, 1, 5, 6, 9), 1_000);
    assertThat(viewer.lines()).isEqualTo(5);
    assertThat(viewer.gaps()).isEqualTo(3 + 2);
  }

  @Test
  void repetitionAndDisorder_areCountedApart() {
    receive(viewer, lines(0, 1, 1, 2, 0, 3), 1_000);
    assertThat(viewer.duplicates()).isEqualTo(1);
    assertThat(viewer.reordered()).isEqualTo(1);
    assertThat(viewer.gaps()).isZero();
  }

  @Test
  void linesLostInTheMiddleOfALine_areHoles() {
    ByteBuffer all = lines(0, 1, 2, 3);
    ByteBuffer cut = ByteBuffer.allocate(all.capacity());
    cut.put(all.slice(0, 450)).put(all.slice(1_000, all.limit() - 1_000)).flip();
    receive(viewer, cut, 1_000);
    assertThat(viewer.lines() + viewer.gaps()).isEqualTo(viewer.last() + 1);
    assertThat(viewer.gaps()).isPositive();
  }

  @Test
  void otherAtSigns_areNoLines() {
    receive(viewer, ByteBuffer.wrap("@ @@ @@x @@1x @@@2 3 ".getBytes(US_ASCII)), 3);
    assertThat(viewer.lines()).isEqualTo(1);
    assertThat(viewer.last()).isEqualTo(2);
  }

  @Test
  void delay_isSampledFromEverySixteenthLine() {
    receive(viewer, lines(LongStream.range(0, 64).toArray()), 1_000);
    assertThat(delays.quantileNs(0.5)).isEqualTo(5_000 - 1_000);
    assertThat(delays.quantileNs(1)).isEqualTo(delays.maxNs()).isEqualTo(4_000);
  }

  @Test
  void filteredLines_areHolesOnlyWhereOneIsMissing() {
    var picky = new Viewer(0, 0, LINE_BYTES, Pick.of(20, IntStream.of(2, 5)));
    receive(picky, lines(2, 5, 22, 45, 46), 1_000);
    assertThat(picky.gaps()).as("25 and 42").isEqualTo(2);
    assertThat(picky.foreign()).as("46").isEqualTo(1);
    assertThat(picky.missing(65)).as("62").isEqualTo(1);
  }

  @Test
  void quantiles_areWithinTheirBucket() {
    for (int i = 1; i <= 1_000; i++) {
      delays.record(i * 1_000L);
    }
    assertThat(delays.quantileNs(0.5)).isBetween(500_000L, 510_000L);
    assertThat(delays.quantileNs(0.99)).isBetween(990_000L, 1_000_000L);
  }

  private ByteBuffer lines(long... numbers) {
    ByteBuffer out = ByteBuffer.allocate(numbers.length * template.length());
    for (long number : numbers) {
      template.appendTo(out, number, 1_000);
    }
    return out.flip();
  }

  /** Brings {@code bytes} to the viewer in reads of at most {@code size}. */
  private void receive(Viewer to, ByteBuffer bytes, int size) {
    ByteBuffer buffer = ByteBuffer.allocate(Viewer.CARRY + size);
    while (bytes.hasRemaining()) {
      to.prepare(buffer);
      int length = Math.min(size, bytes.remaining());
      buffer.put(bytes.slice(bytes.position(), length));
      bytes.position(bytes.position() + length);
      to.accept(buffer, 5_000, delays);
    }
  }
}
