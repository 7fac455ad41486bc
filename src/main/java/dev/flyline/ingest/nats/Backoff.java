package dev.flyline.ingest.nats;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long to wait before the next attempt to connect to a NATS that answers and turns this router
 * away. A NATS that does not answer is tried again after the shortest wait each time. Safe on any
 * thread: the NATS client asks on its own.
 */
final class Backoff {

  static final long SHORTEST_MS = 250;
  static final long LONGEST_MS = 30_000;

  /** The most that chance adds, so that routers do not come back all at once. */
  static final long JITTER_MS = 750;

  private final AtomicInteger refusals = new AtomicInteger(); // since NATS last accepted

  /** NATS has turned this router away; whether for the first time since it last accepted. */
  boolean refused() {
    return refusals.getAndIncrement() == 0;
  }

  boolean isRefused() {
    return refusals.get() > 0;
  }

  /** NATS has accepted the connection. */
  void accepted() {
    refusals.set(0);
  }

  /** The wait before the next attempt, without chance. */
  long waitMs() {
    int times = refusals.get();
    return times < 2 ? SHORTEST_MS : Math.min(LONGEST_MS, 1_000L << Math.min(10, times - 2));
  }

  /** The same with chance. */
  long jitteredMs() {
    return waitMs() + ThreadLocalRandom.current().nextLong(JITTER_MS);
  }
}
