package dev.flyline.it.cluster;

import java.util.List;
import java.util.function.Predicate;

/**
 * What viewers noticed of a fault.
 *
 * @param stayed how many kept their streams
 * @param moved how many opened another stream
 * @param stayedMs the longest time without a line of one who stayed
 * @param movedMs the longest time without a line of one who moved
 */
record Notice(long stayed, long moved, long stayedMs, long movedMs) {

  static Notice of(List<LoadViewer> viewers) {
    Predicate<LoadViewer> moves = viewer -> viewer.stretch().moves() > 0;
    return new Notice(
        viewers.stream().filter(moves.negate()).count(),
        viewers.stream().filter(moves).count(),
        longest(viewers, moves.negate()),
        longest(viewers, moves));
  }

  private static long longest(List<LoadViewer> viewers, Predicate<LoadViewer> which) {
    return viewers.stream()
        .filter(which)
        .mapToLong(viewer -> viewer.stretch().silenceMs())
        .max()
        .orElse(0);
  }

  @Override
  public String toString() {
    return "longest silence %d ms (%d viewers who stayed), %d ms (%d who moved)"
        .formatted(stayedMs, stayed, movedMs, moved);
  }
}
