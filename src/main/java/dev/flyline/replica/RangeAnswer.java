package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.LogBatch;
import java.util.ArrayList;
import java.util.List;

/** The part of the log that another router has asked for, as far as it is here. */
final class RangeAnswer {

  private final Replica r;
  private final BlockRing ring;

  RangeAnswer(Replica replica, BlockRing ring) {
    this.r = replica;
    this.ring = ring;
  }

  AppMessage.Range to(String from, AppMessage.Fetch m) {
    return m.backwards() ? before(m) : after(from, m.from());
  }

  private AppMessage.Range before(AppMessage.Fetch m) {
    List<LogBatch> batches =
        RingSlices.before(ring, m.before(), m.from(), AppMessage.Fetch.CHUNK_BYTES);
    long first = batches.isEmpty() ? m.before() : batches.getFirst().firstSeq();
    boolean all = ring.complete() && first <= ring.oldest();
    return new AppMessage.Range(
        r.app, r.localLog.epoch(), true, first, batches, false, all ? lost() : null);
  }

  private AppMessage.Lost lost() {
    var edge = ring.edge();
    return new AppMessage.Lost(edge.epoch(), edge.lostMs(), edge.lostMarks());
  }

  /** What is not committed is for those alone who might have to go on from it. */
  private AppMessage.Range after(String from, long first) {
    long begin = Math.max(first, Math.min(ring.oldest(), ring.head() + 1));
    List<LogBatch> batches =
        new ArrayList<>(RingSlices.from(ring, begin, AppMessage.Fetch.CHUNK_BYTES));
    long last = batches.isEmpty() ? begin - 1 : batches.getLast().lastSeq();
    boolean everything = r.owning() == null || r.owning().standbys().has(from);
    long end = everything ? r.localLog.last() : ring.head();
    if (everything && last >= ring.head()) {
      long bytes = batches.stream().mapToLong(LogBatch::bytes).sum();
      for (LogBatch batch : r.localLog.pending()) {
        if (batch.lastSeq() > last && (batches.isEmpty() || bytes < AppMessage.Fetch.CHUNK_BYTES)) {
          bytes += batch.bytes();
          batches.add(batch.slice(Math.max(batch.firstSeq(), last + 1), batch.lastSeq()));
          last = batch.lastSeq();
        }
      }
    }
    AppMessage.Lost lost = begin > first ? lost() : null;
    return new AppMessage.Range(r.app, r.localLog.epoch(), false, begin, batches, last < end, lost);
  }
}
