package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.metrics.Meters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** An app that is read from NATS: what has arrived of it, and when it was last taken. */
public final class AppQueue implements Runnable {

  /** A batch ends when it holds so many entries or bytes. */
  private static final int BATCH_ENTRIES = 512;

  private static final int BATCH_BYTES = 64 * 1024;

  /** Bytes of the first batch of an app that has been quiet, since that comes before all others. */
  private static final int QUIET_BYTES = 8 * 1024;

  private final AppName app;
  private final Arrivals arrivals;
  private final Consumer<AppQueue> woken;
  private long flushedNs;
  private boolean due;
  private boolean waiting; // for a turn
  private boolean small; // the next batch is
  private int batches; // taken in this tick
  private int batchBytes; // of the last one
  private boolean more; // the last one ended since it was full
  private boolean ended;
  private boolean unhurried;

  /** Calls {@code woken}, on any thread, when the event loop should take what waits. */
  AppQueue(AppName app, IngestConfig config, Consumer<AppQueue> woken, Meters meters, long nowNs) {
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

  public Arrivals arrivals() {
    return arrivals;
  }

  /** What has arrived, at most one batch of it; empty if nothing has. */
  List<Entry> next(long nowMs) {
    int most = small ? QUIET_BYTES : BATCH_BYTES;
    small = false;
    batches++;
    more = false;
    Entry first = arrivals.poll(nowMs);
    batchBytes = first == null ? 0 : first.bytes();
    if (first == null) {
      return List.of();
    }
    Entry next = arrivals.poll(nowMs);
    if (next == null) {
      return List.of(first); // what a quiet app nearly always has
    }
    List<Entry> entries = new ArrayList<>();
    entries.add(first);
    while (next != null) {
      entries.add(next);
      batchBytes += next.bytes();
      more = entries.size() >= BATCH_ENTRIES || batchBytes >= most;
      next = more ? null : arrivals.poll(nowMs);
    }
    return entries;
  }

  // ---- turns ----

  /** Begins to count batches anew; whether it does not wait for a turn yet, as it does from now. */
  boolean beginTick() {
    boolean begins = !waiting;
    waiting = true;
    batches = 0;
    return begins;
  }

  /** The same of an app that has been quiet: its first batch is a small one. */
  boolean beginQuietly() {
    small = true;
    return beginTick();
  }

  /**
   * After a turn: whether there may be more, and another batch is within the tick's {@code most}.
   */
  boolean hasTurn(int most) {
    waiting = more && batches < most;
    return waiting;
  }

  /** Whether the last batch was full, so that there may be more. */
  boolean hasMore() {
    return more;
  }

  /** Bytes of the last batch. */
  int batchBytes() {
    return batchBytes;
  }

  // ---- when ----

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
  public boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }
}
