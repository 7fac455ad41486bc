package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A filter by which the blocks of one ring keep their selections. They are told apart by this
 * object, as encodings are by {@link Shared}.
 *
 * <p>Equal to itself alone. Any thread reads it; {@link JudgedFilters} alone writes.
 */
final class JudgedFilter {

  /** This object, its entry in a map, and the filter's objects. */
  private static final long OBJECTS = 200;

  private final LineFilter filter;

  /** Formats of live viewers that have this filter. */
  final AtomicInteger holders = new AtomicInteger();

  private volatile long used; // the number of its latest use among those of all filters
  private volatile boolean over;

  JudgedFilter(LineFilter filter) {
    this.filter = filter;
  }

  LineFilter filter() {
    return filter;
  }

  long used() {
    return used;
  }

  void used(long number) {
    used = number;
  }

  /** Whether nothing is kept by this filter any more. */
  boolean isOver() {
    return over;
  }

  void end() {
    over = true;
  }

  /** What it holds of the heap beside the selections. */
  long bytes() {
    return OBJECTS + filter.bytes();
  }
}
