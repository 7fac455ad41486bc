package dev.flyline.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * SIGTERM or Ctrl-C to this process, which then lives until the command has returned and ends with
 * the command's exit status instead of the signal's.
 */
final class ProcessSignal implements StopSignal {

  /** For the log's own thread to write what it was given last. */
  private static final Duration LAST_WORDS = Duration.ofMillis(100);

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch ended = new CountDownLatch(1);
  private volatile boolean signalled;
  private volatile int status;

  @Override
  public void listen(Duration patience) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(patience), "stop-signal"));
  }

  @Override
  public CountDownLatch asked() {
    return asked;
  }

  /** Ends the process with {@code status}; the last call of {@code main}. */
  void end(int status) {
    this.status = status;
    ended.countDown();
    if (!signalled) { // else the process is on its way out, and exit would never return
      System.exit(status);
    }
  }

  private void onShutdown(Duration patience) {
    signalled = true;
    asked.countDown();
    try {
      if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        new CountDownLatch(1).await(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
        Runtime.getRuntime().halt(status);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }
}
