package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A batch, its bytes in each of the few formats that {@link Encodings} keeps, and its selections by
 * the few filters.
 *
 * <p>Shared by all event loops. What is kept is a list to which the loop that first needs a format
 * or a selection adds it; should two loops make the same at the same time, the later one's is
 * thrown away, so that all viewers share one.
 */
final class Block {

  private static final VarHandle KEPT;

  static {
    try {
      KEPT = MethodHandles.lookup().findVarHandle(Block.class, "kept", Kept.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final LogBatch batch;
  private final Log log;
  private final long bytes;
  private final boolean marked; // some of its entries are marks
  private volatile @Nullable Kept kept;
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

  /**
   * Which of the block's lines {@code filter} lets through, judged anew. It is found here for all
   * who read a part of the block as well: what a line's level is may depend on the lines before.
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
    if (find(kept, format) instanceof byte[] made) {
      return made;
    }
    byte[] bytes = format.format().encoder().batch(batch, added.selected(this, format));
    return keep ? (byte[]) keep(format, bytes, bytes.length, added) : bytes;
  }

  /**
   * Which of the block's lines {@code filter} lets through, judged now if nobody has kept it.
   *
   * @param keep whether it may be kept for others, if it is newly made
   */
  Selection selected(JudgedFilter filter, boolean keep, Added added) {
    if (find(kept, filter) instanceof Selection made) {
      return made;
    }
    Selection selection = selected(filter.filter());
    added.judged(batch.size());
    if (!keep || filter.isOver()) {
      return selection;
    }
    var all = (Selection) keep(filter, selection, selection.bytes(), added);
    if (filter.isOver()) { // while we judged, as below
      added.bytes(-drop(filter));
    }
    return all;
  }

  /**
   * Keeps {@code value} under {@code key}; returns what another loop has kept if that was first.
   */
  private Object keep(Object key, Object value, long bytes, Added added) {
    Kept known = kept;
    Object made = find(known, key);
    while (made == null && !KEPT.compareAndSet(this, known, new Kept(key, value, bytes, known))) {
      known = kept;
      made = find(known, key);
    }
    if (made != null) {
      return made;
    }
    added.bytes(bytes + Kept.OVERHEAD);
    if (evicted) { // meanwhile: nobody else will let go of what we have added
      added.bytes(-dropEncodings());
    }
    return value;
  }

  /** The ring has let go of this block; returns how many bytes its encodings held. */
  long evict() {
    evicted = true; // first: a thread that adds an encoding after the drop must see it
    return dropEncodings();
  }

  @SuppressWarnings("ReferenceEquality") // each is equal to itself alone
  private static @Nullable Object find(@Nullable Kept among, Object key) {
    for (Kept k = among; k != null; k = k.next) {
      if (k.key == key) {
        return k.value;
      }
    }
    return null;
  }

  /** Lets go of the encodings and selections, and returns how many bytes they held. */
  long dropEncodings() {
    return size((@Nullable Kept) KEPT.getAndSet(this, null));
  }

  /**
   * Lets go of the encoding in a {@link Shared} format, or the selection by a {@link JudgedFilter},
   * and returns how many bytes it held.
   */
  long drop(Object key) {
    Kept before = kept;
    Kept after = without(before, key);
    while (before != null && !KEPT.compareAndSet(this, before, after)) {
      before = kept;
      after = without(before, key);
    }
    return size(before) - size(after);
  }

  @SuppressWarnings("ReferenceEquality") // each is equal to itself alone
  private static @Nullable Kept without(@Nullable Kept among, Object key) {
    Kept rest = null;
    for (Kept k = among; k != null; k = k.next) {
      if (k.key != key) {
        rest = new Kept(k.key, k.value, k.bytes, rest);
      }
    }
    return rest;
  }

  private static long size(@Nullable Kept list) {
    long size = 0;
    for (Kept k = list; k != null; k = k.next) {
      size += k.bytes + Kept.OVERHEAD;
    }
    return size;
  }

  /** In how many formats encodings are kept. */
  int encodings() {
    int count = 0;
    for (Kept k = kept; k != null; k = k.next) {
      count += k.key instanceof Shared ? 1 : 0;
    }
    return count;
  }

  /** The log that the block is a part of. */
  @FunctionalInterface
  interface Log {
    /** The entry at {@code seq}; null if it is not, or no longer, held. */
    @Nullable Entry entry(long seq);
  }

  /** Keeps the books of what blocks keep. */
  @FunctionalInterface
  interface Added {

    /** So many bytes more are kept, or with a minus no longer. */
    void bytes(long count);

    /** So many entries have been judged by a filter. */
    default void judged(int entries) {}

    /** Which lines of {@code block} the filter of {@code format} lets through. */
    default Selection selected(Block block, Shared format) {
      return block.selected(format.format().filter());
    }
  }

  /**
   * An encoding or a selection.
   *
   * @param key the {@link Shared} format of an encoding, the {@link JudgedFilter} of a selection
   * @param value the bytes, or the {@link Selection}
   * @param bytes what the value holds of the heap
   */
  private record Kept(Object key, Object value, long bytes, @Nullable Kept next) {
    static final int OVERHEAD = 64;
  }
}
