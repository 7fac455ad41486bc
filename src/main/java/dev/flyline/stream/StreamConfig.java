package dev.flyline.stream;

import dev.flyline.config.Settings;
import java.time.Duration;
import java.util.Map;

/**
 * How streams are kept.
 *
 * @param node this router's name
 * @param region where it runs
 * @param onFly whether it runs behind Fly's proxy
 * @param ping after so long without data a client gets a sign of life
 * @param pong a WebSocket that leaves a ping unanswered for so long is closed
 * @param gone a client whose network leaves what it was sent unacknowledged for so long is closed
 * @param stalled after so long without taking anything a client is closed
 * @param drain time over which a stopping router spreads its viewers' reconnects
 */
public record StreamConfig(
    String node,
    String region,
    boolean onFly,
    Duration ping,
    Duration pong,
    Duration gone,
    Duration stalled,
    Duration drain) {

  /** How often each session is looked at; what happens at a time happens at most so much later. */
  static final Duration TICK = Duration.ofMillis(250);

  /** Before a grant ends, a client that can renew it is told so long ahead. */
  static final Duration EXPIRING = Duration.ofSeconds(60);

  /** How long a handshake waits for the feed, so that what comes after it is sure to be seen. */
  static final Duration HANDSHAKE = Duration.ofMillis(200);

  /** The same for the router called {@code another}. */
  public StreamConfig named(String another) {
    return new StreamConfig(another, region, onFly, ping, pong, gone, stalled, drain);
  }

  /** Reads {@code drain}; what the platform says of itself comes from its own variables. */
  public static StreamConfig from(Settings s, Map<String, String> environment, String node) {
    return new StreamConfig(
        node,
        environment.getOrDefault("FLY_REGION", "local"),
        environment.containsKey("FLY_MACHINE_ID"),
        Duration.ofSeconds(15),
        Duration.ofSeconds(40),
        Duration.ofSeconds(45),
        Duration.ofMinutes(5),
        s.duration(
            "drain",
            "30s",
            Duration.ZERO,
            Duration.ofMinutes(5),
            "time over which a stopping router spreads its viewers' reconnects"));
  }
}
