package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Position;
import java.util.OptionalLong;

/**
 * What a viewer needs of a ring before it can begin there. Immutable, and judged on any lane.
 *
 * @param live the last seq when the viewer came; what comes after it is no history
 * @param known the terms of the log that the position is from; none if the ring's own are the best
 *     that is known
 * @param after where whoever saw more than the log has goes on at the earliest; -1 for anywhere
 */
record Need(ViewRequest request, long live, Lineage known, long after) {

  /**
   * How much work is done at once to find the last lines that pass a filter: words and fields get
   * through 8 MiB of lines, regular expressions through 1 MiB.
   */
  private static final long TAIL_WORK = 64L << 20;

  Need(ViewRequest request, long live) {
    this(request, live, Lineage.NONE, -1);
  }

  /** Whether this asks for a position that {@code ring} does not hold, or not yet. */
  boolean isForeign(BlockRing ring) {
    return request.since() instanceof Since.After(Position position)
        && shared(position, ring.lineage(), ring.head()) < position.seq();
  }

  /** Whether {@code ring} holds all that is needed, or all that there is. */
  boolean isCovered(BlockRing ring) {
    Edge edge = ring.edge();
    if (edge.complete()) {
      return true;
    }
    return switch (request.since()) {
      case Since.Latest _ ->
          request.tail() >= 0 && tail(ring, edge.oldest(), ring.head()).isPresent();
      case Since.After _ -> from(ring) >= edge.oldest();
      case Since.Time(long ms) -> {
        LogBatch oldest = ring.batch(edge.oldest());
        yield oldest != null && oldest.entries().getFirst().arrivedMs() < ms;
      }
      case Since.Earliest _, Since.Lost _ -> false;
    };
  }

  /** The oldest seq that is needed, of which nobody knows if it is there; 0 if none is known. */
  long from(BlockRing ring) {
    if (!(request.since() instanceof Since.After(Position position))) {
      return 0;
    }
    long shared = shared(position, ring.lineage(), ring.head());
    return 1 + (shared < position.seq() ? Math.max(after, shared) : shared);
  }

  /**
   * The last seq up to {@code position} that its branch and a log have in common as far as is
   * known; the position's own if the log holds it, and -1 if its epoch is unknown, or goes on and
   * never came that far.
   */
  long shared(Position position, Lineage lineage, long head) {
    if (lineage.holds(position, head)) {
      return position.seq();
    }
    Lineage branch = (known.isEmpty() ? lineage : known).upTo(position.epoch());
    long common = branch.isEmpty() ? -1 : lineage.common(branch);
    return common == Long.MAX_VALUE ? -1 : Math.min(Math.min(common, head), position.seq());
  }

  /**
   * The seq at or after {@code from} with which the last lines that were asked for begin; empty if
   * there are fewer.
   */
  OptionalLong tail(BlockRing ring, long from, long head) {
    int wanted = request.tail();
    LineFilter filter = request.format().filter();
    JudgedFilter judged = wanted > 0 ? ring.encodings().filters().enter(filter) : null;
    long work = 0;
    long next = Math.max(from, Math.min(live, head) + 1);
    while (wanted > 0 && next > from) {
      Block block = ring.find(next - 1);
      if (block == null) {
        break; // evicted meanwhile; all that is left has been counted
      }
      LogBatch batch = block.batch();
      work += block.bytes() * filter.weight();
      if (work > TAIL_WORK && filter.weight() > 1) {
        return OptionalLong.of(next); // as far as one client may keep all others waiting
      }
      Selection selection = ring.encodings().selected(block, filter, judged);
      while (wanted > 0 && next > Math.max(from, batch.firstSeq())) {
        next--;
        if (batch.entry(next) instanceof LogLine && selection.passes(next)) {
          wanted--;
        }
      }
    }
    return wanted > 0 ? OptionalLong.empty() : OptionalLong.of(next);
  }
}
