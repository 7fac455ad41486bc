package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A batch and its bytes in each of the few formats that {@link Encodings} keeps.
 *
 * <p>Shared by all event loops. The encodings are a list to which the loop that first needs a
 * format adds it; should two loops encode the same at the same time, the later one's bytes are
 * thrown away, so that all viewers share one array.
 */
final class Block {

  private static final VarHandle ENCODED;

  static {
    try {
      ENCODED = MethodHandles.lookup().findVarHandle(Block.class, "encoded", Encoded.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LogBatch batch;
  private final Log log;
  private final long bytes;
  private final boolean marked; // some of its entries are marks
  private volatile @Nullable Encoded encoded;
  private volatile boolean evicted;

  /** A block of which nothing is known before. */
  Block(LogBatch batch) {
    this(batch, _ -> null);
  }

  Block(LogBatch batch, Log log) {
    this.batch = batch;
    this.log = log;
    this.bytes = batch.bytes();
    this.marked = batch.entries().stream().anyMatch(Mark.class::isInstance);
  }

  LogBatch batch() {
    return batch;
  }

  /** Whether some of its entries are marks, which few blocks have. */
  boolean isMarked() {
    return marked;
  }

  long firstSeq() {
    return batch.firstSeq();
  }

  long lastSeq() {
    return batch.lastSeq();
  }

  /** What the entries hold of the heap, without encodings. */
  long bytes() {
    return bytes;
  }

  /** The block's bytes in {@code format}, made anew. */
  byte[] encode(Format format) {
    return format.encoder().batch(batch, selected(format.filter()));
  }

  /**
   * Which of the block's lines {@code filter} lets through. It is found here for all who read a
   * part of the block as well: what a line's level is may depend on the lines before.
   */
  Selection selected(LineFilter filter) {
    return Selection.of(batch, filter, back -> log.entry(firstSeq() - back));
  }

  /**
   * The block's bytes in {@code format}.
   *
   * @param keep whether they may be kept for others, if they are newly made
   * @param added learns how many bytes are kept
   */
  byte[] encoded(Shared format, boolean keep, Added added) {
    Encoded known = encoded;
    byte[] made = find(known, format);
    if (made != null) {
      return made;
    }
    byte[] bytes = encode(format.format());
    if (!keep) {
      return bytes;
    }
    while (!ENCODED.compareAndSet(this, known, new Encoded(format, bytes, known))) {
      known = encoded;
      made = find(known, format);
      if (made != null) {
        return made;
      }
    }
    added.bytes(bytes.length + Encoded.OVERHEAD);
    if (evicted) { // while we encoded: nobody else will let go of what we have added
      added.bytes(-dropEncodings());
    }
    return bytes;
  }

  /** The ring has let go of this block; returns how many bytes its encodings held. */
  long evict() {
    evicted = true; // before the encodings go, so that whoever adds one later sees it
    return dropEncodings();
  }

  @SuppressWarnings("ReferenceEquality") // each is equal to itself alone
  private static byte @Nullable [] find(@Nullable Encoded among, Shared format) {
    for (Encoded e = among; e != null; e = e.next) {
      if (e.format == format) {
        return e.bytes;
      }
    }
    return null;
  }

  /** Lets go of the encodings and returns how many bytes they held. */
  long dropEncodings() {
    return size((@Nullable Encoded) ENCODED.getAndSet(this, null));
  }

  /** Lets go of the encoding in {@code format} and returns how many bytes it held. */
  long drop(Shared format) {
    Encoded before = encoded;
    Encoded after = without(before, format);
    while (before != null && !ENCODED.compareAndSet(this, before, after)) {
      before = encoded;
      after = without(before, format);
    }
    return size(before) - size(after);
  }

  @SuppressWarnings("ReferenceEquality") // each is equal to itself alone
  private static @Nullable Encoded without(@Nullable Encoded among, Shared format) {
    Encoded rest = null;
    for (Encoded e = among; e != null; e = e.next) {
      if (e.format != format) {
        rest = new Encoded(e.format, e.bytes, rest);
      }
    }
    return rest;
  }

  private static long size(@Nullable Encoded list) {
    long size = 0;
    for (Encoded e = list; e != null; e = e.next) {
      size += e.bytes.length + Encoded.OVERHEAD;
    }
    return size;
  }

  /** In how many formats encodings are kept. */
  int encodings() {
    int count = 0;
    for (Encoded e = encoded; e != null; e = e.next) {
      count++;
    }
    return count;
  }

  /** The log that the block is a part of. */
  @FunctionalInterface
  interface Log {
    /** The entry at {@code seq}; null if it is not, or no longer, held. */
    @Nullable Entry entry(long seq);
  }

  /** Counts bytes of encodings that are kept, or with a minus no longer. */
  @FunctionalInterface
  interface Added {
    void bytes(long count);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(Shared format, byte[] bytes, @Nullable Encoded next) {
    static final int OVERHEAD = 56;
  }
}
