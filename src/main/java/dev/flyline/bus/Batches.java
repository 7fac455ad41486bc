package dev.flyline.bus;

import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;

/**
 * The sending side of the path from an owner to the feeds of its apps.
 *
 * <p>The address is local to the router: a batch reaches the feed on this router. Safe on any
 * thread.
 */
public final class Batches {

  private static final DeliveryOptions OPTIONS =
      new DeliveryOptions().setCodecName(LogBatchCodec.NAME).setLocalOnly(true);

  private final EventBus bus;

  /** Registers the codec; once per {@code vertx}. */
  public Batches(Vertx vertx) {
    this.bus = vertx.eventBus();
    bus.registerCodec(new LogBatchCodec());
  }

  /** Sends {@code batch} to the feeds of its app. */
  public void publish(LogBatch batch) {
    bus.publish(batch.app().busAddress(), batch, OPTIONS);
  }
}
