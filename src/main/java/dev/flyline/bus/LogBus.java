package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/**
 * The lines of the apps that are watched on this router: each committed run of an app's log is
 * published once on the event bus, at the app's {@link #address}.
 *
 * <p>The address is local: nothing is sent to other routers, and nothing of theirs is delivered. A
 * batch is passed by reference. A consumer gets the batches of an app in order, on its own context,
 * for as long as the router has the app's log under watch; positions tell whether a hole lies
 * between two of them.
 */
public final class LogBus {

  private static final DeliveryOptions LOCAL =
      new DeliveryOptions().setLocalOnly(true).setCodecName(ByReference.NAME);

  private final EventBus bus;

  /** Prepares the bus of {@code vertx} for batches. One for each {@code vertx}. */
  public LogBus(Vertx vertx) {
    this.bus = vertx.eventBus();
    bus.registerDefaultCodec(LogBatch.class, new ByReference());
  }

  /** Where the batches of {@code app} are published. */
  public static String address(AppName app) {
    return "app." + app.value();
  }

  /** Publishes a committed run. Every consumer gets it in a task of its own. */
  public void publish(LogBatch batch) {
    bus.publish(address(batch.app()), batch, LOCAL);
  }

  /**
   * Calls {@code consumer} for every batch of {@code app} from now on, in the caller's context,
   * until {@link MessageConsumer#unregister}.
   */
  public MessageConsumer<LogBatch> subscribe(AppName app, Consumer<LogBatch> consumer) {
    return bus.localConsumer(address(app), message -> consumer.accept(message.body()));
  }

  /** Lets a batch pass as it is, and only within this process. */
  private static final class ByReference implements MessageCodec<LogBatch, LogBatch> {

    static final String NAME = "log-batch";

    @Override
    public void encodeToWire(Buffer buffer, LogBatch batch) {
      throw new UnsupportedOperationException("a batch does not leave its router over the bus");
    }

    @Override
    public LogBatch decodeFromWire(int pos, Buffer buffer) {
      throw new UnsupportedOperationException("a batch does not come over the bus");
    }

    @Override
    public LogBatch transform(LogBatch batch) {
      return batch;
    }

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public byte systemCodecID() {
      return -1; // not one of Vert.x' own
    }
  }
}
