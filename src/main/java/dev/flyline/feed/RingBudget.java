package dev.flyline.feed;

import java.util.concurrent.atomic.AtomicLong;

/** What all rings of this router hold, and how much they may. Safe on any thread. */
public final class RingBudget {

  private final long limit;
  private final AtomicLong used = new AtomicLong(); // asked as often as added to

  /** Allows {@code limit} bytes over all rings. */
  public RingBudget(long limit) {
    this.limit = limit;
  }

  void add(long bytes) {
    used.addAndGet(bytes);
  }

  /** Bytes that all rings hold now, encodings included. */
  public long used() {
    return used.get();
  }

  /** Whether the rings hold more than they may. */
  public boolean exceeded() {
    return used.get() > limit;
  }
}
