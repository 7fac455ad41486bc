package dev.flyline.web;

import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How often each name may do something in a minute.
 *
 * <p>Minutes follow one another from the first time on, not from each name's. At a minute's end all
 * names are forgotten, and so they are when very many have come: that lets more through, and the
 * memory is bounded. Any thread may ask.
 */
final class Rate {

  private static final long MINUTE_MS = 60_000;

  /** Names that are remembered at most. */
  static final int MOST_NAMES = 100_000;

  private final int max;
  private final InstantSource clock;
  private volatile Minute minute = new Minute(Long.MIN_VALUE / 2, new ConcurrentHashMap<>());

  Rate(int max, InstantSource clock) {
    this.max = max;
    this.clock = clock;
  }

  /** Counts once for {@code name}; returns the seconds to wait if that is once too often. */
  OptionalInt take(String name) {
    if (max == Integer.MAX_VALUE) {
      return OptionalInt.empty();
    }
    long nowMs = clock.millis();
    Minute now = at(nowMs);
    int count = now.counts().merge(name, 1, Integer::sum);
    return count <= max
        ? OptionalInt.empty()
        : OptionalInt.of((int) ((now.startMs() + MINUTE_MS - nowMs) / 1000) + 1);
  }

  private Minute at(long nowMs) {
    Minute now = minute;
    boolean over = nowMs - now.startMs() >= MINUTE_MS || nowMs < now.startMs();
    if (over || now.counts().size() > MOST_NAMES) {
      now = new Minute(nowMs, new ConcurrentHashMap<>()); // two threads may; the later one holds
      minute = now;
    }
    return now;
  }

  private record Minute(long startMs, Map<String, Integer> counts) {}
}
