package dev.flyline.feed;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Blocks in the order of their seqs, which may grow at both ends and shrinks at the old one.
 *
 * <p>One thread writes, any thread reads. A block is stored into its slot before {@link #begin} or
 * {@link #end} is moved over it, so that whoever reads those finds it there, or finds nothing, or a
 * later block, if it has been taken out since. A block that was taken out never comes back.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
final class Blocks {

  private static final AtomicReferenceArray<@Nullable Block> NO_ROOM =
      new AtomicReferenceArray<>(0);

  private volatile AtomicReferenceArray<@Nullable Block> slots = NO_ROOM; // of a power of two, else
  private volatile long begin; // index of the oldest block; negative after more came before
  private volatile long end; // index after the newest block

  /** The index of the oldest block; equal to {@link #end} if there is none. */
  long begin() {
    return begin;
  }

  /** The index after the newest block. */
  long end() {
    return end;
  }

  boolean isEmpty() {
    return begin == end;
  }

  void addLast(Block block) {
    makeRoom();
    slots.set(slot(end, slots), block);
    end = end + 1;
  }

  void addFirst(Block block) {
    makeRoom();
    slots.set(slot(begin - 1, slots), block);
    begin = begin - 1;
  }

  void removeFirst() {
    slots.set(slot(begin, slots), null);
    begin = begin + 1;
  }

  /** The block at {@code index}; for the writer, who knows that it is there. */
  Block at(long index) {
    Block block = peek(index);
    if (block == null) {
      throw new IllegalStateException("no block at an index of the ring");
    }
    return block;
  }

  /** The block that spans {@code seq}, or null if it is not, or no longer, held. */
  @Nullable Block find(long seq) {
    long high = end - 1;
    Block newest = high < begin ? null : peek(high);
    if (newest != null && newest.firstSeq() <= seq) {
      return seq <= newest.lastSeq() ? newest : null;
    }
    long low = begin;
    while (low <= high) {
      long middle = (low + high) >> 1; // of indexes that may be negative
      Block block = peek(middle);
      if (block == null || block.lastSeq() < seq) { // null: taken out meanwhile
        low = middle + 1;
      } else if (block.firstSeq() > seq) {
        high = middle - 1;
      } else {
        return block;
      }
    }
    return null;
  }

  /**
   * Lets go of what all blocks keep under {@code key}, on any thread, and returns how many bytes
   * that held; see {@link Block#drop}.
   */
  long drop(Object key) {
    long dropped = 0;
    long last = end;
    for (long i = begin; i < last; i++) {
      Block block = peek(i);
      if (block != null) { // else taken out meanwhile, with all that it kept
        dropped += block.drop(key);
      }
    }
    return dropped;
  }

  private void makeRoom() {
    AtomicReferenceArray<@Nullable Block> full = slots;
    if (end - begin < full.length()) {
      return;
    }
    var larger = new AtomicReferenceArray<@Nullable Block>(Math.max(8, full.length() * 2));
    for (long i = begin; i < end; i++) {
      larger.set(slot(i, larger), at(i));
    }
    slots = larger;
  }

  private @Nullable Block peek(long index) {
    AtomicReferenceArray<@Nullable Block> current = slots;
    return current.get(slot(index, current));
  }

  private static int slot(long index, AtomicReferenceArray<?> slots) {
    return (int) (index & (slots.length() - 1));
  }
}
