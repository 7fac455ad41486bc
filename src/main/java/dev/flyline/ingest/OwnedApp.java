package dev.flyline.ingest;

import dev.flyline.bus.LogBatch;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An app whose lines this router numbers: its term, its head, and its recent lines, which outlive
 * the watch for a while. Belongs to the app's home lane.
 */
final class OwnedApp {

  /** A batch ends when it holds so many entries or bytes. */
  private static final int BATCH_ENTRIES = 512;

  private static final int BATCH_BYTES = 64 * 1024;

  private final AppName app;
  private final String epoch;
  private final BlockRing ring;
  private @Nullable Arrivals arrivals; // set while watched
  private long head;
  private long watchedMs;
  private long flushedNs;
  private boolean due;

  OwnedApp(AppName app, String epoch, BlockRing ring, long nowNs) {
    this.app = app;
    this.epoch = epoch;
    this.ring = ring;
    this.flushedNs = nowNs - Long.MAX_VALUE / 2;
  }

  AppName app() {
    return app;
  }

  BlockRing ring() {
    return ring;
  }

  /** The lines on their way, or null if nobody watches. */
  @Nullable Arrivals arrivals() {
    return arrivals;
  }

  /** Begins a watch; whoever saw the app before learns that it was not read for a while. */
  @Nullable LogBatch watch(Arrivals lines, long nowMs) {
    arrivals = lines;
    return head == 0 ? null : mark(GapCause.UNWATCHED, nowMs);
  }

  /** Ends a watch; what is still on its way is dropped. */
  void unwatch(long nowMs) {
    arrivals = null;
    watchedMs = nowMs;
  }

  /** When the last watch ended. */
  long watchedMs() {
    return watchedMs;
  }

  /** Numbers a hole of unknown size. */
  LogBatch mark(GapCause cause, long nowMs) {
    return number(List.of(new Mark(cause, Mark.UNKNOWN, nowMs)));
  }

  /** Numbers what has arrived, at most one batch of it; null if nothing has. */
  @Nullable LogBatch next(long nowMs) {
    Arrivals waiting = arrivals;
    if (waiting == null) {
      return null;
    }
    Entry first = waiting.poll(nowMs);
    if (first == null) {
      return null;
    }
    Entry next = waiting.poll(nowMs);
    if (next == null) {
      return number(List.of(first)); // what a quiet app nearly always has
    }
    List<Entry> entries = new ArrayList<>();
    entries.add(first);
    int bytes = first.bytes();
    for (; next != null; next = waiting.poll(nowMs)) {
      entries.add(next);
      bytes += next.bytes();
      if (entries.size() >= BATCH_ENTRIES || bytes >= BATCH_BYTES) {
        break;
      }
    }
    return number(entries);
  }

  private LogBatch number(List<Entry> entries) {
    var batch = new LogBatch(app, epoch, head + 1, entries);
    head = batch.lastSeq();
    ring.append(batch);
    return batch;
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
}
