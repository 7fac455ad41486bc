package dev.flyline.bus;

import dev.flyline.log.Mark;
import java.util.List;

/**
 * What the owner's ring held of an app at one moment.
 *
 * @param epoch the owner's term
 * @param head the last seq; 0 if there never was a line
 * @param batches in order and without a hole, up to {@code head}; empty if the ring is
 * @param evicted the marks that the ring has let go of, oldest first, as far as they are known
 * @param evictedMs when the last entry arrived that the ring has let go of; 0 if there is none
 */
public record Recent(
    String epoch, long head, List<LogBatch> batches, List<Placed> evicted, long evictedMs) {

  /** Copies the lists. */
  public Recent {
    batches = List.copyOf(batches);
    evicted = List.copyOf(evicted);
  }

  /** A mark and the seq it stands at. */
  public record Placed(String epoch, long seq, Mark mark) {}
}
