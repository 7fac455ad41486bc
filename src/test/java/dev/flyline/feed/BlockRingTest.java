package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
import dev.flyline.log.Term;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
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

  /** The bytes at {@code seq} in a format that live viewers read. */
  private static byte[] keep(BlockRing ring, long seq, Format format) {
    Shared known = ring.encodings().live(format);
    Shared shared = known != null ? known : ring.encodings().join(format);
    return ring.encoded(block(ring, seq), format, shared, true);
  }

  private static void leave(BlockRing ring, Format format) {
    ring.encodings().leave(Objects.requireNonNull(ring.encodings().live(format)));
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
        keep(ring, seq, new Format(Entries.ENCODER, filter(format)));
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
    byte[] first = keep(ring, 2, new Format(Entries.ENCODER, filter(1)));
    assertThat(keep(ring, 2, new Format(Entries.ENCODER, filter(1)))).isSameAs(first);
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
    assertThat(ring.edge().lostMarks()).extracting(PlacedMark::seq).containsExactly(2L);
  }

  @Test
  void budget_isGivenBackByEviction() {
    var budget = new RingBudget(Long.MAX_VALUE);
    var ring = new BlockRing(Entries.LINEAGE, 0, limits(100, 1 << 20), budget);
    for (int i = 0; i < 50; i++) {
      ring.append(Entries.lines(i * 10 + 1, i * 10 + 10));
      keep(ring, i * 10 + 1, Entries.FORMAT);
    }
    assertThat(budget.used()).isEqualTo(ring.bytes()).isPositive();
    ring.clear();
    leave(ring, Entries.FORMAT);
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

  private static BlockRing unfilled(long head, int lines, long bytes) {
    return BlockRing.unfilled(Entries.LINEAGE, head, limits(lines, bytes), Entries.budget());
  }

  @Test
  void prepend_growsBackwardsUntilThereIsNothingOlder() {
    var ring = unfilled(20, 100, 1 << 20);
    ring.append(Entries.lines(21, 25));
    assertThat(ring.complete()).isFalse();
    for (long first = 16; first > 0; first -= 5) { // more blocks than the first array has slots
      assertThat(ring.prepend(Entries.lines(first, first + 4))).isTrue();
      assertThat(ring.oldest()).isEqualTo(first);
      ring.append(Entries.lines(ring.head() + 1, ring.head() + 3));
      for (long seq = first; seq <= ring.head(); seq++) {
        assertThat(block(ring, seq).batch().entry(seq).arrivedMs()).isEqualTo(seq);
      }
    }
    assertThat(ring.find(0)).isNull();
    ring.completed(Entries.EPOCH, 0, List.of());
    assertThat(ring.complete()).isTrue();
    assertThat(ring.oldest()).isEqualTo(1);
  }

  @Test
  void prepend_refusesWhatDoesNotPrecede() {
    var ring = unfilled(20, 100, 1 << 20);
    assertThatThrownBy(() -> ring.prepend(Entries.lines(10, 19)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> ring.prepend(Entries.lines(15, 21)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void prepend_withoutRoomForTheLines_completesTheRing() {
    var ring = unfilled(20, 10, 1 << 20);
    ring.append(Entries.lines(21, 25));
    assertThat(ring.prepend(Entries.lines(16, 20))).isTrue();
    assertThat(ring.prepend(Entries.mark(15))).isFalse();
    assertThat(ring.complete()).isTrue();
    assertThat(ring.oldest()).isEqualTo(16);
    assertThat(ring.edge().lostMs()).isEqualTo(15);
    assertThat(ring.edge().lostMarks()).extracting(PlacedMark::seq).containsExactly(15L);
  }

  @Test
  void prepend_withoutRoomForTheBytes_completesTheRing() {
    var ring = unfilled(100, 10_000, 2 * Entries.lines(1, 10).bytes());
    ring.append(Entries.lines(101, 110));
    assertThat(ring.prepend(Entries.lines(91, 100))).isTrue();
    assertThat(ring.prepend(Entries.lines(90, 90))).isFalse();
    assertThat(ring.complete()).isTrue();
    assertThat(ring.oldest()).isEqualTo(91);
  }

  /** Else it would take what the router has just taken from others. */
  @Test
  void prepend_whenAllRingsAreFull_completesTheRing() {
    var ring =
        BlockRing.unfilled(Entries.LINEAGE, 100, limits(1_000, 1 << 20), new RingBudget(1_000));
    ring.append(Entries.lines(101, 120));
    assertThat(ring.prepend(Entries.lines(91, 100))).isFalse();
    assertThat(ring.complete()).isTrue();
  }

  @Test
  void eviction_completesTheRing() {
    var ring = unfilled(20, 10, 1 << 20);
    ring.append(Entries.lines(21, 31));
    assertThat(ring.complete()).isTrue();
    assertThat(ring.oldest()).isEqualTo(22);
    assertThat(ring.prepend(Entries.lines(16, 20))).as("an answer that comes late").isFalse();
    ring.completed("9-z", 99, List.of());
    assertThat(ring.edge().epoch()).isEqualTo(Entries.EPOCH);
  }

  @Test
  void completed_saysWhatTheOwnerHadLost() {
    var ring = unfilled(20, 10, 1 << 20);
    var mark = new PlacedMark("1-a", 12, (Mark) Entries.mark(12).entry(12));
    ring.completed("1-a", 17, List.of(mark));
    assertThat(ring.edge()).isEqualTo(new Edge(21, "1-a", 17, List.of(mark), true));
  }

  @Test
  void budget_isGivenBackByEvictionOfWhatWasPrepended() {
    var budget = new RingBudget(Long.MAX_VALUE);
    var ring = BlockRing.unfilled(Entries.LINEAGE, 20, limits(100, 4_000), budget);
    ring.append(Entries.lines(21, 25));
    ring.prepend(Entries.lines(16, 20));
    ring.prepend(Entries.lines(11, 15));
    for (long seq = 11; seq <= 25; seq += 5) {
      keep(ring, seq, Entries.FORMAT);
    }
    assertThat(budget.used()).isEqualTo(ring.bytes()).isPositive();
    ring.clear();
    leave(ring, Entries.FORMAT);
    assertThat(budget.used()).isZero();
  }

  @Test
  void encodingsOfWhatWasPrepended_areForgottenFirst() {
    var ring = unfilled(40, 10_000, 10_000);
    for (int seq = 41; seq <= 60; seq++) {
      ring.append(Entries.lines(seq, seq));
      encodeOften(ring, seq);
    }
    for (int seq = 40; seq > 20; seq--) {
      ring.prepend(Entries.lines(seq, seq));
      encodeOften(ring, seq);
    }
    ring.append(Entries.lines(61, 61));
    assertThat(ring.oldest()).isEqualTo(21);
    assertThat(ring.bytes()).isLessThanOrEqualTo(2 * 10_000 + 8 * 100);
    assertThat(block(ring, 21).dropEncodings()).isZero();
  }

  private static void encodeOften(BlockRing ring, long seq) {
    for (int format = 0; format < 8; format++) {
      keep(ring, seq, new Format(Entries.ENCODER, filter(format)));
    }
  }

  @Test
  void skipTo_goesOnBehindTheHole() {
    var ring = unfilled(0, 100, 1 << 20);
    ring.append(Entries.lines(1, 10));
    ring.lineage(Entries.LINEAGE.then(new Term(2, "b", 15)));
    ring.skipTo(20, List.of());
    assertThat(ring.oldest()).isEqualTo(21);
    assertThat(ring.head()).isEqualTo(20);
    assertThat(ring.epoch()).isEqualTo("2-b");
    assertThat(ring.complete()).isTrue();
    ring.append(Entries.lines("2-b", 21, 22));
    ring.skipTo(7, List.of());
    assertThat(ring.oldest()).as("nothing is missing before the head").isEqualTo(21);
  }

  @Test
  void skipTo_remembersTheMarksThatAreKnownOfTheHole() {
    var ring = unfilled(0, 100, 1 << 20);
    ring.append(Entries.lines(1, 10));
    var mark = new Mark(GapCause.UPSTREAM, 7, 0);
    var before = new PlacedMark("1-a", 9, mark);
    var within = new PlacedMark("1-a", 12, mark);
    ring.skipTo(20, List.of(before, within, new PlacedMark("1-a", 21, mark)));
    assertThat(ring.edge().lostMarks()).containsExactly(within);
  }

  @Test
  void epoch_isTheNewestEntrysOrOfAnEmptyRingTheNewestTerms() {
    Lineage longer = Entries.LINEAGE.then(new Term(2, "b", 10));
    var ring = new BlockRing(Lineage.NONE, 10, Entries.WIDE, Entries.budget());
    assertThat(ring.epoch()).isEqualTo("0");
    ring.lineage(Entries.LINEAGE);
    assertThat(ring.epoch()).isEqualTo("1-a");
    ring.lineage(longer);
    assertThat(ring.epoch()).isEqualTo("2-b");
    ring.append(Entries.lines("2-b", 11, 12));
    ring.lineage(longer.then(new Term(3, "c", 12)));
    assertThat(ring.epoch()).isEqualTo("2-b");
    assertThat(ring.lineage().newest().epoch()).isEqualTo("3-c");
  }

  @Test
  void batch_isWhatIsHeldOfABlock() {
    var ring = ring(7, 1 << 20);
    ring.append(Entries.lines(1, 10));
    assertThat(ring.batch(3)).isNull();
    LogBatch rest = Objects.requireNonNull(ring.batch(4));
    assertThat(rest.firstSeq()).isEqualTo(4);
    assertThat(rest.lastSeq()).isEqualTo(10);
    assertThat(Objects.requireNonNull(ring.batch(9)).firstSeq()).isEqualTo(9);
    assertThat(ring.batch(11)).isNull();
  }

  /** A reader on another thread gets the block that it asked for, or learns that it is gone. */
  @Test
  void find_whileAnotherThreadAppends() throws Exception {
    var ring = ring(500, 1 << 20);
    whileOthersRead(
        () -> ring,
        () -> {
          var random = new Random(7);
          for (long next = 1; next < 400_000; ) {
            next = append(ring, next, random);
          }
        });
  }

  /** As above, with rings that grow at both ends until they are full, one after the other. */
  @Test
  void find_whileAnotherThreadAppendsAndPrepends() throws Exception {
    var current = new AtomicReference<>(unfilled(5_000, 2_000, 1 << 20));
    whileOthersRead(
        current::get,
        () -> {
          var random = new Random(9);
          for (int i = 0; i < 150; i++) {
            BlockRing ring = unfilled(5_000, 500 + random.nextInt(2_000), 1 << 20);
            current.set(ring);
            fill(ring, random);
            assertThat(ring.complete()).isTrue();
          }
        });
  }

  private static void fill(BlockRing ring, Random random) {
    while (!ring.complete() || ring.head() < 9_000) {
      if (ring.complete() || random.nextBoolean()) {
        append(ring, ring.head() + 1, random);
      } else {
        long last = ring.oldest() - 1;
        ring.prepend(Entries.lines(Math.max(1, last - random.nextInt(20)), last));
      }
    }
  }

  private static long append(BlockRing ring, long next, Random random) {
    long last = next + random.nextInt(5);
    ring.append(Entries.lines(next, last));
    return last + 1;
  }

  private static void whileOthersRead(Supplier<BlockRing> rings, Runnable write) throws Exception {
    var stop = new AtomicBoolean();
    var readers = new CompletableFuture<Void>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    readUntil(stop, rings);
                    readers.complete(null);
                  } catch (Throwable e) {
                    readers.completeExceptionally(e);
                  }
                });
    write.run();
    stop.set(true);
    readers.get(10, TimeUnit.SECONDS);
    reader.join();
  }

  private static void readUntil(AtomicBoolean stop, Supplier<BlockRing> rings) {
    var random = new Random(8);
    long found = 0;
    while (!stop.get() || found == 0) {
      BlockRing ring = rings.get();
      Edge edge = ring.edge();
      long head = ring.head();
      if (head < edge.oldest()) {
        continue;
      }
      boolean atEdge = random.nextInt(4) == 0; // what has just come, or is just going
      long seq = atEdge ? edge.oldest() : random.nextLong(edge.oldest(), head + 1);
      Block block = ring.find(seq);
      if (block == null) { // only eviction can have taken it
        assertThat(ring.oldest()).isGreaterThan(seq);
      } else {
        LogBatch batch = block.batch();
        assertThat(seq).isBetween(batch.firstSeq(), batch.lastSeq());
        assertThat(batch.entry(seq).arrivedMs()).isEqualTo(seq);
        found++;
      }
    }
  }
}
