package dev.flyline.lane;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;

/**
 * One event loop and what of the router's state belongs to it. An app has one home lane, where its
 * lines are numbered and its feed is kept; its viewers are on every lane that took their
 * connections.
 */
public final class Lane {

  private final int index;
  private final ContextInternal context;

  Lane(int index, ContextInternal context) {
    this.index = index;
    this.context = context;
  }

  /** From 0, in the order of {@link Lanes#all}. */
  public int index() {
    return index;
  }

  /** The event loop itself. */
  public EventLoop loop() {
    return context.nettyEventLoop();
  }

  /** Runs {@code task} in this lane's context: at once if the caller is on its event loop. */
  public void run(Runnable task) {
    if (loop().inEventLoop()) {
      context.dispatch(null, _ -> task.run());
    } else {
      later(task);
    }
  }

  /** Runs {@code task} in this lane's context after what waits already; on any thread. */
  public void later(Runnable task) {
    context.runOnContext(_ -> task.run());
  }

  /** Runs {@code task} in this lane's context in {@code ms} milliseconds. */
  public void in(long ms, Runnable task) {
    context.setTimer(ms, _ -> task.run());
  }

  /**
   * Runs {@code task} in this lane's context every {@code ms} milliseconds until it is cancelled.
   */
  public Periodic every(long ms, Runnable task) {
    long timer = context.setPeriodic(ms, _ -> task.run());
    return () -> context.owner().cancelTimer(timer);
  }

  /** What is done again and again. */
  @FunctionalInterface
  public interface Periodic {

    /** Does it no more. */
    void cancel();
  }
}
