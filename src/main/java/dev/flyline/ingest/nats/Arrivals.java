package dev.flyline.ingest.nats;

import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.unpadded.MpscChunkedUnpaddedArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One app's lines on their way from the NATS client's thread to the app's event loop, bounded by
 * count and by bytes.
 *
 * <p>The NATS client's thread, which {@link #offer}s, never waits. A line that finds the queue full
 * is counted, and the count stands as a mark before the next line that fits. From the first such
 * line on it {@link #overflows} until half of the queue is free, so that a flood is told of in few
 * marks.
 */
final class Arrivals implements LineTaker {

  /** What an empty queue costs: room for so many entries. */
  private static final int INITIAL_CHUNK = 8;

  /** Bytes that wait for an event loop that is in no hurry, before it is woken all the same. */
  private static final long UNHURRIED_BYTES = 64 * 1024;

  /** Added to the count of lost lines for a hole whose size nobody knows. */
  private static final long UNKNOWN_MANY = 1L << 40;

  /** Unpadded: one for each app, and the padding against false sharing would be 500 bytes each. */
  private final MpscChunkedUnpaddedArrayQueue<Entry> queue;

  private final int maxLines;
  private final long maxBytes;
  private final AtomicLong waitingBytes = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean unhurried;
  private volatile boolean full; // from a lost line on until half of the room is free
  private final Runnable wake;
  private final Meters meters;

  /** Calls {@code wake}, on the offering thread, when the event loop should take what waits. */
  Arrivals(int maxLines, long maxBytes, Runnable wake, Meters meters) {
    this.queue = new MpscChunkedUnpaddedArrayQueue<>(INITIAL_CHUNK, maxLines);
    this.maxLines = maxLines;
    this.maxBytes = maxBytes;
    this.wake = wake;
    this.meters = meters;
  }

  /**
   * Adds a line or a mark, or counts it as lost. Called by the NATS client's thread, or another
   * that tells of a hole.
   */
  void offer(Entry entry) {
    if (waitingBytes.get() + entry.bytes() > maxBytes
        || !tellLost(entry.arrivedMs())
        || !queue.offer(entry)) {
      lose(entry);
    } else {
      waitingBytes.addAndGet(entry.bytes());
    }
    wakeIfWanted();
  }

  @Override
  public void accept(Entry entry) {
    offer(entry);
  }

  @Override
  public boolean overflows() {
    if (!full) {
      return false;
    }
    if (waitingBytes.get() <= maxBytes / 2 && queue.size() <= maxLines / 2) {
      full = false;
      return false;
    }
    loseLine();
    wakeIfWanted();
    return true;
  }

  private void wakeIfWanted() {
    boolean wakes = !unhurried || isMuch();
    if (wakes && scheduled.compareAndSet(false, true)) {
      wake.run();
    }
  }

  private boolean isMuch() {
    return waitingBytes.get() > UNHURRIED_BYTES || lost.get() > 0;
  }

  private void lose(Entry entry) {
    switch (entry) {
      case LogLine _ -> {
        full = true;
        loseLine();
      }
      case Mark _ -> lost.addAndGet(UNKNOWN_MANY);
    }
  }

  private void loseLine() {
    lost.incrementAndGet();
    meters.count(Meter.LINES_DROPPED, "queue_full");
  }

  /** Puts what was lost so far in its place; false if there is no room for that. */
  private boolean tellLost(long nowMs) {
    if (lost.get() == 0) {
      return true;
    }
    long count = lost.getAndSet(0);
    if (count > 0 && !queue.offer(lostMark(count, nowMs))) {
      lost.addAndGet(count);
      return false;
    }
    return true;
  }

  private static Mark lostMark(long count, long nowMs) {
    return new Mark(GapCause.UPSTREAM, count >= UNKNOWN_MANY ? Mark.UNKNOWN : count, nowMs);
  }

  /** Takes the next entry, or null if none waits. Called by the event loop alone, as all below. */
  @Nullable Entry poll(long nowMs) {
    Entry entry = queue.poll();
    if (entry != null) {
      waitingBytes.addAndGet(-entry.bytes());
      return entry;
    }
    long count = lost.get() > 0 && queue.isEmpty() ? lost.getAndSet(0) : 0;
    return count == 0 ? null : lostMark(count, nowMs);
  }

  /**
   * Says that the event loop has taken all and wants to be woken again; true if more has come.
   *
   * @param hurried whether for each line, or only if many wait: it looks from time to time itself
   */
  boolean rest(boolean hurried) {
    unhurried = !hurried;
    scheduled.set(false);
    boolean more = hurried ? !queue.isEmpty() || lost.get() > 0 : isMuch();
    return more && scheduled.compareAndSet(false, true);
  }
}
