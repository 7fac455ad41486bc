package dev.flyline.stream;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.web.ApiError;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of history each user may read in a minute, over all of their streams on this
 * router. What counts is what is read of the rings, also of lines that a filter hides: those cost
 * as much.
 *
 * <p>A user's use runs out evenly, so there is no moment at which everybody comes back. A stream
 * that has been admitted reads on to its end, which is at most a ring. One object for all event
 * loops.
 */
public final class HistoryBudget {

  private static final long MINUTE_MS = 60_000;

  /** Minimum interval between two looks for users whose use has run out. */
  private static final long SWEEP_MS = 10_000;

  private final long bytesPerMinute;
  private final Meters meters;
  private final InstantSource clock;
  private final Map<String, Used> users = new ConcurrentHashMap<>();
  private final AtomicLong sweptMs;

  /** Allows each user {@code bytesPerMinute}. */
  public HistoryBudget(long bytesPerMinute, Meters meters, InstantSource clock) {
    this.bytesPerMinute = bytesPerMinute;
    this.meters = meters;
    this.clock = clock;
    this.sweptMs = new AtomicLong(clock.millis());
  }

  /** What a user had used at a moment. */
  private record Used(long bytes, long atMs) {

    long left(long nowMs, long bytesPerMinute) {
      long elapsedMs = Math.clamp(nowMs - atMs, 0, 10 * MINUTE_MS);
      return Math.max(0, bytes - (long) ((double) bytesPerMinute * elapsedMs / MINUTE_MS));
    }
  }

  /** Why {@code user} gets no stream now; empty if nothing is in the way. */
  Optional<ApiError> refusal(String user) {
    Used used = users.get(user);
    long bytes = used == null ? 0 : used.left(clock.millis(), bytesPerMinute);
    if (bytes < bytesPerMinute) {
      return Optional.empty();
    }
    long waitMs = (long) ((double) (bytes - bytesPerMinute) * MINUTE_MS / bytesPerMinute);
    return Optional.of(
        ApiError.tooMany(
            "too_many_history_bytes",
            "this user has read too much history in the last minute",
            (int) Math.min(600, waitMs / 1000 + 1)));
  }

  /** Notes that {@code user} has read so many bytes of history. */
  void charge(String user, long bytes) {
    meters.add(Meter.HISTORY_BYTES, bytes);
    long nowMs = clock.millis();
    users.compute(
        user,
        (_, used) ->
            new Used((used == null ? 0 : used.left(nowMs, bytesPerMinute)) + bytes, nowMs));
    sweep(nowMs);
  }

  private void sweep(long nowMs) {
    long before = sweptMs.get();
    if (nowMs - before >= SWEEP_MS && sweptMs.compareAndSet(before, nowMs)) {
      users.values().removeIf(used -> used.left(nowMs, bytesPerMinute) == 0);
    }
  }

  /** How many users are remembered. */
  int users() {
    return users.size();
  }
}
