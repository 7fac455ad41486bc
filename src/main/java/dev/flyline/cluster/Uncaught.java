package dev.flyline.cluster;

import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Handler;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs what is thrown on an event loop and caught by nobody, as Vert.x does by itself, but for one
 * fault of its own: when a bus connection breaks, Vert.x fails each message that was not written
 * twice, and the second time throws. Those, thousands in a second, are counted and told of once.
 */
final class Uncaught implements Handler<Throwable> {

  private static final Logger log = LoggerFactory.getLogger(Uncaught.class);

  private static final String SECOND = "Promise already completed";

  /** Where Vert.x tells that a connection's write has failed. */
  private static final String CHANNEL = "io.vertx.core.net.impl.DelegatingChannelPromise";

  private static final String BUS = "io.vertx.core.eventbus.impl.clustered.";

  private final Meters meters;
  private final AtomicBoolean told = new AtomicBoolean();

  Uncaught(Meters meters) {
    this.meters = meters;
  }

  @Override
  public void handle(Throwable failure) {
    if (!isSecondFailure(failure)) {
      log.error("unhandled exception", failure);
      return;
    }
    meters.count(Meter.BUS_SECOND_FAILURES);
    if (told.compareAndSet(false, true)) {
      log.warn(
          "Vert.x has told twice that a message was not written, as it does when a connection"
              + " breaks; from here on that is only counted",
          failure);
    }
  }

  /** The same said by any other code, this router's own above all, would be a bug to be seen. */
  private static boolean isSecondFailure(Throwable failure) {
    return failure instanceof IllegalStateException
        && SECOND.equals(failure.getMessage())
        && Arrays.stream(failure.getStackTrace())
            .map(StackTraceElement::getClassName)
            .anyMatch(name -> name.equals(CHANNEL) || name.startsWith(BUS));
  }
}
