package dev.flyline.benchmarks;

import java.util.concurrent.locks.LockSupport;

/**
 * Has a load's viewers leave and come back in turn, so many a second, from a thread of its own. One
 * that is still on its way back when its turn comes is passed over, and so not counted.
 */
final class Churn implements AutoCloseable {

  private static final long TICK_NS = 2_000_000;

  private final Viewers viewers;
  private final int seats;
  private final int perSecond;
  private final Thread thread;
  private volatile boolean stopped;
  private volatile long reconnects;

  private Churn(Viewers viewers, int seats, int perSecond) {
    this.viewers = viewers;
    this.seats = seats;
    this.perSecond = perSecond;
    thread = Thread.ofPlatform().daemon().name("churn").unstarted(this::run);
  }

  static Churn start(Viewers viewers, int seats, int perSecond) {
    var churn = new Churn(viewers, seats, perSecond);
    churn.thread.start();
    return churn;
  }

  private void run() {
    long startNs = System.nanoTime();
    long turn = 0;
    long done = 0;
    while (!stopped) {
      long due = (long) ((System.nanoTime() - startNs) / 1e9 * perSecond);
      while (turn < due) {
        done += viewers.reconnect((int) (turn++ % seats)) ? 1 : 0;
      }
      reconnects = done;
      LockSupport.parkNanos(TICK_NS);
    }
  }

  long reconnects() {
    return reconnects;
  }

  /** No viewer leaves any more once this returns. */
  void stop() throws InterruptedException {
    stopped = true;
    thread.join();
  }

  @Override
  public void close() {
    stopped = true;
  }
}
