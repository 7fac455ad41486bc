package dev.flyline.log;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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

  /** No line will come before the log stream's operator mends its limits or settings. */
  public static final State TURNED_AWAY =
      new State(
          false,
          "nats_refused",
          "The log stream turns this router's connection away; lines of this time may be missing,"
              + " trying on.");

  /** No line of one app will come before the log stream's operator mends its limits. */
  public static final State APP_REFUSED =
      new State(
          true,
          "upstream_refused",
          "The log stream refuses the subscription to this app; lines may be missing, trying on.");

  private final Set<AppName> refused = ConcurrentHashMap.newKeySet(); // to this router
  private final Set<AppName> unread = ConcurrentHashMap.newKeySet(); // refused to their owner
  private final List<Consumer<AppName>> owners = new CopyOnWriteArrayList<>();
  private final List<RefusalListener> refusals = new CopyOnWriteArrayList<>();
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

  /** What is known now of the log stream for {@code app}. */
  public State state(AppName app) {
    State now = state;
    return now.connected() && unread.contains(app) ? APP_REFUSED : now;
  }

  /** The log stream refuses {@code app} to the router that owns it, or no longer. */
  public void owner(AppName app, boolean refused) {
    if (refused ? unread.add(app) : unread.remove(app)) {
      owners.forEach(listener -> listener.accept(app));
    }
  }

  /** Calls {@code listener} after each change of {@link #owner}, on the thread that makes it. */
  public void onOwner(Consumer<AppName> listener) {
    owners.add(listener);
  }

  /** The log stream refuses this router's subscriptions to {@code apps}. */
  public void refused(Collection<AppName> apps) {
    refused.addAll(apps);
    refusals.forEach(listener -> listener.changed(apps, true));
  }

  /** The log stream accepts the subscriptions to {@code apps} again, or they are not wanted. */
  public void accepted(Collection<AppName> apps) {
    refused.removeAll(Set.copyOf(apps));
    refusals.forEach(listener -> listener.changed(apps, false));
  }

  /** How many of this router's subscriptions are refused now. */
  public int refusedApps() {
    return refused.size();
  }

  /** Wants to know of apps whose subscriptions are refused. */
  @FunctionalInterface
  public interface RefusalListener {

    /** Subscriptions to {@code apps} are refused, or no longer. */
    void changed(Collection<AppName> apps, boolean refused);
  }

  /** Calls {@code listener} after each change of what is refused, on the thread that makes it. */
  public void onRefusal(RefusalListener listener) {
    refusals.add(listener);
  }

  /** Calls {@code listener} after each change, on the thread that makes it. */
  public void onChange(Consumer<State> listener) {
    listeners.add(listener);
  }
}
