package dev.flyline.log;

import java.util.Locale;

/** Why lines are missing from what a viewer got. */
public enum GapCause {
  /** The viewer fell behind the ring. */
  SLOW(1),
  /** The viewer asked for what the ring no longer holds. */
  EVICTED(2),
  /** NATS was away, or brought more than the router could take. */
  UPSTREAM(3),
  /** The owner changed and could not know what the one before it had numbered. */
  FAILOVER(4),
  /** Nobody watched the app, so nobody read it. */
  UNWATCHED(5),
  /** The app was over a limit. */
  QUOTA(6);

  private final int wireCode;

  GapCause(int wireCode) {
    this.wireCode = wireCode;
  }

  /** The number that stands for this between routers; never changes. */
  public int wireCode() {
    return wireCode;
  }

  /** Returns the cause with this number; throws {@link IllegalArgumentException} for another. */
  public static GapCause ofWireCode(int wireCode) {
    for (GapCause cause : values()) {
      if (cause.wireCode == wireCode) {
        return cause;
      }
    }
    throw new IllegalArgumentException("gap cause: unknown code");
  }

  /** The name in frames. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
