package dev.flyline.replica;

import java.util.concurrent.atomic.AtomicInteger;

/** A {@link Countdown} that any thread may start and look at; one thread lets its ticks pass. */
final class SharedCountdown {

  private final int length;
  private final AtomicInteger left = new AtomicInteger();

  /** One that is over, and lasts {@code length} ticks once it is started. */
  SharedCountdown(int length) {
    this.length = length;
  }

  /** Begins anew at its full length, whether it is over or not. */
  void start() {
    left.set(length);
  }

  /** Is over at once. */
  void stop() {
    left.set(0);
  }

  /** Lets some ticks pass; a start at the same time is not lost. */
  void pass(int ticks) {
    left.updateAndGet(now -> Math.max(0, now - ticks));
  }

  boolean isOver() {
    return left.get() == 0;
  }

  /** How many ticks it still lasts; 0 if it is over. */
  int left() {
    return left.get();
  }
}
