package dev.flyline.feed;

import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import org.jspecify.annotations.Nullable;

/** Where a viewer begins to read a ring, and what it has to be told before. */
final class Start {

  private final Need need;
  private final BlockRing ring;
  private final Edge edge;
  private final long head;
  private final long oldest;
  private final Cursor cursor;
  private final Position told;
  private final @Nullable Gap gap;

  /** Works out the start of {@code need} in {@code ring} as far as {@code head}. */
  Start(Need need, BlockRing ring, long head) {
    this.need = need;
    this.ring = ring;
    this.head = head;
    this.edge = ring.edge();
    this.oldest = Math.min(edge.oldest(), head + 1);
    ViewRequest request = need.request();
    Begin begin =
        switch (request.since()) {
          case Since.Latest _, Since.Earliest _ -> new Begin(tail(oldest), null);
          case Since.Time(long ms) -> atTime(ms);
          case Since.After(Position position) -> after(position);
          case Since.Lost _ -> new Begin(oldest, foreign(before(oldest), oldest));
        };
    this.gap = begin.gap;
    this.cursor = new Cursor(before(begin.next).epoch(), begin.next);
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
      pull.tell(need.request().app(), ring, need.request().format(), gap);
    }
  }

  private Begin after(Position position) {
    long shared = need.shared(position, ring.lineage(), head);
    long next = Math.max(shared + 1, oldest);
    if (shared < position.seq()) {
      next = Math.max(next, Math.min(need.after(), head) + 1);
      var from = new Position(position.epoch(), position.seq() + 1);
      return new Begin(tail(next), foreign(from, next));
    }
    if (next == position.seq() + 1) {
      return new Begin(tail(next), null);
    }
    var from = new Position(ring.epochAt(position.seq() + 1), position.seq() + 1);
    long count = oldest - from.seq();
    return new Begin(tail(oldest), new Gap(from, before(oldest), count, GapCause.EVICTED));
  }

  /** After a position of another branch: what was there before {@code next}, nobody knows. */
  private Gap foreign(Position from, long next) {
    return new Gap(from, before(next), Mark.UNKNOWN, GapCause.FAILOVER);
  }

  private Begin atTime(long ms) {
    long next = oldest;
    while (next <= head) {
      Block block = ring.find(next);
      if (block == null) { // evicted meanwhile
        next = Math.max(next, Math.min(ring.oldest(), head + 1));
      } else if (block.batch().entries().getLast().arrivedMs() < ms) {
        next = block.lastSeq() + 1;
      } else {
        while (next <= head && block.batch().entry(next).arrivedMs() < ms) {
          next++;
        }
        break;
      }
    }
    boolean evicted = next == oldest && oldest > 1 && edge.lostMs() >= ms;
    if (!evicted) {
      return new Begin(tail(next), null);
    }
    Position to = before(oldest);
    return new Begin(tail(next), new Gap(to, to, Mark.UNKNOWN, GapCause.EVICTED));
  }

  private long tail(long from) {
    return need.request().tail() < 0 ? from : need.tail(ring, from, head).orElse(from);
  }

  /** The position before {@code next}. */
  private Position before(long next) {
    return new Position(next == edge.oldest() ? edge.epoch() : ring.epochAt(next - 1), next - 1);
  }
}
