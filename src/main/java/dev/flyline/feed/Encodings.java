package dev.flyline.feed;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes the encodings of a ring's blocks hold, and their bound, as large as that of the
 * lines; beyond it the oldest blocks forget their encodings, not their lines. Any thread encodes;
 * the ring's writer lets go.
 */
final class Encodings {

  private final long limit;
  private final RingBudget budget;
  private final AtomicLong bytes = new AtomicLong();
  private long upTo; // index before which no block has encodings

  Encodings(long limit, RingBudget budget) {
    this.limit = limit;
    this.budget = budget;
  }

  long bytes() {
    return bytes.get();
  }

  byte[] of(Block block, Format format, boolean keep) {
    boolean room = keep && bytes.get() < limit;
    return block.encoded(format, room, this::account);
  }

  /** Forgets the oldest encodings of {@code blocks} if they are too many. */
  void bound(Blocks blocks) {
    upTo = Math.max(upTo, blocks.begin());
    while (bytes.get() > limit && upTo < blocks.end() - 1) {
      account(-blocks.at(upTo++).dropEncodings());
    }
  }

  /** A block has come before all others. */
  void prepended(Blocks blocks) {
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
