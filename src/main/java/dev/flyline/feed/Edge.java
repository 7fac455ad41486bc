package dev.flyline.feed;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.Recent;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a ring begins, and what is known of what came before. Immutable, so that a reader sees all
 * of it as it was at one moment.
 *
 * @param oldest the seq of the oldest entry that may be read
 * @param epoch the epoch of the entry before
 * @param lostMs when that one arrived; 0 if there is none
 * @param lostMarks marks among what came before, oldest first
 * @param complete whether nothing older will be filled in
 */
public record Edge(
    long oldest, String epoch, long lostMs, List<Recent.Placed> lostMarks, boolean complete) {

  /** How many lost marks are remembered, so that a gap over them can tell of each. */
  private static final int LOST_MARKS = 64;

  /** The edge after everything of {@code batch} up to {@code last} has been let go. */
  Edge without(LogBatch batch, long last) {
    return new Edge(
        last + 1,
        batch.epoch(),
        batch.entry(last).arrivedMs(),
        marks(batch, Math.max(oldest, batch.firstSeq()), last),
        true);
  }

  /** The edge when nothing older is filled in, though {@code batch} comes right before it. */
  Edge closedAfter(LogBatch batch) {
    long last = batch.lastSeq();
    return new Edge(
        oldest,
        batch.epoch(),
        batch.entry(last).arrivedMs(),
        marks(batch, batch.firstSeq(), last),
        true);
  }

  private List<Recent.Placed> marks(LogBatch batch, long from, long to) {
    List<Recent.Placed> marks = lostMarks;
    for (long seq = from; seq <= to; seq++) {
      if (batch.entry(seq) instanceof Mark mark) {
        var more = new ArrayList<>(marks);
        more.add(new Recent.Placed(batch.epoch(), seq, mark));
        marks = List.copyOf(more.subList(Math.max(0, more.size() - LOST_MARKS), more.size()));
      }
    }
    return marks;
  }
}
