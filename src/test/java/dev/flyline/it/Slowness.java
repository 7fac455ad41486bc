package dev.flyline.it;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The control of bounds in milliseconds: how much longer a piece of work takes here, with all that
 * runs beside it, than on a machine of its own. A thread that has nothing to do with routers comes
 * at fixed moments, works for a while, and compares the time until it has done so with the
 * processor time that it got.
 */
public final class Slowness implements AutoCloseable {

  private static final long PERIOD_NS = Duration.ofMillis(100).toNanos();

  /** Longer than the slice that a scheduler gives to whoever has just woken. */
  private static final long WORK_NS = Duration.ofMillis(8).toNanos();

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** However slow the machine is, a test's bound is stretched to no more than twice itself. */
  private static final double MOST = 2;

  private final Thread thread = Thread.ofPlatform().daemon().name("control").unstarted(this::run);
  private volatile boolean closed;
  private volatile long longestDelayNs; // its own thread writes
  private final AtomicReference<Measured> measured = new AtomicReference<>(Measured.NOTHING);

  private record Measured(long wallNs, long workNs) {
    static final Measured NOTHING = new Measured(0, 0);

    Measured plus(long moreWallNs, long moreWorkNs) {
      return new Measured(wallNs + moreWallNs, workNs + moreWorkNs);
    }
  }

  private Slowness() {}

  /** Begins to measure. */
  public static Slowness measure() {
    var slowness = new Slowness();
    slowness.thread.start();
    return slowness;
  }

  private void run() {
    long dueNs = System.nanoTime();
    while (!closed) {
      dueNs += PERIOD_NS;
      while (System.nanoTime() - dueNs < 0) {
        LockSupport.parkNanos(dueNs - System.nanoTime());
      }
      long beganNs = THREADS.getCurrentThreadCpuTime();
      long workNs = 0;
      while (workNs < WORK_NS) {
        workNs = THREADS.getCurrentThreadCpuTime() - beganNs;
      }
      long endNs = System.nanoTime();
      long wallNs = endNs - dueNs;
      long doneNs = workNs;
      measured.updateAndGet(before -> before.plus(wallNs, doneNs));
      longestDelayNs = Math.max(longestDelayNs, wallNs - doneNs);
      dueNs = Math.max(dueNs, endNs - PERIOD_NS); // what has passed is counted once
    }
  }

  /** Forgets what was measured until now. */
  public void begin() {
    measured.set(Measured.NOTHING);
  }

  /** How many times longer work has taken since {@link #begin}; 1 if nothing was in its way. */
  public double factor() {
    Measured now = measured.get();
    return now.workNs == 0 ? 1 : Math.clamp((double) now.wallNs / now.workNs, 1, MOST);
  }

  /** The longest that one small piece of work had to wait for, ever. */
  public long longestDelayMs() {
    return TimeUnit.NANOSECONDS.toMillis(longestDelayNs);
  }

  /** How long what took {@code ms} would have taken on a machine of its own. */
  public long unhindered(long ms) {
    return (long) (ms / factor());
  }

  @Override
  public void close() {
    closed = true;
  }
}
