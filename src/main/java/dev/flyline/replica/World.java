package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;

/** What the protocol needs of the world around it. Called on the lane of the replicas. */
public interface World {

  /** Milliseconds of a clock that never goes back and does not stop while this process does. */
  long nowMs();

  /** Milliseconds since 1970. */
  long wallMs();

  /** Sends to another router. May lose the message, and never keeps the caller waiting. */
  void send(String node, AppMessage message);

  /**
   * Reads the app from NATS: from now on {@link Replicas#arrived} is called, and {@link
   * Replicas#confirmed} when all that NATS receives from then on will come, or when NATS is away.
   */
  void subscribe(AppName app);

  /** What NATS brings of the app could wait until now (see {@link Replicas#arrived}); no more. */
  void hurry(AppName app);

  /** Reads the app no longer. */
  void unsubscribe(AppName app);

  /** Counts that an app's role here has become {@code to}. */
  void roleChanged(Role to, RoleCause cause);

  /**
   * Publishes {@code batch}, which now stands in the ring of an app that is watched here. Must put
   * off whatever may call back.
   */
  void committed(LogBatch batch);

  /** NATS refuses the app to whichever router owns it, or no longer. */
  default void refused(AppName app, boolean refused) {}

  /** An app's replica did not do what it was to do, which is a fault of the code. */
  void failed(AppName app, RuntimeException cause);
}
