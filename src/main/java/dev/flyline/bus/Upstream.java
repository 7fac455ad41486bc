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

  /** Lines come. */
  public static final State CONNECTED =
      new State(true, "nats_connected", "The log stream is connected.");

  /** Lines came, and will again. */
  public static final State AWAY =
      new State(
          false,
          "nats_reconnecting",
          "The log stream is disconnected; lines of this time may be missing.");

  /** No line has come yet. */
  public static final State UNREACHABLE =
      new State(false, "nats_reconnecting", "The log stream cannot be reached; trying on.");

  /** No line will come before somebody mends the settings. */
  public static final State REFUSED =
      new State(false, "nats_refused", "The log stream refuses this router's credentials.");

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
