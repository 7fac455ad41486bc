package dev.flyline.feed;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A format that live viewers of one ring read, from the first of its cohorts to the last. Only such
 * a format's encodings are kept, and they are told apart by this object: to compare filters for
 * each block would cost more than to encode a quiet app's line.
 *
 * <p>Equal to itself alone. The count of lanes is written within {@link Encodings} alone and read
 * by any thread.
 */
final class Shared {

  /** This object, its entry in a map, and the objects of the format and the filter. */
  private static final long OBJECTS = 200;

  private final Format format;
  private final @Nullable JudgedFilter judged;
  private volatile int lanes;

  /** Whether this format has one of the ring's few places. */
  final AtomicBoolean placed = new AtomicBoolean();

  /** A format by whose filter nothing is kept. */
  Shared(Format format) {
    this(format, null);
  }

  /**
   * A format that live viewers begin to read.
   *
   * @param judged its filter, by which selections are kept; null if they are not
   */
  Shared(Format format, @Nullable JudgedFilter judged) {
    this.format = format;
    this.judged = judged;
  }

  /** The filter as the ring knows it; null if nothing is kept by it. */
  @Nullable JudgedFilter judged() {
    return judged;
  }

  Format format() {
    return format;
  }

  /** On how many lanes it has live viewers. */
  int lanes() {
    return lanes;
  }

  void lanes(int count) {
    lanes = count;
  }

  /** What it holds of the heap beside the encodings. */
  long bytes() {
    return OBJECTS + format.filter().bytes();
  }
}
