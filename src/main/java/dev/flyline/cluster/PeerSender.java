package dev.flyline.cluster;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageProducer;
import io.vertx.core.eventbus.ReplyException;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * The way to one router. After a failure what is sent is thrown away for a moment that doubles each
 * time: the bus would try to connect anew for every message.
 *
 * <p>Safe on any thread.
 */
final class PeerSender {

  private static final long FIRST_PAUSE_NS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NS = TimeUnit.SECONDS.toNanos(1);

  private static final Future<Void> PAUSED =
      Future.failedFuture(new IOException("the last attempt to reach it has just failed"));

  private static final String NO_FAILURE = "none";

  private final MessageProducer<Buffer> messages;
  private final MessageProducer<String> probes;
  private final AtomicReference<Pause> pause = new AtomicReference<>(Pause.NONE);
  private volatile String lastFailure = NO_FAILURE;

  PeerSender(EventBus bus, String address) {
    this.messages = bus.sender(address, new DeliveryOptions().setCodecName(RawCodec.NAME));
    this.probes = bus.sender(address);
  }

  /** Sends a message of the router's; succeeds once it is written. */
  Future<Void> send(Buffer message) {
    return write(() -> messages.write(message));
  }

  /**
   * The bus completes some of its promises twice when a connection breaks, and throws that here.
   */
  private Future<Void> write(Supplier<Future<Void>> attempt) {
    if (!pause.get().isOver()) {
      return PAUSED;
    }
    try {
      return attempt.get();
    } catch (IllegalStateException e) {
      return Future.failedFuture(e);
    }
  }

  /** Sends a message of the cluster's own; succeeds once it is written. */
  Future<Void> probe(String probe) {
    return write(() -> probes.write(probe));
  }

  /** Notes that something was written. */
  void written() {
    if (!lastFailure.equals(NO_FAILURE)) { // changed only if need be: all threads share it
      pause.set(Pause.NONE);
      lastFailure = NO_FAILURE;
    }
  }

  /** Notes that something was not; returns whether it is the first to tell of this failure. */
  boolean failed(Throwable cause) {
    Pause current = pause.get();
    if (!current.isOver()) {
      return false;
    }
    lastFailure = Failures.reason(cause);
    // One that is not registered, yet or any more, costs no attempt to connect; and a pause would
    // throw away the first messages to a router that has just come.
    return !(cause instanceof ReplyException) && pause.compareAndSet(current, current.next());
  }

  /** What the last failure said of itself, if nothing has been written since. */
  String lastFailure() {
    return lastFailure;
  }

  /** A time in which nothing is sent, on {@link System#nanoTime}'s clock. */
  private record Pause(long lengthNs, long endNs) {

    static final Pause NONE = new Pause(0, 0);

    boolean isOver() {
      return lengthNs == 0 || System.nanoTime() - endNs >= 0;
    }

    Pause next() {
      long length = Math.clamp(lengthNs * 2, FIRST_PAUSE_NS, LONGEST_PAUSE_NS);
      return new Pause(length, System.nanoTime() + length);
    }
  }
}
