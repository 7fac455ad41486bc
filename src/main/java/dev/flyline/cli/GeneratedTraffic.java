package dev.flyline.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/** Hands out the lines of imagined apps in turn, so many a second, on the thread that runs it. */
final class GeneratedTraffic {

  private static final long PAUSE_MICROS = 2_000;
  private static final long PROGRESS_MICROS = 1_000_000;

  private final List<FlyLines> apps;
  private final int rate;
  private final Consumer<FlyLines.Line> sink;
  private long sent;

  /**
   * Traffic of {@code apps}, all together.
   *
   * @param rate lines a second
   */
  GeneratedTraffic(List<FlyLines> apps, int rate, Consumer<FlyLines.Line> sink) {
    this.apps = List.copyOf(apps);
    this.rate = rate;
    this.sink = sink;
  }

  /**
   * Runs for {@code limit}, or until {@code stop} is counted down, and returns how many lines there
   * were: {@code rate} times {@code limit}, if it was not stopped.
   *
   * @param progress told once a second how many lines there were so far
   */
  long run(Duration limit, CountDownLatch stop, LongConsumer progress) throws InterruptedException {
    long limitMicros = TimeUnit.MICROSECONDS.convert(limit);
    long startNs = System.nanoTime();
    long nextProgress = PROGRESS_MICROS;
    while (true) {
      long elapsed = Math.min((System.nanoTime() - startNs) / 1000, limitMicros);
      long due = elapsed * rate / 1_000_000;
      send(Math.min(due - sent, rate / 10 + 1)); // in parts, so that a stop is seen between
      if (elapsed >= nextProgress) {
        progress.accept(sent);
        nextProgress += PROGRESS_MICROS;
      }
      boolean isBehind = sent < due;
      if (elapsed == limitMicros && !isBehind) {
        return sent;
      }
      if (stop.await(isBehind ? 0 : PAUSE_MICROS, TimeUnit.MICROSECONDS)) {
        return sent;
      }
    }
  }

  private void send(long lines) {
    for (long i = 0; i < lines; i++) {
      sink.accept(apps.get((int) (sent % apps.size())).next(Instant.now()));
      sent++;
    }
  }
}
