package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.metrics.Meters;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class UncaughtTest {

  private static final StackTraceElement CHANNEL =
      new StackTraceElement(
          "io.vertx.core.net.impl.DelegatingChannelPromise", "tryFailure", null, 130);
  private static final StackTraceElement BUS =
      new StackTraceElement(
          "io.vertx.core.eventbus.impl.clustered.OutboundConnection", "writeMessage", null, 79);

  private final Meters meters = new Meters();
  private final Uncaught uncaught = new Uncaught(meters);

  @Test
  void secondFailureOfAMessage_isToldOnceAndCounted() {
    try (var log = new TestLog()) {
      for (int i = 0; i < 1_000; i++) {
        uncaught.handle(by(i % 2 == 0 ? CHANNEL : BUS, completedTwice()));
      }

      assertThat(log.rest()).singleElement().asString().contains("only counted");
      assertThat(meters.scrape()).contains("flyline_bus_second_failures_total 1000.0\n");
    }
  }

  /** What is failed for a caller of another thread has a stack of Vert.x and Netty alone. */
  @Test
  void secondFailureHandedToAnotherThread_isToldOnceAndCounted() {
    try (var log = new TestLog()) {
      for (int i = 0; i < 1_000; i++) {
        Throwable failure = completedTwice();
        failure.setStackTrace(
            Arrays.stream(failure.getStackTrace())
                .filter(frame -> frame.getClassName().startsWith("io.vertx."))
                .toArray(StackTraceElement[]::new));
        assertThat(failure.getStackTrace()).isNotEmpty();
        uncaught.handle(failure);
        uncaught.handle(by(CHANNEL, completedTwice()));
      }

      assertThat(log.rest()).hasSize(2).allMatch(line -> line.contains("only counted"));
      assertThat(meters.scrape()).contains("flyline_bus_second_failures_total 2000.0\n");
    }
  }

  @Test
  void secondCompletionByAnybodyElse_isLoggedEachTime() {
    try (var log = new TestLog()) {
      uncaught.handle(completedTwice());
      uncaught.handle(completedTwice());

      assertThat(log.rest()).hasSize(2).containsOnly("unhandled exception");
      assertThat(meters.scrape()).contains("flyline_bus_second_failures_total 0.0\n");
    }
  }

  @Test
  void anythingElse_isLoggedEachTime_alsoByTheBus() {
    try (var log = new TestLog()) {
      uncaught.handle(by(BUS, new IndexOutOfBoundsException("3 + 4 > 4")));
      uncaught.handle(by(CHANNEL, new IllegalStateException("another state")));
      uncaught.handle(new AssertionError("a bug"));

      assertThat(log.rest()).hasSize(3).containsOnly("unhandled exception");
    }
  }

  @Test
  void whatAHandlerThrows_comesHere() throws Exception {
    Vertx vertx = Vertx.vertx().exceptionHandler(uncaught);
    try (var log = new TestLog()) {
      vertx.runOnContext(
          _ -> {
            throw new IllegalArgumentException("thrown on an event loop");
          });

      assertThat(log.await("unhandled")).isEqualTo("unhandled exception");
    } finally {
      TestCluster.await(vertx.close());
    }
  }

  /** What Vert.x really throws. */
  private static Throwable completedTwice() {
    var promise = Promise.<Void>promise();
    promise.complete();
    try {
      promise.fail("again");
      throw new AssertionError("a promise can be completed twice");
    } catch (IllegalStateException e) {
      return e;
    }
  }

  private static Throwable by(StackTraceElement caller, Throwable failure) {
    failure.setStackTrace(
        Stream.concat(Arrays.stream(failure.getStackTrace()), Stream.of(caller))
            .toArray(StackTraceElement[]::new));
    return failure;
  }
}
