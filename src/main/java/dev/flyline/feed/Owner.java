package dev.flyline.feed;

import dev.flyline.log.AppName;
import io.vertx.core.Future;

/**
 * What a feed asks of whoever keeps its app's log on this router. Called on the app's home lane,
 * and answers there.
 */
public interface Owner {

  /**
   * Begins a watch: from now on the log grows. The answer comes when the lines that NATS receives
   * from then on are sure to be read, or at once when NATS is away.
   */
  Future<Answer> watch(AppName app, Watcher watcher);

  /** Ends a watch. */
  void unwatch(AppName app);

  /** The app's log, without watching it. */
  Future<BlockRing> recent(AppName app);

  /**
   * Asks for older entries of the log that {@link #watch} or {@link #recent} gave. Succeeds when it
   * has got some or is complete; if it fails, viewers begin with what there is.
   *
   * @param from the oldest seq that is needed; 0 for as many as one answer holds
   */
  Future<Void> older(AppName app, long from);

  /**
   * Asks whether the log goes further than this router has it, since somebody came with a position
   * that it does not hold. Succeeds when it has got as far as its owner says; if it fails, the
   * position is judged by what there is.
   */
  default Future<Void> newer(AppName app) {
    return Future.succeededFuture();
  }

  /**
   * A log under watch.
   *
   * @param ring written by the owner alone
   * @param live the last seq when the owner was asked; what comes after it is no history
   */
  record Answer(BlockRing ring, long live) {}

  /**
   * A watch of an app's log. The owner calls it on the app's home lane, within one of its turns.
   * New lines come another way: see {@link dev.flyline.bus.LogBus}.
   */
  interface Watcher {

    /**
     * The log has branched off before the head of its ring, and {@code ring}, which must reach at
     * least to that place, takes the old one's. Nothing is put into the old ring any more, and it
     * is complete; readers of history may be reading it until it is cleared.
     *
     * @param after whoever saw more than the logs have in common goes on after this seq
     */
    void replaced(BlockRing ring, long after);
  }
}
