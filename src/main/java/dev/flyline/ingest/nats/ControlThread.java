package dev.flyline.ingest.nats;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The one thread that owns the connection to NATS and the list of what is subscribed on it. */
final class ControlThread {

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("flyline-nats").daemon().factory());

  /** Runs {@code task} after those that wait; false if this is closed. */
  boolean run(Runnable task) {
    return later(task, 0);
  }

  /** Runs {@code task} in {@code ms}; false if this is closed. */
  boolean later(Runnable task, long ms) {
    try {
      var _ = thread.schedule(task, ms, TimeUnit.MILLISECONDS);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs nothing more. */
  void close() {
    thread.shutdownNow();
  }
}
