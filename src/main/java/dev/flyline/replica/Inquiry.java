package dev.flyline.replica;

/**
 * What another router is asked: whom, and for how long its answer is waited for. When that time is
 * over, whoever asks does so again, or asks another router.
 */
final class Inquiry {

  private final Countdown patience;
  private String asked = "";

  /** Nobody is asked yet; an answer is waited for until the {@code patience}th tick. */
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

  /** No answer is waited for any more. The time goes on, for whoever waits for what it said. */
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
