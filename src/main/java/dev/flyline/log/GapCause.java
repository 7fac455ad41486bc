package dev.flyline.log;

import java.util.Locale;

/** Why lines are missing from what a viewer got. */
public enum GapCause {
  /** The viewer fell behind the ring. */
  SLOW,
  /** The viewer asked for what the ring no longer holds. */
  EVICTED,
  /** NATS was away, or brought more than the router could take. */
  UPSTREAM,
  /** The owner changed and could not know what the one before it had numbered. */
  FAILOVER,
  /** Nobody watched the app, so nobody read it. */
  UNWATCHED,
  /** The app was over a limit. */
  QUOTA;

  /** The name in frames. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
