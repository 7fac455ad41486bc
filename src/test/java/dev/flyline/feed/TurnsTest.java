package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** In which order the tasks of several apps have their turns. */
@Timeout(20)
final class TurnsTest {

  private final Queue<Runnable> loop = new ArrayDeque<>();
  private final List<String> done = new ArrayList<>();
  private final Turns turns = new Turns(loop::add);

  private void add(String app, String task) {
    turns.add(new AppName(app), () -> done.add(task));
  }

  private void runAll() {
    for (Runnable task = loop.poll(); task != null; task = loop.poll()) {
      try {
        task.run();
      } catch (IllegalStateException _) {
        done.add("fault");
      }
    }
  }

  @Test
  void manyTasksOfOneApp_takeTurnsWithOneOfAnother() {
    for (int i = 1; i <= 200; i++) {
      add("flood", "flood " + i);
    }
    add("quiet", "quiet 1");
    runAll();
    assertThat(done).startsWith("flood 1", "quiet 1", "flood 2").hasSize(201);
    assertThat(turns.apps()).isZero();
  }

  @Test
  void otherTasksOfTheLoop_waitForOneTurnOfEachApp() {
    add("a", "a1");
    add("b", "b1");
    add("a", "a2");
    add("b", "b2");
    loop.add(() -> done.add("other"));
    runAll();
    assertThat(done).containsExactly("a1", "b1", "other", "a2", "b2");
  }

  @Test
  void taskThatAddsItself_goesBehindTheOthersOfItsApp() {
    turns.add(
        new AppName("a"),
        () -> {
          done.add("a1");
          add("a", "a1 again");
        });
    add("a", "a2");
    runAll();
    assertThat(done).containsExactly("a1", "a2", "a1 again");
  }

  @Test
  void faultInOneTask_keepsNothingFromTheNext() {
    turns.add(
        new AppName("a"),
        () -> {
          throw new IllegalStateException("made by a test");
        });
    add("a", "a2");
    runAll();
    assertThat(done).containsExactly("fault", "a2");
  }
}
