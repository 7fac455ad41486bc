package dev.flyline.feed;

import dev.flyline.bus.LogBatch;
import dev.flyline.bus.Recent;
import dev.flyline.log.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The recent entries of one app, in order and without a hole, bounded by lines, bytes and age.
 *
 * <p>One thread writes: the app's home lane. Every lane reads. A block is published by storing it
 * into its slot and then moving {@link #end}; a reader that finds a slot empty or a block that it
 * did not look for has been overtaken by eviction and asks for {@link #oldest} again. A reader
 * holds a block only while it copies from it, so an evicted block is garbage at once, however slow
 * the viewers are.
 *
 * <p>The encoded bytes of blocks have a bound of their own, as large as that of the lines; beyond
 * it the oldest blocks forget their encodings, not their lines.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
public final class BlockRing {

  /** How many evicted marks are remembered, so that a gap over them can tell of each. */
  private static final int EVICTED_MARKS = 64;

  private final RingLimits limits;
  private final RingBudget budget;
  private final AtomicLong encodedBytes = new AtomicLong();

  private volatile AtomicReferenceArray<@Nullable Block> slots = new AtomicReferenceArray<>(8);
  private volatile long begin; // index of the oldest block
  private volatile long end; // index after the newest block
  private volatile long oldest; // seq of the oldest entry that may be read
  private volatile long head; // seq of the newest entry
  private volatile String epoch; // of the newest entry
  private volatile String lostEpoch; // of the newest entry that is gone
  private volatile long lostMs; // when that one arrived
  private volatile List<Recent.Placed> lostMarks = List.of();
  private volatile long bytes;
  private volatile int lanes;
  private long encodedUpTo; // index before which no block has encodings

  /** An empty ring whose next entry will be {@code head + 1}. */
  public BlockRing(String epoch, long head, RingLimits limits, RingBudget budget) {
    this.limits = limits;
    this.budget = budget;
    this.epoch = epoch;
    this.lostEpoch = epoch;
    this.head = head;
    this.oldest = head + 1;
  }

  /** A ring that holds what {@code recent} tells. */
  static BlockRing of(Recent recent, RingLimits limits, RingBudget budget) {
    long before =
        recent.batches().isEmpty() ? recent.head() : recent.batches().getFirst().firstSeq() - 1;
    var ring = new BlockRing(recent.epoch(), before, limits, budget);
    ring.lostMarks = recent.evicted();
    ring.lostMs = recent.evictedMs();
    recent.batches().forEach(ring::append);
    return ring;
  }

  /** Everything that this ring holds. */
  public Recent recent() {
    List<LogBatch> batches = new ArrayList<>();
    for (long i = begin; i < end; i++) {
      LogBatch batch = blockAt(i).batch();
      long from = Math.max(batch.firstSeq(), oldest);
      if (from <= batch.lastSeq()) {
        batches.add(batch.slice(from, batch.lastSeq()));
      }
    }
    return new Recent(epoch, head, batches, lostMarks, lostMs);
  }

  /** Appends {@code batch}, which must begin at {@code head + 1}, and evicts what is too much. */
  public void append(LogBatch batch) {
    if (batch.firstSeq() != head + 1) {
      throw new IllegalArgumentException("batch: must begin after the head");
    }
    var block = new Block(batch);
    if (end - begin == slots.length()) {
      grow();
    }
    slots.set(slot(end, slots), block);
    epoch = batch.epoch();
    end = end + 1;
    head = batch.lastSeq();
    account(block.bytes());
    evict();
  }

  /** Lets go of everything up to {@code seq} and goes on after it; what lies between is lost. */
  void skipTo(long seq) {
    clear();
    if (seq > head) {
      oldest = seq + 1;
      head = seq;
    }
  }

  /** Evicts what arrived before {@code beforeMs}. */
  public void expire(long beforeMs) {
    while (begin < end && lastArrivedMs(blockAt(begin)) < beforeMs) {
      evictOldest();
    }
  }

  /** Evicts the oldest block, if there is one, to make room for others' lines. */
  public boolean yieldOldest() {
    if (begin == end) {
      return false;
    }
    evictOldest();
    return true;
  }

  /** Evicts everything. */
  public void clear() {
    while (yieldOldest()) {}
  }

  /** The seq of the oldest entry held; {@code head + 1} if there is none. */
  public long oldest() {
    return oldest;
  }

  /** The seq of the newest entry. */
  public long head() {
    return head;
  }

  /** The epoch of the newest entry. */
  public String epoch() {
    return epoch;
  }

  /** The epoch of the newest entry that is gone. */
  String lostEpoch() {
    return lostEpoch;
  }

  /** When the newest entry that is gone arrived; 0 if none is. */
  long lostMs() {
    return lostMs;
  }

  /** Marks among what is gone, oldest first. */
  List<Recent.Placed> lostMarks() {
    return lostMarks;
  }

  /** Bytes held, encodings included. */
  public long bytes() {
    return bytes + encodedBytes.get();
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
      long middle = (low + high) >>> 1;
      Block block = peek(middle);
      if (block == null || block.lastSeq() < seq) { // null: evicted meanwhile
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
   * The block's bytes in {@code format}, made now if nobody has kept them.
   *
   * @param keep whether others are likely to ask for the same; they are kept only within the bound,
   *     so whoever asks a quiet app for ever new filters gets no memory
   */
  byte[] encoded(Block block, Format format, boolean keep) {
    boolean room = keep && encodedBytes.get() < limits.bytes();
    return block.encoded(format, room, this::accountEncoding);
  }

  /** Says on how many lanes there are viewers; called by the home lane. */
  void lanes(int count) {
    lanes = count;
  }

  /** On how many lanes there are viewers. */
  int lanes() {
    return lanes;
  }

  private void accountEncoding(long count) {
    encodedBytes.addAndGet(count);
    budget.add(count);
  }

  private void evict() {
    while (begin < end - 1 && bytes > limits.bytes()) {
      evictOldest();
    }
    for (int i = 0; i < 2 && begin < end - 1 && budget.exceeded(); i++) {
      evictOldest(); // one in, two out: no app can take all rings past their bound
    }
    advanceOldest();
    encodedUpTo = Math.max(encodedUpTo, begin);
    while (encodedBytes.get() > limits.bytes() && encodedUpTo < end - 1) {
      accountEncoding(-blockAt(encodedUpTo++).dropEncodings());
    }
  }

  /** Moves {@link #oldest} up to the line bound, which is exact whatever the size of blocks. */
  private void advanceOldest() {
    long bound = head - limits.lines() + 1;
    while (oldest < bound && begin < end) {
      LogBatch batch = blockAt(begin).batch();
      long last = Math.min(batch.lastSeq(), bound - 1);
      lose(batch, last);
      if (last == batch.lastSeq()) {
        evictOldest();
      }
    }
  }

  private void evictOldest() {
    Block block = blockAt(begin);
    lose(block.batch(), block.lastSeq());
    slots.set(slot(begin, slots), null);
    begin = begin + 1;
    account(-block.bytes());
    accountEncoding(-block.evict());
  }

  /** Lets go of the entries of {@code batch} from {@link #oldest} to {@code last}. */
  private void lose(LogBatch batch, long last) {
    for (long seq = Math.max(oldest, batch.firstSeq()); seq <= last; seq++) {
      if (batch.entry(seq) instanceof Mark mark) {
        var marks = new ArrayList<>(lostMarks);
        marks.add(new Recent.Placed(batch.epoch(), seq, mark));
        int tooMany = Math.max(0, marks.size() - EVICTED_MARKS);
        lostMarks = List.copyOf(marks.subList(tooMany, marks.size()));
      }
    }
    if (last >= oldest) {
      lostEpoch = batch.epoch();
      lostMs = batch.entry(last).arrivedMs();
      oldest = last + 1;
    }
  }

  private void account(long count) {
    bytes = bytes + count;
    budget.add(count);
  }

  private void grow() {
    var larger = new AtomicReferenceArray<@Nullable Block>(slots.length() * 2);
    for (long i = begin; i < end; i++) {
      larger.set(slot(i, larger), blockAt(i));
    }
    slots = larger;
  }

  private @Nullable Block peek(long index) {
    AtomicReferenceArray<@Nullable Block> current = slots;
    return current.get(slot(index, current));
  }

  /** For the writer, who knows that the block is there. */
  private Block blockAt(long index) {
    Block block = peek(index);
    if (block == null) {
      throw new IllegalStateException("no block at an index of the ring");
    }
    return block;
  }

  private static int slot(long index, AtomicReferenceArray<?> slots) {
    return (int) (index & (slots.length() - 1));
  }

  private static long lastArrivedMs(Block block) {
    return block.batch().entries().getLast().arrivedMs();
  }
}
