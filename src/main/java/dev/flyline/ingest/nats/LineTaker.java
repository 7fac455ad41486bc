package dev.flyline.ingest.nats;

import dev.flyline.log.Entry;
import java.util.function.Consumer;

/** Gets what NATS brings of one app, on the thread that brings it. */
@FunctionalInterface
interface LineTaker extends Consumer<Entry> {

  /**
   * Whether a line that came now would be lost; if so, it is counted. So the lines of a flood cost
   * no memory and next to no time on the thread that all other apps' lines come on.
   */
  default boolean overflows() {
    return false;
  }
}
