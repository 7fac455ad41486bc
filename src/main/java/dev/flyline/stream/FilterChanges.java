package dev.flyline.stream;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The filters that the client of one stream asks for, one after the other.
 *
 * <p>Each costs the reading of an expression and a move to another cohort. So one is done at most
 * every {@link #INTERVAL}; of those that come sooner the latest waits, unread, in the place of the
 * one before. A client that sends one for each key that a person presses needs to know nothing of
 * it. Belongs to the event loop of the stream's socket.
 */
final class FilterChanges {

  /** Minimum interval between two changes. */
  static final Duration INTERVAL = StreamConfig.TICK;

  /** What becomes of a filter. */
  interface Outcome {
    /** It holds from now on. */
    void changed(FilterExpression expression);

    /** Nobody can understand it; the one before goes on. */
    void refused(FilterException cause);

    /** Another one has come before its time. */
    void replaced();
  }

  private final Outcome outcome;
  private final LongSupplier nanoClock;
  private @Nullable String waiting; // set while one waits for its time
  private boolean any; // has been done
  private long lastNs;

  FilterChanges(Outcome outcome, LongSupplier nanoClock) {
    this.outcome = outcome;
    this.nanoClock = nanoClock;
  }

  /** The client asks for {@code text}. */
  void ask(String text) {
    if (waiting != null) {
      outcome.replaced();
    }
    waiting = text;
    turn();
  }

  /** Does what waits if its time has come. */
  void turn() {
    String text = waiting;
    long nowNs = nanoClock.getAsLong();
    if (text == null || (any && nowNs - lastNs < INTERVAL.toNanos())) {
      return;
    }
    waiting = null;
    any = true;
    lastNs = nowNs;
    try {
      outcome.changed(FilterExpression.parse(text));
    } catch (FilterException e) {
      outcome.refused(e);
    }
  }

  /** Whether one waits for its time. */
  boolean isWaiting() {
    return waiting != null;
  }
}
