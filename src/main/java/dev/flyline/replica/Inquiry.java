package dev.flyline.replica;

/**
 * A question to another router, and the time that its answer may take. When the time is over, the
 * caller asks again, or asks another router.
 */
final class Inquiry {

  private final Countdown patience;
  private String asked = "";

  /** Nobody is asked yet. An answer may take {@code patience} ticks. */
  Inquiry(int patience) {
    this.patience = Countdown.started(patience);
  }

  /** The question goes to {@code node}. */
  void ask(String node) {
    asked = node;
    patience.start();
  }

  /** Nobody is asked now, and not before the time for an answer has passed. */
  void pause() {
    ask("");
  }

  /** Accepts no answer any more. The countdown goes on: callers use it before they ask again. */
  void close() {
    asked = "";
  }

  /** Whether an answer is waited for. */
  boolean isOpen() {
    return !asked.isEmpty();
  }

  /** Whether it is {@code node} whose answer is waited for. */
  boolean isTo(String node) {
    return isOpen() && asked.equals(node);
  }

  /** Who is asked; empty if nobody is. */
  String asked() {
    return asked;
  }

  /** Lets a tick pass; returns whether the time for an answer has passed. */
  boolean tick() {
    return patience.tick();
  }
}
