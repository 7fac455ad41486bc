package dev.flyline.benchmarks;

import java.util.stream.IntStream;

/**
 * Which of an app's lines a viewer is to get. The lines come from so many machines in turn, so the
 * number of a line says whose it is.
 *
 * @param sources how many machines there are
 * @param mask a bit for each machine whose lines the viewer gets; at least one
 */
record Pick(int sources, int mask) {

  static final Pick ALL = new Pick(1, 1);

  static Pick of(int sources, IntStream wanted) {
    return new Pick(sources, wanted.map(source -> 1 << source).reduce(0, (a, b) -> a | b));
  }

  boolean has(long seq) {
    return (mask >>> (seq % sources) & 1) == 1;
  }

  /** The number of the viewer's next line from {@code seq} on. */
  long next(long seq) {
    long next = seq;
    while (!has(next)) {
      next++;
    }
    return next;
  }

  /**
   * How many lines of the viewer have numbers from {@code from} up to, not including, {@code to}.
   */
  long count(long from, long to) {
    if (from >= to) {
      return 0;
    }
    long rounds = (to - from) / sources;
    long rest = from + rounds * sources;
    return rounds * Integer.bitCount(mask)
        + IntStream.range(0, (int) (to - rest)).filter(i -> has(rest + i)).count();
  }
}
