package dev.flyline.it;

import java.time.Duration;

/** The moment until which a test waits for something. */
record Deadline(long atNs) {

  /** How long a test waits for what must come soon. */
  static final Duration SOON = Duration.ofSeconds(15);

  static Deadline in(Duration wait) {
    return new Deadline(System.nanoTime() + wait.toNanos());
  }

  static Deadline soon() {
    return in(SOON);
  }

  /** The time left, never negative. */
  long leftMs() {
    return Math.max(0, (atNs - System.nanoTime()) / 1_000_000);
  }

  boolean passed() {
    return System.nanoTime() - atNs >= 0;
  }
}
