package dev.flyline.replica;

/**
 * A timeout, counted in ticks of its owner. A frozen router does not tick, so its timeouts do not
 * run out while it stands still.
 */
final class Countdown {

  private static final Countdown OVER = new Countdown(0);

  private final int length;
  private int left;

  /** One that is over, and lasts {@code length} ticks once it is started. */
  Countdown(int length) {
    this.length = length;
  }

  /** One that lasts {@code length} ticks from now on. */
  static Countdown started(int length) {
    var countdown = new Countdown(length);
    countdown.start();
    return countdown;
  }

  /** One that never runs. All share it, so idle apps use it to save memory. */
  static Countdown over() {
    return OVER;
  }

  /** Begins anew at its full length, whether it is over or not. */
  void start() {
    left = length;
  }

  /** Is over at once. */
  void stop() {
    left = 0;
  }

  /** Lets a tick pass; returns whether it is over. */
  boolean tick() {
    pass(1);
    return isOver();
  }

  /** Lets some ticks pass. */
  void pass(int ticks) {
    left = Math.max(0, left - ticks);
  }

  /** Lets a tick pass if {@code counts}, and begins anew if not; returns whether it is over. */
  boolean tickWhile(boolean counts) {
    if (counts) {
      return tick();
    }
    start();
    return isOver();
  }

  /** Lasts a tick longer, unless it is over. */
  void prolong() {
    if (isRunning()) {
      left++;
    }
  }

  boolean isOver() {
    return left == 0;
  }

  boolean isRunning() {
    return left > 0;
  }

  /** How many ticks it still lasts; 0 if it is over. */
  int left() {
    return left;
  }
}
