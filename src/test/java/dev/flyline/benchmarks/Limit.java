package dev.flyline.benchmarks;

import java.time.Duration;
import java.util.Locale;

/** The time after which a benchmark that hangs is ended. */
final class Limit {

  private Limit() {}

  /** On a machine that is busy with other things everything takes longer. */
  private static final int PATIENCE = 3;

  /** Ends the program, and by its hook the servers, long after it should have ended by itself. */
  static void endAfter(int expectedSeconds) {
    endAfter(PATIENCE, expectedSeconds + Target.START_SECONDS);
  }

  /** Ends the program, and by its hook the servers, once the runs have had their time. */
  static void endAfter(int runs, int secondsOfRun) {
    var limit = Duration.ofSeconds((long) runs * secondsOfRun);
    Thread.ofPlatform()
        .daemon()
        .name("limit")
        .start(
            () -> {
              try {
                Thread.sleep(limit);
                System.err.printf(Locale.ROOT, "not done after %d s: ended%n", limit.toSeconds());
                System.exit(3);
              } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
              }
            });
  }
}
