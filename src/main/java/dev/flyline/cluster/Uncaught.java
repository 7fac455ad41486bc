package dev.flyline.cluster;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Handler;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what is thrown on an event loop and caught by nobody, as Vert.x does by itself, but for one
 * fault of its own: when a bus connection breaks, Vert.x fails each message that was not written
 * twice, and the second time throws. Those, thousands in a second, are counted, and told of once
 * for each of the two forms that they have. Tried with Vert.x 5.1.6: of 80,000 messages to a router
 * that is killed some 2,000 still end so.
 */
final class Uncaught implements Handler<Throwable> {

  private static final Logger log = LoggerFactory.getLogger(Uncaught.class);

  private static final String SECOND = "Promise already completed";

  /** Where Vert.x tells that a connection's write has failed. */
  private static final String CHANNEL = "io.vertx.core.net.impl.DelegatingChannelPromise";

  private static final String BUS = "io.vertx.core.eventbus.impl.clustered.";

  private static final String OWN = "dev.flyline.";

  private final Meters meters;
  private final AtomicBoolean toldOfBus = new AtomicBoolean();
  private final AtomicBoolean toldOfAnyone = new AtomicBoolean();

  Uncaught(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void handle(Throwable failure) {
    boolean ofBus = isSecond(failure) && hasCaller(failure, Uncaught::isBus);
    // One that was handed to another thread names nobody; our own code's would name that.
    boolean ofAnyone = isSecond(failure) && !hasCaller(failure, name -> name.startsWith(OWN));
    if (!ofBus && !ofAnyone) {
      log.error("unhandled exception", failure);
      return;
    }
    meters.count(Meter.BUS_SECOND_FAILURES);
    if ((ofBus ? toldOfBus : toldOfAnyone).compareAndSet(false, true)) {
      log.warn(
          "Vert.x has told twice that a message was not written, as it does when a connection"
              + " breaks; from here on that is only counted",
          failure);
    }
  }

  private static boolean isSecond(Throwable failure) {
    return failure instanceof IllegalStateException && SECOND.equals(failure.getMessage());
  }

  private static boolean isBus(String caller) {
    return caller.equals(CHANNEL) || caller.startsWith(BUS);
  }

  private static boolean hasCaller(Throwable failure, Predicate<String> isIt) {
    return Arrays.stream(failure.getStackTrace())
        .map(StackTraceElement::getClassName)
        .anyMatch(isIt);
  }
}
