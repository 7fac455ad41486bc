package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.log.LogBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** RingSlices of a ring, for other routers and for rings that take its place. */
final class RingSlices {

  private RingSlices() {}

  /** The entries from {@code from} on, at most {@code maxBytes} but for a single batch. */
  static List<LogBatch> from(BlockRing ring, long from, int maxBytes) {
    List<LogBatch> batches = new ArrayList<>();
    long bytes = 0;
    for (long seq = from; seq <= ring.head() && bytes < maxBytes; ) {
      LogBatch batch = ring.batch(seq);
      if (batch == null) {
        break;
      }
      batches.add(batch);
      bytes += batch.bytes();
      seq = batch.lastSeq() + 1;
    }
    return batches;
  }

  /**
   * The entries that end before {@code before}, at most {@code maxBytes} but for a single batch,
   * and none of a batch that ends before {@code from}.
   */
  static List<LogBatch> before(BlockRing ring, long before, long from, int maxBytes) {
    List<LogBatch> batches = new ArrayList<>();
    long bytes = 0;
    for (long seq = before - 1; seq >= Math.max(from, ring.oldest()) && bytes < maxBytes; ) {
      LogBatch batch = whole(ring, seq);
      if (batch == null) {
        break;
      }
      batches.addFirst(batch);
      bytes += batch.bytes();
      seq = batch.firstSeq() - 1;
    }
    return batches;
  }

  /** The part of the block of {@code last} that ends there. */
  private static @Nullable LogBatch whole(BlockRing ring, long last) {
    long first = ring.blockStart(last);
    LogBatch batch = first < 1 ? null : ring.batch(first);
    return batch == null ? null : batch.slice(first, last);
  }

  /** What {@code ring} holds up to {@code last}, in a new ring. */
  static BlockRing copy(BlockRing ring, long last, Supplier<BlockRing> unfilled) {
    BlockRing copy = unfilled.get();
    var edge = ring.edge();
    if (edge.complete() && last >= edge.oldest() - 1) {
      copy.completed(edge.epoch(), edge.lostMs(), edge.lostMarks());
    }
    for (LogBatch batch : from(ring, edge.oldest(), Integer.MAX_VALUE)) {
      if (batch.firstSeq() <= last) {
        copy.append(batch.slice(batch.firstSeq(), Math.min(last, batch.lastSeq())));
      }
    }
    return copy;
  }
}
