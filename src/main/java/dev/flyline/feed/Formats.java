package dev.flyline.feed;

import java.util.HashMap;
import java.util.Map;

/**
 * The formats of one lane's viewers, one object for all that are equal and spelled alike: a filter
 * may hold kilobytes, and a thousand viewers of one dashboard ask for the same. Belongs to one
 * event loop.
 */
final class Formats {

  private final Map<Spelled, Use> used = new HashMap<>();

  /** Equal filters may differ in spelling, and a client is told its own. */
  private record Spelled(Format format, String text) {

    static Spelled of(Format format) {
      return new Spelled(format, format.filter().expression().text());
    }
  }

  private record Use(Format format, int viewers) {}

  /** Returns the object that all equal formats share. The viewer calls {@link #giveBack} later. */
  Format take(Format format) {
    return used.merge(
            Spelled.of(format),
            new Use(format, 1),
            (known, _) -> new Use(known.format, known.viewers + 1))
        .format;
  }

  /** Undoes one {@link #take}. */
  void giveBack(Format format) {
    used.computeIfPresent(
        Spelled.of(format),
        (_, known) -> known.viewers == 1 ? null : new Use(known.format, known.viewers - 1));
  }

  /** How many there are. */
  int size() {
    return used.size();
  }
}
