package dev.flyline.bus;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Whether the log stream is there, for those who tell people. Safe on any thread. */
public final class Upstream {

  /**
   * What is known of the log stream.
   *
   * @param code a word for programs, used as the code of notices
   * @param detail a sentence for people
   */
  public record State(boolean connected, String code, String detail) {}

  private final List<Consumer<State>> listeners = new CopyOnWriteArrayList<>();
  private volatile State state =
      new State(false, "nats_connecting", "The log stream is not connected yet.");

  /** What is known now. */
  public State state() {
    return state;
  }

  /** Sets the state and tells those who listen. */
  public void set(State state) {
    this.state = state;
    listeners.forEach(listener -> listener.accept(state));
  }

  /** Calls {@code listener} after each change, on the thread that makes it. */
  public void onChange(Consumer<State> listener) {
    listeners.add(listener);
  }
}
