package dev.flyline.lane;

import io.netty.channel.EventLoop;
import io.vertx.core.internal.ContextInternal;

/**
 * One event loop and what of the router's state belongs to it. An app has one home lane, where its
 * lines are numbered and its feed is kept; its viewers are on every lane that took their
 * connections.
 *
 * @param index from 0, in the order of {@link Lanes#all}
 * @param context runs handlers on the lane's event loop
 */
public record Lane(int index, ContextInternal context) {

  /** The event loop itself. */
  public EventLoop loop() {
    return context.nettyEventLoop();
  }

  /** Runs {@code task} in this lane's context: at once if the caller is on its event loop. */
  public void run(Runnable task) {
    if (loop().inEventLoop()) {
      context.dispatch(null, _ -> task.run());
    } else {
      context.runOnContext(_ -> task.run());
    }
  }

  /** Runs {@code task} in this lane's context after what waits already; on any thread. */
  public void later(Runnable task) {
    context.runOnContext(_ -> task.run());
  }
}
