package dev.flyline.replica;

import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;

/**
 * What NATS brought while its owner had to wait with numbering; what is too much becomes a mark.
 */
final class Backlog {

  private final long maxBytes;
  private List<Entry> entries = List.of();
  private long bytes;
  private long dropped;
  private boolean droppedMark;

  Backlog(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  void addAll(List<Entry> more, long wallMs) {
    for (Entry entry : more) {
      if (bytes + entry.bytes() > maxBytes) {
        drop(entry);
      } else {
        tellDropped(wallMs);
        add(entry);
        bytes += entry.bytes();
      }
    }
  }

  private void add(Entry entry) {
    if (entries.isEmpty()) {
      entries = new ArrayList<>();
    }
    entries.add(entry);
  }

  private void drop(Entry entry) {
    switch (entry) {
      case LogLine _ -> dropped++;
      case Mark _ -> droppedMark = true;
    }
  }

  private void tellDropped(long wallMs) {
    if (dropped > 0 || droppedMark) {
      add(new Mark(GapCause.UPSTREAM, droppedMark ? Mark.UNKNOWN : dropped, wallMs));
      dropped = 0;
      droppedMark = false;
    }
  }

  /** Takes everything, in order. */
  List<Entry> take(long wallMs) {
    tellDropped(wallMs);
    List<Entry> all = entries;
    clear();
    return all;
  }

  void clear() {
    entries = List.of();
    bytes = 0;
    dropped = 0;
    droppedMark = false;
  }
}
