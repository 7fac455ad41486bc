package dev.flyline.it.cluster;

import dev.flyline.it.Deadline;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another process does, by looking again and again. */
final class Await {

  private static final long LOOK_AGAIN_NS = 50_000_000;

  private Await() {}

  /** Lets a fault last: how long is what a test is about, so there is nothing to look for. */
  static void hold(Duration fault) {
    var deadline = Deadline.in(fault);
    while (!deadline.passed()) {
      LockSupport.parkNanos(LOOK_AGAIN_NS);
    }
  }

  /**
   * Waits until {@code holds}, and returns how many milliseconds that took.
   *
   * @param state what the failure tells if it does not hold in time
   */
  static long until(String what, Duration wait, BooleanSupplier holds, Supplier<String> state) {
    long begin = System.nanoTime();
    var deadline = Deadline.in(wait);
    while (!holds.getAsBoolean()) {
      if (deadline.passed()) {
        throw new AssertionError("not within " + wait + ": " + what + "; " + state.get());
      }
      LockSupport.parkNanos(LOOK_AGAIN_NS);
    }
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
  }
}
