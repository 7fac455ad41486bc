package dev.flyline.feed;

import dev.flyline.log.Entry;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.PlacedMark;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The recent entries of one app, in order and without a hole, bounded by lines, bytes and age. It
 * may span several epochs; its {@link #lineage} says how they follow each other.
 *
 * <p>One thread writes: the app's home lane. Every lane reads. A block is stored before {@link
 * #head}, or for an older one {@link #oldest}, is moved over it; a reader that does not find what
 * it looks for has been overtaken by eviction and asks for {@link #oldest} again. A reader holds a
 * block only while it copies from it, so an evicted block is garbage at once, however slow the
 * viewers are.
 *
 * <p>A ring may begin unfilled: it then grows at both ends, until it is told that there is nothing
 * older, has no room, or evicts something. From then on it is complete, and never grows backwards
 * again.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
public final class BlockRing {

  /** Names the epoch of a log that nobody has owned yet. */
  private static final String NO_EPOCH = "0";

  private final RingLimits limits;
  private final RingBudget budget;
  private final Blocks blocks = new Blocks();
  private final Encodings encodings;

  private volatile Edge edge;
  private volatile Lineage lineage;
  private volatile long head; // seq of the newest entry
  private volatile String epoch; // of the newest entry; moved before the head
  private volatile long skippedTo; // the last seq passed over
  private volatile long bytes;

  /** An empty ring whose next entry will be {@code head + 1}, with nothing before. */
  public BlockRing(Lineage lineage, long head, RingLimits limits, RingBudget budget) {
    this(lineage, head, limits, budget, true);
  }

  private BlockRing(
      Lineage lineage, long head, RingLimits limits, RingBudget budget, boolean complete) {
    this.limits = limits;
    this.budget = budget;
    this.encodings = new Encodings(limits.bytes(), budget, blocks);
    this.lineage = lineage;
    this.epoch = newestEpoch(lineage);
    this.head = head;
    this.edge = new Edge(head + 1, epochAt(head), 0, List.of(), complete);
  }

  /** An empty ring whose next entry will be {@code head + 1}, and which may grow backwards. */
  public static BlockRing unfilled(
      Lineage lineage, long head, RingLimits limits, RingBudget budget) {
    return new BlockRing(lineage, head, limits, budget, false);
  }

  /** The terms of this log; an entry's term is known here before the entry is. */
  public Lineage lineage() {
    return lineage;
  }

  /** Says that the log has come into a new term; before the term's first batch is appended. */
  public void lineage(Lineage longer) {
    lineage = longer;
    if (blocks.isEmpty()) {
      epoch = newestEpoch(longer);
    }
  }

  /** The epoch in which {@code seq}, which is not beyond the head, was numbered. */
  String epochAt(long seq) {
    Lineage terms = lineage;
    return terms.isEmpty() ? NO_EPOCH : terms.epochAt(seq);
  }

  private static String newestEpoch(Lineage lineage) {
    return lineage.isEmpty() ? NO_EPOCH : lineage.newest().epoch();
  }

  /** Appends {@code batch}, which must begin at {@code head + 1}, and evicts what is too much. */
  public void append(LogBatch batch) {
    if (batch.firstSeq() != head + 1) {
      throw new IllegalArgumentException("batch: must begin after the head");
    }
    var block = new Block(batch, this::entry);
    blocks.addLast(block);
    epoch = batch.epoch();
    head = batch.lastSeq();
    account(block.bytes());
    evict();
  }

  /**
   * Puts {@code batch}, which must end at {@code oldest - 1}, before everything else. If there is
   * no room for it, or the ring is complete, nothing is put and the ring is complete from then on.
   */
  public boolean prepend(LogBatch batch) {
    Edge before = edge;
    if (before.complete()) {
      return false;
    }
    if (batch.lastSeq() != before.oldest() - 1) {
      throw new IllegalArgumentException("batch: must end before the oldest");
    }
    var block = new Block(batch, this::entry);
    if (head - batch.firstSeq() >= limits.lines()
        || bytes + block.bytes() > limits.bytes()
        || budget.exceeded()) {
      edge = before.closedAfter(batch);
      return false;
    }
    blocks.addFirst(block);
    encodings.prepended();
    account(block.bytes());
    long first = batch.firstSeq();
    edge = new Edge(first, epochAt(first - 1), 0, List.of(), false);
    return true;
  }

  /**
   * Makes the ring complete: its owner has nothing older.
   *
   * @param lostEpoch the epoch of the entry before the oldest
   * @param lostMs when that one arrived; 0 if there is none
   * @param lostMarks marks among what came before, oldest first
   */
  public void completed(String lostEpoch, long lostMs, List<PlacedMark> lostMarks) {
    if (!edge.complete()) {
      edge = new Edge(edge.oldest(), lostEpoch, lostMs, List.copyOf(lostMarks), true);
    }
  }

  /** Whether nothing older than {@link #oldest} will be filled in. */
  public boolean complete() {
    return edge.complete();
  }

  /**
   * Goes on after {@code seq}, which is beyond the head, though nobody has what lies between; lets
   * go of everything before, as a ring has no holes.
   *
   * @param marks those that are known of what came before, oldest first
   */
  public void skipTo(long seq, List<PlacedMark> marks) {
    if (seq <= head) {
      return;
    }
    skippedTo = seq; // first, so that whoever finds anything gone knows why
    clear();
    epoch = epochAt(seq);
    edge = edge.skipped(seq, epoch, marks);
    head = seq;
  }

  /** The last seq that was passed over by {@link #skipTo}; 0 if there is none. */
  long skippedTo() {
    return skippedTo;
  }

  /** Evicts what arrived before {@code beforeMs}. */
  public void expire(long beforeMs) {
    while (!blocks.isEmpty() && lastArrivedMs(oldestBlock()) < beforeMs) {
      evictOldest();
    }
  }

  /** Evicts the oldest block, if there is one, to make room for others' lines. */
  public boolean yieldOldest() {
    if (blocks.isEmpty()) {
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
    return edge.oldest();
  }

  /** The seq of the newest entry. */
  public long head() {
    return head;
  }

  /** The epoch of the newest entry, or of the newest term if the ring is empty. */
  public String epoch() {
    return epoch;
  }

  /** Where the ring begins; all of it as it was at one moment. */
  public Edge edge() {
    return edge;
  }

  /** Bytes held, encodings included. */
  public long bytes() {
    return bytes + encodings.bytes();
  }

  /** The entries from {@code seq} to the end of their block, or null if they are not held. */
  public @Nullable LogBatch batch(long seq) {
    Block block = seq < oldest() ? null : find(seq);
    return block == null ? null : block.batch().slice(seq, block.lastSeq());
  }

  /**
   * Where the block begins that spans {@code seq}, but not before {@link #oldest}; 0 if none does.
   */
  public long blockStart(long seq) {
    long oldest = oldest();
    Block block = seq < oldest ? null : find(seq);
    return block == null ? 0 : Math.max(oldest, block.firstSeq());
  }

  /** The block that spans {@code seq}, or null if it is not, or no longer, held. */
  @Nullable Block find(long seq) {
    return blocks.find(seq);
  }

  /** The entry at {@code seq}, or null if it is not, or no longer, held. */
  private @Nullable Entry entry(long seq) {
    Block block = find(seq);
    return block == null ? null : block.batch().entry(seq);
  }

  /**
   * The block's bytes in {@code format}, made now if nobody has kept them.
   *
   * @param shared the same format if live viewers read it; else null, and nothing is kept
   * @param keep whether others are likely to ask for the same; kept only within the bounds
   */
  byte[] encoded(Block block, Format format, @Nullable Shared shared, boolean keep) {
    return encodings.of(block, format, shared, keep);
  }

  /** The formats that live viewers read; safe on any thread. */
  Encodings encodings() {
    return encodings;
  }

  private void evict() {
    while (blocks.begin() < blocks.end() - 1 && bytes > limits.bytes()) {
      evictOldest();
    }
    for (int i = 0; i < 2 && blocks.begin() < blocks.end() - 1 && budget.exceeded(); i++) {
      evictOldest(); // one in, two out: no app can take all rings past their bound
    }
    advanceOldest();
    encodings.bound();
  }

  /** Moves {@link #oldest} up to the line bound, which is exact whatever the size of blocks. */
  private void advanceOldest() {
    long bound = head - limits.lines() + 1;
    while (oldest() < bound && !blocks.isEmpty()) {
      LogBatch batch = oldestBlock().batch();
      long last = Math.min(batch.lastSeq(), bound - 1);
      lose(batch, last);
      if (last == batch.lastSeq()) {
        evictOldest();
      }
    }
  }

  private void evictOldest() {
    Block block = oldestBlock();
    lose(block.batch(), block.lastSeq()); // before it goes, so that a reader knows why
    blocks.removeFirst();
    account(-block.bytes());
    encodings.evicted(block);
  }

  /** Lets go of the entries of {@code batch} from {@link #oldest} to {@code last}. */
  private void lose(LogBatch batch, long last) {
    if (last >= oldest()) {
      edge = edge.without(batch, last);
    }
  }

  private void account(long count) {
    bytes = bytes + count;
    budget.add(count);
  }

  private Block oldestBlock() {
    return blocks.at(blocks.begin());
  }

  private static long lastArrivedMs(Block block) {
    return block.batch().entries().getLast().arrivedMs();
  }
}
