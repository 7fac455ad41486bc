package dev.flyline.feed;

import dev.flyline.bus.Recent;
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
  Future<Answer> watch(AppName app);

  /** Ends a watch. */
  void unwatch(AppName app);

  /** The app's recent lines, without watching it. */
  Future<Answer> recent(AppName app);

  /** How the owner shows what it has. */
  sealed interface Answer {}

  /**
   * The owner is this router: its own ring, which it goes on writing.
   *
   * @param head the last seq when the owner was asked; what comes after it is live
   */
  record Shared(BlockRing ring, long head) implements Answer {}

  /** What the owner's ring held when it was asked. */
  record Copied(Recent recent) implements Answer {}
}
