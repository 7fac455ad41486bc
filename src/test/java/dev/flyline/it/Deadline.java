package dev.flyline.it;

import java.time.Duration;

/** The moment until which a test waits for something. */
public record Deadline(long atNs) {

  /** How long a test waits for what must come soon, on a machine however busy. */
  public static final Duration SOON = Duration.ofSeconds(60);

  public static Deadline in(Duration wait) {
    return new Deadline(System.nanoTime() + wait.toNanos());
  }

  public static Deadline soon() {
    return in(SOON);
  }

  /** The time left, never negative. */
  public long leftMs() {
    return Math.max(0, (atNs - System.nanoTime()) / 1_000_000);
  }

  public boolean passed() {
    return System.nanoTime() - atNs >= 0;
  }
}
