package dev.flyline.peer;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Which lines may still go to a peer that has not acknowledged what is on its way to it. Whoever
 * does not get them finds that they are missing and asks for them.
 *
 * <p>Three bounds, of which the lower ones leave room for what matters more: history waits for live
 * lines; of live lines those of one busy app wait for those of all others; and beyond the last one
 * nothing goes, since the bus below would keep it all. Belongs to one lane.
 */
final class Share {

  /** Bytes on the way to one peer, from which on it gets no lines at all. */
  static final long MOST = 4 << 20;

  /** From which on no app gets more than {@link #APP} of them in a while. */
  static final long CROWDED = 2 << 20;

  /** Below which it gets lines again that it has asked for and that could not go. */
  static final long RESUME = 1 << 20;

  /** From which on it gets no older lines. */
  static final long HISTORY = 256 << 10;

  static final long APP = 128 << 10;

  private static final long WHILE_NS = TimeUnit.MILLISECONDS.toNanos(250);

  private final Map<AppName, Long> sent = new HashMap<>();
  private long beganNs;

  /**
   * Whether {@code message} may go to a peer with {@code onTheWay} bytes unacknowledged.
   *
   * @param size of the message, in bytes
   */
  boolean admits(AppMessage message, long size, long onTheWay, long nowNs) {
    return switch (message) {
      case AppMessage.Range range when range.backwards() -> onTheWay <= HISTORY;
      case AppMessage.Range _, AppMessage.Lines _ ->
          onTheWay <= CROWDED || (onTheWay <= MOST && isWithinShare(message.app(), size, nowNs));
      default -> true;
    };
  }

  private boolean isWithinShare(AppName app, long size, long nowNs) {
    if (nowNs - beganNs > WHILE_NS) {
      beganNs = nowNs;
      sent.clear();
    }
    return sent.merge(app, size, Long::sum) <= APP;
  }
}
