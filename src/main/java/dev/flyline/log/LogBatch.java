package dev.flyline.log;

import java.util.List;

/**
 * A run of an app's log in order and without holes: entry {@code i} has position {@code
 * epoch:(firstSeq + i)}. Immutable, and shared by every feed and event loop of a router.
 *
 * @param entries at least one
 */
public record LogBatch(AppName app, String epoch, long firstSeq, List<Entry> entries) {

  /** Throws {@link IllegalArgumentException} for an empty batch or one that begins before 1. */
  public LogBatch {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("entries: must not be empty");
    }
    if (firstSeq < 1) {
      throw new IllegalArgumentException("firstSeq: must be at least 1");
    }
  }

  /** The seq of the last entry. */
  public long lastSeq() {
    return firstSeq + entries.size() - 1;
  }

  /** How many entries, lines and marks alike. */
  public int size() {
    return entries.size();
  }

  /** The entry at {@code seq}, which this batch must span. */
  public Entry entry(long seq) {
    return entries.get((int) (seq - firstSeq));
  }

  /** Roughly what the entries hold of the heap, in bytes. */
  public long bytes() {
    long bytes = 64;
    for (int i = 0; i < entries.size(); i++) { // asked often, and without an iterator's object
      bytes += entries.get(i).bytes();
    }
    return bytes;
  }

  /** The part of this batch from {@code from} to {@code to}, both inclusive and within it. */
  public LogBatch slice(long from, long to) {
    return from == firstSeq && to == lastSeq()
        ? this
        : new LogBatch(
            app, epoch, from, entries.subList((int) (from - firstSeq), (int) (to - firstSeq) + 1));
  }
}
