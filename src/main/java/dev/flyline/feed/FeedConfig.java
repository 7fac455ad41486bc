package dev.flyline.feed;

import dev.flyline.config.Settings;
import java.time.Duration;

/**
 * How much of an app's log is kept, and for how long.
 *
 * @param totalBytes bound of all rings together
 * @param userBytes bytes of history that one user may read in a minute
 * @param linger how long an app is still watched after its last viewer left
 * @param waiting after which time without an owner a viewer is told so
 * @param tick how often ages are looked at
 * @param turnBytes bytes that an event loop writes for one app's viewers before it is the other
 *     apps' turn
 */
public record FeedConfig(
    RingLimits limits,
    long totalBytes,
    long userBytes,
    Duration linger,
    Duration waiting,
    Duration tick,
    int turnBytes) {

  private static final int TURN_BYTES = 1 << 20;

  /** Reads the settings {@code history.*} and {@code ingest.linger}. */
  public static FeedConfig from(Settings s) {
    RingLimits ring = ringLimits(s);
    long total =
        s.bytes(
            "history.total.bytes",
            "25 %",
            1 << 20,
            1L << 44,
            "bytes kept of all apps together, or a part of the heap; what was viewed longest ago"
                + " goes first");
    Duration linger =
        s.duration(
            "ingest.linger",
            "15m",
            Duration.ZERO,
            Duration.ofDays(7),
            "how long an app is still read after its last viewer left");
    return new FeedConfig(
        ring,
        total,
        userBytes(s),
        linger,
        Duration.ofSeconds(2),
        Duration.ofMillis(500),
        TURN_BYTES);
  }

  private static RingLimits ringLimits(Settings s) {
    int lines =
        s.integer("history.lines", 10_000, 1, 1_000_000, "recent lines kept of each watched app");
    long bytes =
        s.bytes(
            "history.bytes", "8 MiB", 1 << 16, 1L << 40, "bytes of lines kept of each watched app");
    Duration age =
        s.duration(
            "history.age",
            "15m",
            Duration.ofSeconds(1),
            Duration.ofDays(7),
            "how long a line is kept");
    return new RingLimits(lines, bytes, age);
  }

  private static long userBytes(Settings s) {
    return s.bytes(
        "limit.history.bytes.per.user",
        "256 MiB",
        1 << 20,
        1L << 44,
        "bytes of history that one user may read in a minute");
  }
}
