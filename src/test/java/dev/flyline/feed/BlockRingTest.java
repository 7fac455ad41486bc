package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.Recent;
import dev.flyline.filter.LineFilter;
import java.time.Duration;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class BlockRingTest {

  private static RingLimits limits(int lines, long bytes) {
    return new RingLimits(lines, bytes, Duration.ofMinutes(15));
  }

  private static BlockRing ring(int lines, long bytes) {
    return new BlockRing(Entries.LINEAGE, 0, limits(lines, bytes), Entries.budget());
  }

  private static Block block(BlockRing ring, long seq) {
    return Objects.requireNonNull(ring.find(seq));
  }

  @Test
  void empty_beginsAfterItsHead() {
    var ring = new BlockRing(Entries.LINEAGE, 41, Entries.WIDE, Entries.budget());
    assertThat(ring.oldest()).isEqualTo(42);
    assertThat(ring.head()).isEqualTo(41);
    assertThat(ring.find(42)).isNull();
  }

  @Test
  void append_refusesWhatDoesNotFollow() {
    var ring = ring(100, 1 << 20);
    ring.append(Entries.lines(1, 3));
    assertThatThrownBy(() -> ring.append(Entries.lines(5, 6)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void lineBound_isExactWithinABlock() {
    var ring = ring(10, 1 << 20);
    ring.append(Entries.lines(1, 8));
    ring.append(Entries.lines(9, 15));
    assertThat(ring.oldest()).isEqualTo(6);
    LogBatch first = Objects.requireNonNull(ring.batch(6));
    assertThat(first.firstSeq()).isEqualTo(6);
    assertThat(first.lastSeq()).isEqualTo(8);
    ring.append(Entries.lines(16, 20));
    assertThat(ring.oldest()).isEqualTo(11);
    assertThat(ring.find(9)).isNotNull(); // its block is still held for line 11
    assertThat(ring.find(8)).isNull();
  }

  @Test
  void byteBound_keepsTheNewestBlockWhateverItsSize() {
    var ring = ring(10_000, 1_000);
    ring.append(Entries.lines(1, 500));
    assertThat(ring.oldest()).isEqualTo(1);
    ring.append(Entries.lines(501, 501));
    assertThat(ring.oldest()).isEqualTo(501);
  }

  @Test
  void encodings_areForgottenBeforeLines() {
    var ring = ring(10_000, 10_000);
    for (int seq = 1; seq <= 40; seq++) {
      ring.append(Entries.lines(seq, seq));
      for (int format = 0; format < 8; format++) { // many formats: more bytes than the lines have
        ring.encoded(block(ring, seq), new Format(Entries.ENCODER, filter(format)), true);
      }
    }
    ring.append(Entries.lines(41, 41));
    assertThat(ring.oldest()).isEqualTo(1);
    assertThat(ring.bytes()).isLessThanOrEqualTo(2 * 10_000 + 8 * 100);
  }

  private static LineFilter filter(int i) {
    return new LineFilter(Set.of("r" + i), Set.of());
  }

  @Test
  void encoded_isMadeOnceForEqualFormats() {
    var ring = ring(100, 1 << 20);
    ring.append(Entries.lines(1, 3));
    Block block = block(ring, 2);
    byte[] first = ring.encoded(block, new Format(Entries.ENCODER, filter(1)), true);
    assertThat(ring.encoded(block, new Format(Entries.ENCODER, filter(1)), true)).isSameAs(first);
  }

  @Test
  void expire_letsGoOfWhatIsOld() {
    var ring = ring(100, 1 << 20);
    ring.append(Entries.lines(1, 3));
    ring.append(Entries.lines(4, 6));
    ring.expire(4);
    assertThat(ring.oldest()).isEqualTo(4);
    assertThat(ring.edge().lostMs()).isEqualTo(3);
    ring.expire(100);
    assertThat(ring.oldest()).isEqualTo(7);
    assertThat(ring.head()).isEqualTo(6);
  }

  @Test
  void marks_areRememberedWhenTheyAreGone() {
    var ring = ring(3, 1 << 20);
    ring.append(Entries.lines(1, 1));
    ring.append(Entries.mark(2));
    ring.append(Entries.lines(3, 6));
    assertThat(ring.edge().lostMarks()).extracting(Recent.Placed::seq).containsExactly(2L);
  }

  @Test
  void budget_isGivenBackByEviction() {
    var budget = new RingBudget(Long.MAX_VALUE);
    var ring = new BlockRing(Entries.LINEAGE, 0, limits(100, 1 << 20), budget);
    for (int i = 0; i < 50; i++) {
      ring.append(Entries.lines(i * 10 + 1, i * 10 + 10));
      ring.encoded(block(ring, i * 10 + 1), Entries.FORMAT, true);
    }
    assertThat(budget.used()).isEqualTo(ring.bytes()).isPositive();
    ring.clear();
    assertThat(budget.used()).isZero();
  }

  @Test
  void budget_exceeded_boundsEveryRing() {
    var budget = new RingBudget(20_000);
    var first = new BlockRing(Entries.LINEAGE, 0, Entries.WIDE, budget);
    var second = new BlockRing(Entries.LINEAGE, 0, Entries.WIDE, budget);
    for (int i = 0; i < 200; i++) {
      first.append(Entries.lines(i * 10 + 1, i * 10 + 10));
      second.append(Entries.lines(i * 10 + 1, i * 10 + 10));
    }
    assertThat(budget.used()).isLessThan(20_000 + 2 * Entries.lines(1, 10).bytes());
  }

  /** A reader on another thread gets the block that it asked for, or learns that it is gone. */
  @Test
  void find_whileAnotherThreadAppends() throws Exception {
    var ring = ring(500, 1 << 20);
    var stop = new AtomicBoolean();
    var readers = new CompletableFuture<Void>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    readUntil(stop, ring);
                    readers.complete(null);
                  } catch (Throwable e) {
                    readers.completeExceptionally(e);
                  }
                });
    var random = new Random(7);
    for (long next = 1; next < 400_000; ) {
      long last = next + random.nextInt(5);
      ring.append(Entries.lines(next, last));
      next = last + 1;
    }
    stop.set(true);
    readers.get(10, TimeUnit.SECONDS);
    reader.join();
  }

  private static void readUntil(AtomicBoolean stop, BlockRing ring) {
    var random = new Random(8);
    long found = 0;
    while (!stop.get() || found == 0) {
      long oldest = ring.oldest();
      long head = ring.head();
      if (head < oldest) {
        continue;
      }
      long seq = oldest + random.nextLong(head - oldest + 1);
      Block block = ring.find(seq);
      if (block == null) {
        assertThat(ring.oldest() > seq || ring.find(seq) != null || ring.oldest() > seq).isTrue();
      } else {
        LogBatch batch = block.batch();
        assertThat(seq).isBetween(batch.firstSeq(), batch.lastSeq());
        assertThat(batch.entry(seq).arrivedMs()).isEqualTo(seq);
        found++;
      }
    }
  }
}
