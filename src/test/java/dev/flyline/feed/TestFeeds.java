package dev.flyline.feed;

import dev.flyline.bus.LogBus;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.metrics.Meters;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** Feeds on two real event loops, with an owner that does what a test says. */
final class TestFeeds {

  final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  final Lanes lanes = new Lanes(vertx, 2);
  final FakeLog log;
  final Feeds feeds;

  TestFeeds(RingLimits limits) {
    this(limits, 1 << 20);
  }

  TestFeeds(RingLimits limits, int turnBytes) {
    var bus = new LogBus(vertx);
    this.log = new FakeLog(bus, limits);
    var config =
        new FeedConfig(
            limits,
            1 << 30,
            1 << 30,
            Duration.ofMillis(1),
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            turnBytes);
    this.feeds =
        new Feeds(vertx, lanes, bus, _ -> log, config, new Meters(), InstantSource.system());
  }

  /** Does something to the log on its home lane and returns what it gave. */
  <T> T with(Function<FakeLog, T> task) throws Exception {
    Lane home = lanes.home(Entries.APP);
    var done = new CompletableFuture<T>();
    home.run(
        () -> {
          try {
            done.complete(task.apply(log));
          } catch (RuntimeException e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(10, TimeUnit.SECONDS);
  }

  /** Does something to the log on its home lane. */
  void change(Consumer<FakeLog> task) throws Exception {
    var _ =
        with(
            log -> {
              task.accept(log);
              return true;
            });
  }

  /** The log's other lane, where it is not at home. */
  int away() {
    return 1 - home();
  }

  int home() {
    return lanes.home(Entries.APP).index();
  }

  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }
}
