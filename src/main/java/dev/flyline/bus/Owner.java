package dev.flyline.bus;

import dev.flyline.log.AppName;
import io.vertx.core.Future;

/**
 * What a feed asks of whoever owns its app. Called on the app's home lane, and answers there.
 *
 * <p>The batches themselves come over the event bus at {@link AppName#busAddress()}.
 */
public interface Owner {

  /**
   * Begins a watch: from now on the app's batches are published. The answer comes when the lines
   * that NATS receives from then on are sure to be read, or at once when NATS is away.
   */
  Future<Recent> watch(AppName app);

  /** Ends a watch. */
  void unwatch(AppName app);

  /** The app's recent lines, without watching it. */
  Future<Recent> recent(AppName app);
}
