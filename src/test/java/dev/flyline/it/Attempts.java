package dev.flyline.it;

import java.time.Duration;

/**
 * Attempts at what only a machine that is quick enough can show. One for which the machine was too
 * slow shows neither that the router is right nor that it is wrong, and is made again.
 */
public final class Attempts {

  private static final int MOST = 10;

  private Attempts() {}

  /** One attempt. */
  @FunctionalInterface
  public interface Attempt {

    /** Fails if the router is wrong, or if the machine did not keep {@code pace}. */
    void run(Pace pace) throws Exception;
  }

  /** How quick the machine must be for an attempt to show anything. */
  public static final class Pace {

    private boolean kept = true;
    private long endNs = Long.MAX_VALUE;

    private Pace() {}

    /** From now on until the next call, or the end, no more than {@code most} may go by. */
    public void within(Duration most) {
      anyTime();
      endNs = System.nanoTime() + most.toNanos();
    }

    /** From now on until the next call it does not matter how long things take. */
    public void anyTime() {
      kept &= endNs == Long.MAX_VALUE || System.nanoTime() - endNs < 0;
      endNs = Long.MAX_VALUE;
    }

    private boolean wasKept() {
      anyTime();
      return kept;
    }
  }

  /** Makes {@code attempt} until the machine was quick enough for it. */
  public static void untilTelling(Attempt attempt) throws Exception {
    for (int i = 0; i < MOST; i++) {
      var pace = new Pace();
      try {
        attempt.run(pace);
        if (pace.wasKept()) {
          return;
        }
      } catch (Exception | AssertionError e) {
        if (pace.wasKept()) {
          throw e;
        }
      }
    }
    throw new AssertionError("the machine was too slow for each of " + MOST + " attempts");
  }
}
