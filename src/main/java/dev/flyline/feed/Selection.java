package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.filter.LineJudge;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;

/**
 * Which lines of a run a filter lets through: each is judged once, and then looked up as often as
 * an encoder likes. Immutable.
 */
public final class Selection {

  /** All lines of any run. */
  public static final Selection ALL = new Selection(1, new long[0]);

  /** This object and an empty array. */
  private static final int OBJECTS = 48;

  private final long firstSeq;
  private final long[] passing; // a bit for each entry; empty for all

  private Selection(long firstSeq, long[] passing) {
    this.firstSeq = firstSeq;
    this.passing = passing;
  }

  /** The lines of {@code batch} that {@code filter} lets through, with nothing known before it. */
  public static Selection of(LogBatch batch, LineFilter filter) {
    return of(batch, filter, LineJudge.NOTHING_BEFORE);
  }

  /** The lines of {@code batch} that {@code filter} lets through. */
  static Selection of(LogBatch batch, LineFilter filter, LineJudge.Earlier earlier) {
    if (filter.isAll()) {
      return ALL;
    }
    var judge = new LineJudge(filter, earlier);
    var passing = new long[(batch.size() + Long.SIZE - 1) / Long.SIZE];
    for (int i = 0; i < batch.size(); i++) {
      if (batch.entries().get(i) instanceof LogLine line && judge.passes(line)) {
        passing[i / Long.SIZE] |= 1L << i; // of which the lowest six bits count
      }
    }
    return new Selection(batch.firstSeq(), passing);
  }

  /** What this holds of the heap. */
  long bytes() {
    return OBJECTS + (long) passing.length * Long.BYTES;
  }

  /** Whether this lets everything through. */
  public boolean isAll() {
    return passing.length == 0;
  }

  /** Whether the line at {@code seq} passes, which the run must span. */
  public boolean passes(long seq) {
    if (isAll()) {
      return true;
    }
    int i = (int) (seq - firstSeq);
    return (passing[i / Long.SIZE] & 1L << i) != 0;
  }
}
