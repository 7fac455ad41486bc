package dev.flyline.feed;

import dev.flyline.log.AppName;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What is left to do on one event loop for the viewers of busy apps, in turns: of each app one task
 * at a time waits for the loop, behind those of all others. So an app has the same share of the
 * loop whether one of its viewers reads or two hundred do.
 *
 * <p>Each viewer and each audience has at most one task here. Belongs to that event loop.
 */
final class Turns {

  private final Consumer<Runnable> loop;
  private final Map<AppName, Queue<Runnable>> waiting = new HashMap<>();

  /** Gives tasks to {@code loop}, which runs them one after the other. */
  Turns(Consumer<Runnable> loop) {
    this.loop = loop;
  }

  /** Runs {@code task} when all that waits of {@code app} has had its turn. */
  void add(AppName app, Runnable task) {
    Queue<Runnable> others = waiting.get(app);
    if (others == null) {
      others = new ArrayDeque<>(2);
      waiting.put(app, others);
      loop.accept(() -> next(app));
    }
    others.add(task);
  }

  /**
   * A fault in a task keeps nothing from those behind it: they wait for the loop before it runs.
   */
  private void next(AppName app) {
    Queue<Runnable> tasks = waiting.getOrDefault(app, new ArrayDeque<>());
    Runnable task = tasks.remove();
    if (tasks.isEmpty()) {
      waiting.remove(app);
    } else {
      loop.accept(() -> next(app));
    }
    task.run();
  }

  /** How many apps have something left to do. */
  int apps() {
    return waiting.size();
  }
}
