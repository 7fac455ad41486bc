package dev.flyline.feed;

import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
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
    long oldest, String epoch, long lostMs, List<PlacedMark> lostMarks, boolean complete) {

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

  /** The edge when everything up to {@code last} is gone, {@code known} marks among it. */
  Edge skipped(long last, String lastEpoch, List<PlacedMark> known) {
    List<PlacedMark> marks = lostMarks;
    for (PlacedMark placed : known) {
      if (placed.seq() >= oldest && placed.seq() <= last) {
        marks = with(marks, placed);
      }
    }
    return new Edge(last + 1, lastEpoch, Long.MAX_VALUE, marks, true); // maybe a moment ago
  }

  private static List<PlacedMark> with(List<PlacedMark> marks, PlacedMark placed) {
    var more = new ArrayList<>(marks);
    more.add(placed);
    return List.copyOf(more.subList(Math.max(0, more.size() - LOST_MARKS), more.size()));
  }

  private List<PlacedMark> marks(LogBatch batch, long from, long to) {
    List<PlacedMark> marks = lostMarks;
    for (long seq = from; seq <= to; seq++) {
      if (batch.entry(seq) instanceof Mark mark) {
        marks = with(marks, new PlacedMark(batch.epoch(), seq, mark));
      }
    }
    return marks;
  }
}
