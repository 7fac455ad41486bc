package dev.flyline.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;

/**
 * Work for all processors that nothing waits for: it takes what tests that run at the same time
 * leave, where the system can be asked for that.
 */
public final class Background {

  private static final String NICE = "5";

  private Background() {}

  /** Does {@code work}, and its parallel streams, on threads of low priority. */
  public static void run(Runnable work) {
    // New threads have the priority of the one that starts them.
    try (var starter = Executors.newSingleThreadExecutor(Thread.ofPlatform().factory())) {
      starter
          .submit(
              () -> {
                beNice();
                try (var pool = new ForkJoinPool(Runtime.getRuntime().availableProcessors())) {
                  pool.submit(work).get();
                }
                return work;
              })
          .get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getMessage(), e);
    }
  }

  private static void beNice() throws InterruptedException {
    try {
      Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      new ProcessBuilder("renice", "-n", NICE, "-p", self.getFileName().toString())
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } catch (IOException _) {
      // no Linux, or no renice: then with the priority of all others
    }
  }
}
