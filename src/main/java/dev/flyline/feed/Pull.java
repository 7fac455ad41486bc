package dev.flyline.feed;

import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
import dev.flyline.log.Position;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a ring from a cursor on and gathers the bytes to send. One per event loop, used anew for
 * each write.
 */
final class Pull {

  private final Meters meters;
  private final List<byte[]> parts = new ArrayList<>();
  private final Map<GapCause, Integer> gaps = new EnumMap<>(GapCause.class); // told, by cause
  private int size;
  private long scanned; // bytes of the entries that the last read has looked at
  private long work; // the same, each byte times what the filter makes of it

  Pull(Meters meters) {
    this.meters = meters;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Bytes gathered. */
  int size() {
    return size;
  }

  void clear() {
    parts.clear();
    size = 0;
    gaps.clear();
  }

  private void noteGap(GapCause cause) {
    gaps.merge(cause, 1, Integer::sum);
  }

  private void noteMarks(LogBatch batch, long from, long to) {
    for (long seq = from; seq <= to; seq++) {
      if (batch.entry(seq) instanceof Mark mark) {
        noteGap(mark.cause());
      }
    }
  }

  void add(byte[] bytes) {
    if (bytes.length > 0) {
      parts.add(bytes);
      size += bytes.length;
    }
  }

  /** Bytes of all entries that the last {@link #read} has looked at, passed or hidden. */
  long scanned() {
    return scanned;
  }

  /** What the last {@link #read} has cost: bytes looked at, more of them for a dear filter. */
  long work() {
    return work;
  }

  /**
   * Reads whole blocks from {@code cursor} on until {@code maxBytes} are gathered or worked through
   * or {@code limit}, the last seq to read, is passed, and moves the cursor. If the ring has moved
   * past the cursor, what is read first is a gap.
   *
   * @param shared the same format if live viewers read it, else null
   * @param keep whether others are likely to read the same in this format
   */
  void read(
      AppName app,
      BlockRing ring,
      Format format,
      Cursor cursor,
      long limit,
      int maxBytes,
      @Nullable Shared shared,
      boolean keep) {
    clear();
    scanned = 0;
    work = 0;
    while (cursor.next <= limit && size < maxBytes && work < maxBytes) {
      Block block = ring.find(cursor.next);
      if (block != null) {
        readBlock(ring, block, format, cursor, limit, shared, keep);
        work = scanned * format.filter().weight();
      } else if (cursor.next < ring.oldest()) {
        gap(app, ring, format, cursor, limit);
      } // else: evicted or moved while we looked; look again
    }
  }

  private void readBlock(
      BlockRing ring,
      Block block,
      Format format,
      Cursor cursor,
      long limit,
      @Nullable Shared shared,
      boolean keep) {
    long last = Math.min(block.lastSeq(), limit);
    LogBatch batch = block.batch();
    if (cursor.next == block.firstSeq() && last == block.lastSeq()) {
      add(ring.encoded(block, format, shared, keep));
      scanned += block.bytes();
    } else {
      LogBatch part = batch.slice(cursor.next, last);
      Selection selection = ring.encodings().selected(block, format, shared);
      add(format.encoder().batch(part, selection));
      scanned += part.bytes();
    }
    if (block.isMarked()) {
      noteMarks(batch, cursor.next, last);
    }
    cursor.epoch = batch.epoch();
    cursor.next = last + 1;
  }

  /**
   * Tells of all from the cursor up to the oldest entry held, but not beyond {@code limit}, and
   * moves the cursor there.
   */
  private void gap(AppName app, BlockRing ring, Format format, Cursor cursor, long limit) {
    Edge edge = ring.edge();
    long last = Math.min(edge.oldest() - 1, limit);
    var cause = cursor.next <= ring.skippedTo() ? GapCause.EVICTED : GapCause.SLOW;
    var from = new Position(ring.epochAt(cursor.next), cursor.next);
    var to = new Position(last < limit ? edge.epoch() : ring.epochAt(last), last);
    tell(app, ring, format, new Gap(from, to, last - cursor.next + 1, cause));
    cursor.epoch = to.epoch();
    cursor.next = last + 1;
  }

  /** Adds {@code gap} and the marks that it passes over. */
  void tell(AppName app, BlockRing ring, Format format, Gap gap) {
    add(format.encoder().gap(app, gap, false));
    noteGap(gap.cause());
    if (gap.count() == Mark.UNKNOWN) {
      return; // its ends are of two epochs, or not known well enough to say what lies between
    }
    for (PlacedMark placed : ring.edge().lostMarks()) {
      if (placed.seq() >= gap.from().seq() && placed.seq() <= gap.to().seq()) {
        var at = new Position(placed.epoch(), placed.seq());
        var mark = new Gap(at, at, placed.mark().lines(), placed.mark().cause());
        add(format.encoder().gap(app, mark, true));
        noteGap(placed.mark().cause());
      }
    }
  }

  /** Counts the gaps among what was gathered, which {@code viewers} are told. */
  void count(int viewers) {
    gaps.forEach(
        (cause, told) -> meters.add(Meter.GAPS_TOLD, cause.wireName(), (long) told * viewers));
  }

  /** The bytes gathered, in one direct buffer with one reference, framed for the transport. */
  ByteBuf take(Format format, ByteBufAllocator allocator) {
    ByteBuf buffer = Framing.frame(parts, size, format.encoder().chunked(), allocator);
    clear();
    return buffer;
  }
}
