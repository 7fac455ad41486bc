package dev.flyline.feed;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes the encodings of a ring's blocks hold, and their bound, as large as that of the
 * lines; beyond it the oldest blocks forget their encodings, not their lines. Any thread encodes;
 * the ring's writer lets go.
 *
 * <p>Encodings are kept only in formats that live viewers read, at most {@link #MOST_FORMATS} at a
 * time, and go with the last of those viewers. So a client that asks for ever new filters leaves
 * nothing behind, and what a block's encodings hold is bounded, filters included.
 */
final class Encodings {

  /** Formats in which blocks keep their encodings at the same time. */
  static final int MOST_FORMATS = 8;

  private final long limit;
  private final RingBudget budget;
  private final Blocks blocks;
  private final AtomicLong bytes = new AtomicLong();
  private final Map<Format, Shared> live = new ConcurrentHashMap<>(2);
  private final AtomicInteger places = new AtomicInteger(); // taken
  private long upTo; // index before which no block has encodings

  Encodings(long limit, RingBudget budget, Blocks blocks) {
    this.limit = limit;
    this.budget = budget;
    this.blocks = blocks;
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
      shared = new Shared(format);
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
      return block.encode(format);
    }
    boolean keeps = keep && bytes.get() < limit && hasPlace(shared);
    return block.encoded(shared, keeps, this::account);
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
