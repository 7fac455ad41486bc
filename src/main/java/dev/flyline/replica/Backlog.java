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
  private List<Entry> entries = new ArrayList<>(0);
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
        entries.add(entry);
        bytes += entry.bytes();
      }
    }
  }

  private void drop(Entry entry) {
    switch (entry) {
      case LogLine _ -> dropped++;
      case Mark _ -> droppedMark = true;
    }
  }

  private void tellDropped(long wallMs) {
    if (dropped > 0 || droppedMark) {
      entries.add(new Mark(GapCause.UPSTREAM, droppedMark ? Mark.UNKNOWN : dropped, wallMs));
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
    entries = new ArrayList<>(0);
    bytes = 0;
    dropped = 0;
    droppedMark = false;
  }
}
