package dev.flyline.ingest;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.metrics.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An app that is read from NATS: what has arrived of it, and when it was last taken. */
final class Reading implements Runnable {

  /** A batch ends when it holds so many entries or bytes. */
  private static final int BATCH_ENTRIES = 512;

  private static final int BATCH_BYTES = 64 * 1024;

  private final AppName app;
  private final Arrivals arrivals;
  private final Consumer<Reading> woken;
  private long flushedNs;
  private boolean due;
  private boolean ended;
  private boolean unhurried;

  /** Calls {@code woken}, on any thread, when the event loop should take what waits. */
  Reading(AppName app, IngestConfig config, Consumer<Reading> woken, Meters meters, long nowNs) {
    this.app = app;
    this.woken = woken;
    this.arrivals = new Arrivals(config.queueLines(), config.queueBytes(), this, meters);
    this.flushedNs = nowNs - Long.MAX_VALUE / 2;
  }

  @Override
  public void run() {
    woken.accept(this);
  }

  AppName app() {
    return app;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** What has arrived, at most one batch of it; empty if nothing has. */
  List<Entry> next(long nowMs) {
    Entry first = arrivals.poll(nowMs);
    if (first == null) {
      return List.of();
    }
    Entry next = arrivals.poll(nowMs);
    if (next == null) {
      return List.of(first); // what a quiet app nearly always has
    }
    List<Entry> entries = new ArrayList<>();
    entries.add(first);
    int bytes = first.bytes();
    for (; next != null; next = arrivals.poll(nowMs)) {
      entries.add(next);
      bytes += next.bytes();
      if (entries.size() >= BATCH_ENTRIES || bytes >= BATCH_BYTES) {
        break;
      }
    }
    return entries;
  }

  /** Whether a batch may leave now: the app has been quiet for {@code coalesceNs}. */
  boolean isQuiet(long nowNs, long coalesceNs) {
    return nowNs - flushedNs >= coalesceNs;
  }

  /** Notes that a batch leaves now. */
  void flushed(long nowNs) {
    flushedNs = nowNs;
  }

  /** Whether it is in the list of those to flush at the next tick. */
  boolean isDue() {
    return due;
  }

  void due(boolean isDue) {
    due = isDue;
  }

  /** Whether what arrives may wait until it is asked for. */
  boolean isUnhurried() {
    return unhurried;
  }

  void unhurried(boolean mayWait) {
    unhurried = mayWait;
  }

  /** Whether the app is read no longer; what is still on its way is dropped. */
  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }
}
