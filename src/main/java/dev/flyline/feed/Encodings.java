package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the encodings of a ring's blocks and their selections hold, and their bound, as
 * large as that of the lines; beyond it the oldest blocks forget them, not their lines. Any thread
 * encodes and judges; the ring's writer lets go.
 *
 * <p>Encodings are kept only in formats that live viewers read, at most {@link #MOST_FORMATS} at a
 * time, and go with the last of those viewers. So a client that asks for ever new filters leaves
 * nothing behind, and what a block's encodings hold is bounded, filters included. {@link
 * JudgedFilters} says how long selections are kept.
 */
final class Encodings implements Block.Added {

  /** Formats in which blocks keep their encodings at the same time. */
  static final int MOST_FORMATS = 8;

  private final long limit;
  private final RingBudget budget;
  private final Blocks blocks;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Format, Shared> live = new ConcurrentHashMap<>(2);
  private final AtomicInteger places = new AtomicInteger(); // taken
  private final JudgedFilters filters;
  private final AtomicLong judged = new AtomicLong();
  private long upTo; // index before which no block has encodings

  Encodings(long limit, RingBudget budget, Blocks blocks) {
    this.limit = limit;
    this.budget = budget;
    this.blocks = blocks;
    this.filters = new JudgedFilters(blocks, this::account);
  }

  long bytes() {
    return bytes.get();
  }

  // ---- formats ----

  /** One more lane has live viewers of {@code format}; undone by {@link #leave}. */
  Shared join(Format format) {
    return live.compute(format, (_, known) -> joined(format, known));
  }

  private Shared joined(Format format, @Nullable Shared known) {
    Shared shared = known;
    if (shared == null) {
      shared = new Shared(format, filters.hold(format.filter()));
      account(shared.bytes());
    }
    shared.lanes(shared.lanes() + 1);
    return shared;
  }

  /** A lane has no live viewers of {@code shared} any more. */
  void leave(Shared shared) {
    if (live.computeIfPresent(shared.format(), (_, known) -> left(known)) == null) {
      end(shared);
    }
  }

  private static @Nullable Shared left(Shared known) {
    known.lanes(known.lanes() - 1);
    return known.lanes() == 0 ? null : known;
  }

  /**
   * Nobody keeps any more in {@code shared}: each lane does so only between joining and leaving.
   */
  private void end(Shared shared) {
    account(-shared.bytes());
    filters.letGo(shared.judged());
    if (shared.placed.get()) {
      account(-blocks.drop(shared));
      places.decrementAndGet();
    }
  }

  /** Whether encodings in {@code shared} may be kept: there are few such formats at a time. */
  private boolean hasPlace(Shared shared) {
    if (shared.placed.get()) {
      return true;
    }
    if (places.incrementAndGet() > MOST_FORMATS) {
      places.decrementAndGet();
      return false;
    }
    if (!shared.placed.compareAndSet(false, true)) {
      places.decrementAndGet(); // another lane was first
    }
    return true;
  }

  /** The format as live viewers read it; null if none do. */
  @Nullable Shared live(Format format) {
    return live.isEmpty() ? null : live.get(format);
  }

  /** How many formats live viewers read. */
  int formats() {
    return live.size();
  }

  // ---- blocks ----

  byte[] of(Block block, Format format, @Nullable Shared shared, boolean keep) {
    if (shared == null) {
      return format.encoder().batch(block.batch(), selected(block, format, null));
    }
    boolean keeps = keep && hasRoom() && hasPlace(shared);
    return block.encoded(shared, keeps, this);
  }

  private boolean hasRoom() {
    return bytes.get() < limit;
  }

  /**
   * Which lines of {@code block} the filter of {@code format} lets through, judged now if nobody
   * has kept it.
   *
   * @param shared the same format if live viewers read it, else null
   */
  Selection selected(Block block, Format format, @Nullable Shared shared) {
    LineFilter filter = format.filter();
    return selected(block, filter, shared == null ? filters.find(filter) : shared.judged());
  }

  /**
   * Likewise for a filter.
   *
   * @param known the filter as the ring knows it; null if nothing is kept by it
   */
  Selection selected(Block block, LineFilter filter, @Nullable JudgedFilter known) {
    if (filter.isAll()) {
      return Selection.ALL;
    }
    if (known != null) {
      return block.selected(known, hasRoom(), this);
    }
    judged(block.batch().size());
    return block.selected(filter);
  }

  @Override
  public Selection selected(Block block, Shared format) {
    return selected(block, format.format(), format);
  }

  @Override
  public void judged(int entries) {
    judged.addAndGet(entries);
  }

  /** How many entries filters have judged so far, each as often as that was done. */
  long judged() {
    return judged.get();
  }

  /** The filters by which selections are kept. */
  JudgedFilters filters() {
    return filters;
  }

  @Override
  public void bytes(long count) {
    account(count);
  }

  /** Forgets the oldest encodings if they are too many. */
  void bound() {
    upTo = Math.max(upTo, blocks.begin());
    while (bytes.get() > limit && upTo < blocks.end() - 1) {
      account(-blocks.at(upTo++).dropEncodings());
    }
  }

  /** A block has come before all others. */
  void prepended() {
    upTo = Math.min(upTo, blocks.begin());
  }

  /** The ring has let go of {@code block}. */
  void evicted(Block block) {
    account(-block.evict());
  }

  private void account(long count) {
    bytes.addAndGet(count);
    budget.add(count);
  }
}
