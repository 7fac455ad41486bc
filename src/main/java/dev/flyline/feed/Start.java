package dev.flyline.feed;

import dev.flyline.bus.LogBatch;
import dev.flyline.log.Entry;
import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/** Where a viewer begins to read a ring, and what it has to be told before. */
final class Start {

  private final Viewer.Request request;
  private final BlockRing ring;
  private final long head;
  private final long live;
  private final long oldest;
  private final Cursor cursor;
  private final Position told;
  private final @Nullable Gap gap;

  /**
   * Works out the start of {@code request} in {@code ring} as far as {@code head}; what comes after
   * {@code live} is not counted among the recent lines and is sent in any case.
   */
  Start(Viewer.Request request, BlockRing ring, long head, long live) {
    this.request = request;
    this.ring = ring;
    this.head = head;
    this.live = live;
    this.oldest = Math.min(ring.oldest(), head + 1);
    Begin begin =
        switch (request.since()) {
          case Since.Latest _ -> new Begin(request.tail() < 0 ? oldest : tail(oldest), null);
          case Since.Earliest _ -> new Begin(tail(oldest), null);
          case Since.Time(long ms) -> atTime(ms);
          case Since.After(Position position) -> after(position);
          case Since.Lost _ -> new Begin(oldest, foreign(null));
        };
    this.gap = begin.gap;
    this.cursor = new Cursor(epochBefore(begin.next), begin.next);
    this.told =
        request.since() instanceof Since.After(Position position) && gap != null
            ? position
            : cursor.at();
  }

  /** The first seq to read, and a gap that comes before it. */
  private record Begin(long next, @Nullable Gap gap) {}

  /** Where reading begins; the viewer's own from now on. */
  Cursor cursor() {
    return cursor;
  }

  /** The position up to which the client has been served before it is told of the gap. */
  Position told() {
    return told;
  }

  void tellGap(Pull pull) {
    if (gap != null) {
      pull.tell(request.app(), ring, request.format(), gap);
    }
  }

  private Begin after(Position position) {
    if (!position.epoch().equals(ring.epoch()) || position.seq() > head) {
      return new Begin(tail(oldest), foreign(position));
    }
    if (position.seq() + 1 >= oldest) {
      return new Begin(tail(position.seq() + 1), null);
    }
    var from = new Position(position.epoch(), position.seq() + 1);
    var to = new Position(ring.lostEpoch(), oldest - 1);
    return new Begin(tail(oldest), new Gap(from, to, to.seq() - from.seq() + 1, GapCause.EVICTED));
  }

  /** A position of a term that this log does not go back to: what came after it, nobody knows. */
  private Gap foreign(@Nullable Position position) {
    var to = new Position(epochBefore(oldest), oldest - 1);
    var from = position == null ? to : new Position(position.epoch(), position.seq() + 1);
    return new Gap(from, to, Mark.UNKNOWN, GapCause.FAILOVER);
  }

  private Begin atTime(long ms) {
    long next = oldest;
    while (next <= head) {
      Block block = ring.find(next);
      if (block == null) { // evicted meanwhile
        next = Math.max(next, ring.oldest());
      } else if (block.batch().entries().getLast().arrivedMs() < ms) {
        next = block.lastSeq() + 1;
      } else {
        while (next <= head && block.batch().entry(next).arrivedMs() < ms) {
          next++;
        }
        break;
      }
    }
    boolean evicted = next == oldest && oldest > 1 && ring.lostMs() >= ms;
    if (!evicted) {
      return new Begin(tail(next), null);
    }
    var to = new Position(ring.lostEpoch(), oldest - 1);
    return new Begin(tail(next), new Gap(to, to, Mark.UNKNOWN, GapCause.EVICTED));
  }

  /** The seq at or after {@code from} with which the last {@code tail} lines that pass begin. */
  private long tail(long from) {
    int wanted = request.tail();
    if (wanted < 0) {
      return from;
    }
    long next = Math.max(from, live + 1);
    while (wanted > 0 && next > from) {
      Block block = ring.find(next - 1);
      if (block == null) {
        break; // evicted meanwhile; all that is left has been counted
      }
      LogBatch batch = block.batch();
      while (wanted > 0 && next > Math.max(from, batch.firstSeq())) {
        next--;
        if (passes(batch.entry(next))) {
          wanted--;
        }
      }
    }
    return wanted > 0 ? from : next;
  }

  private boolean passes(Entry entry) {
    return entry instanceof LogLine line && request.format().filter().passes(line);
  }

  private String epochBefore(long next) {
    Block block = next > oldest ? ring.find(next - 1) : null;
    return block != null ? block.batch().epoch() : next > oldest ? ring.epoch() : ring.lostEpoch();
  }
}
