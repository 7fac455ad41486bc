package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.Batches;
import dev.flyline.bus.Lane;
import dev.flyline.bus.Lanes;
import dev.flyline.bus.LogBatch;
import dev.flyline.log.AppName;
import dev.flyline.log.Position;
import dev.flyline.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real event loops and the real bus; the owner and the sockets are fakes that behave. */
@Timeout(60)
final class FeedsTest {

  private static final RingLimits NARROW = new RingLimits(200, 1 << 20, Duration.ofMinutes(1));

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
  private final Lanes lanes = new Lanes(vertx, 2);
  private final Batches batches = new Batches(vertx);
  private final FakeOwner owner = new FakeOwner();

  @AfterEach
  void close() throws Exception {
    vertx.close().await(20, TimeUnit.SECONDS);
  }

  private Feeds feeds(RingLimits limits) {
    var config =
        new FeedConfig(
            limits, 1 << 30, Duration.ofMillis(1), Duration.ofSeconds(2), Duration.ofSeconds(1));
    return new Feeds(vertx, lanes, _ -> owner, config, new Meters(), InstantSource.system());
  }

  /**
   * Viewers on two event loops whose sockets stall and go on at random, that pause, leave and come
   * back by position: what each gets is every position once, as a line, a mark or within a gap.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void everyPosition_isDeliveredOnceOrToldAsMissing(long seed) throws Exception {
    var random = new Random(seed);
    Feeds feeds = feeds(NARROW);
    owner.append(Entries.lines(1, 50));
    List<FakeClient> clients = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      clients.add(new FakeClient(feeds, lanes.all().get(i % 2), random.nextLong()));
    }
    for (FakeClient client : clients) {
      client.connect();
    }
    long next = 51;
    while (next < 6_000) {
      long last = next + random.nextInt(20);
      owner.append(random.nextInt(20) == 0 ? Entries.mark(next) : Entries.lines(next, last));
      next = owner.head() + 1;
      if (random.nextInt(4) == 0) {
        clients.get(random.nextInt(clients.size())).disturb();
      }
    }
    long head = next - 1;
    for (FakeClient client : clients) {
      client.checkAll(head);
    }
  }

  @Test
  void lastRelease_unwatchesOnceAfterTheLinger() throws Exception {
    Feeds feeds = feeds(Entries.WIDE);
    for (Lane lane : lanes.all()) {
      on(lane, () -> feeds.of(lane.loop()).open(Entries.APP)).await(5, TimeUnit.SECONDS);
      on(lane, () -> feeds.of(lane.loop()).open(Entries.APP)).await(5, TimeUnit.SECONDS);
    }
    assertThat(owner.watches.get()).isEqualTo(1);
    for (Lane lane : lanes.all()) {
      lane.run(() -> feeds.of(lane.loop()).release(Entries.APP));
    }
    lanes.all().forEach(lane -> lane.run(() -> feeds.of(lane.loop()).release(Entries.APP)));
    assertThat(owner.unwatched.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(owner.watches.get()).isEqualTo(1);
  }

  /** Asked for with {@code tail=0} before the owner answers, told from the asking on. */
  @Test
  void linesDuringTheOwnersAnswer_reachWhoeverWaitsForIt() throws Exception {
    owner.append(Entries.lines(1, 3));
    Promise<Void> answer = owner.answerLater();
    Feeds feeds = feeds(Entries.WIDE);
    var client = new FakeClient(feeds, lanes.all().getFirst(), 1);
    client.viewAtOnce();
    assertThat(owner.asked.await(10, TimeUnit.SECONDS)).isTrue();
    owner.append(Entries.lines(4, 9));
    answer.complete();
    client.checkAll(9);
    assertThat(client.first).isEqualTo(4);
  }

  private static <T> Future<T> on(Lane lane, java.util.function.Supplier<Future<T>> task) {
    var promise = io.vertx.core.Promise.<T>promise();
    lane.run(() -> task.get().onComplete(promise));
    return promise.future();
  }

  /** Keeps everything, and publishes it as long as somebody watches. Called on any thread. */
  private final class FakeOwner implements Owner {
    final AtomicInteger watches = new AtomicInteger();
    final CountDownLatch unwatched = new CountDownLatch(1);
    private final BlockRing ring = new BlockRing(Entries.LINEAGE, 0, NARROW, Entries.budget());
    final CountDownLatch asked = new CountDownLatch(1);
    private @Nullable Promise<Void> answer; // set if the answer waits
    private boolean watched;

    synchronized void append(LogBatch batch) {
      ring.append(batch);
      if (watched) {
        batches.publish(batch);
      }
    }

    synchronized Promise<Void> answerLater() {
      answer = Promise.promise();
      return answer;
    }

    synchronized long head() {
      return ring.head();
    }

    @Override
    public synchronized Future<Answer> watch(AppName app, Watcher watcher) {
      if (!watched) {
        watches.incrementAndGet();
      }
      watched = true;
      var now = new Answer(ring, ring.head());
      asked.countDown();
      return answer == null ? Future.succeededFuture(now) : answer.future().map(now);
    }

    @Override
    public synchronized void unwatch(AppName app) {
      watched = false;
      unwatched.countDown();
    }

    @Override
    public Future<BlockRing> recent(AppName app) {
      return Future.succeededFuture(ring);
    }

    @Override
    public Future<Void> older(AppName app) {
      return Future.succeededFuture();
    }
  }

  /** A client with a socket that takes what it likes; all of it on one lane. */
  private static final class FakeClient implements Sink, Viewer.Listener {
    private final Feeds feeds;
    private final Lane lane;
    private final Random random;
    private final StringBuilder received = new StringBuilder();
    private CompletableFuture<Void> reached = new CompletableFuture<>();
    private long target = Long.MAX_VALUE;
    private @Nullable Viewer viewer;
    private boolean writable = true;
    private int budget = Integer.MAX_VALUE;
    private long first;
    private long at;

    FakeClient(Feeds feeds, Lane lane, long seed) {
      this.feeds = feeds;
      this.lane = lane;
      this.random = new Random(seed);
    }

    void connect() throws Exception {
      var opened = new CompletableFuture<Void>();
      lane.run(() -> open(new Since.Latest(), 10, opened));
      opened.get(10, TimeUnit.SECONDS);
    }

    /** Begins to view what is yet to come before the log is there. */
    void viewAtOnce() {
      lane.run(
          () -> {
            FeedLane here = feeds.of(lane.loop());
            var _ = here.open(Entries.APP);
            viewer = here.view(request(new Since.Latest(), 0), this, this);
          });
    }

    private static Viewer.Request request(Since since, int tail) {
      return new Viewer.Request(Entries.APP, Entries.FORMAT, since, tail, true);
    }

    private void open(Since since, int tail, CompletableFuture<Void> opened) {
      FeedLane here = feeds.of(lane.loop());
      here.open(Entries.APP)
          .onComplete(
              _ -> {
                viewer = here.view(request(since, tail), this, this);
                opened.complete(null);
              });
    }

    /** Lets something happen to the socket or the stream. */
    void disturb() {
      lane.run(
          () -> {
            switch (random.nextInt(4)) {
              case 0 -> budget = random.nextInt(2_000);
              case 1 -> drain();
              case 2 -> viewer().pause(random.nextBoolean());
              default -> reconnect();
            }
          });
    }

    private Viewer viewer() {
      return Objects.requireNonNull(viewer);
    }

    private void drain() {
      budget = Integer.MAX_VALUE;
      writable = true;
      viewer().pump();
    }

    private void reconnect() {
      viewer().close();
      FeedLane here = feeds.of(lane.loop());
      drain();
      open(new Since.After(new Position(Entries.EPOCH, at)), -1, new CompletableFuture<>());
      here.release(Entries.APP);
    }

    void checkAll(long head) throws Exception {
      lane.run(
          () -> {
            target = head;
            drain();
            viewer().pause(false);
            parse();
          });
      reached.get(20, TimeUnit.SECONDS);
    }

    @Override
    public boolean isWritable() {
      return writable;
    }

    @Override
    public void write(ByteBuf bytes) {
      String text = bytes.toString(StandardCharsets.US_ASCII);
      bytes.release();
      received.append(text);
      budget -= text.length();
      writable = budget > 0;
      try {
        parse();
      } catch (AssertionError e) {
        reached.completeExceptionally(e);
      }
    }

    private void parse() {
      int space;
      while ((space = received.indexOf(" ")) >= 0) {
        String token = received.substring(0, space);
        received.delete(0, space + 1);
        switch (token.charAt(0)) {
          case 'L', 'M' -> advance(number(token.substring(1)), number(token.substring(1)));
          case 'G' -> {
            String[] ends = token.substring(1, token.indexOf('/')).split("-", -1);
            advance(number(ends[0]), number(ends[1]));
          }
          default -> {} // a mark within a gap just told
        }
      }
      if (at >= target) {
        reached.complete(null);
      }
    }

    private void advance(long from, long to) {
      if (first == 0) {
        first = from;
        at = from - 1;
      }
      assertThat(from).as("position after %d", at).isEqualTo(at + 1);
      at = to;
    }

    private static long number(String text) {
      return Long.parseLong(text);
    }

    @Override
    public ByteBufAllocator allocator() {
      return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public void opened(Viewer.Opened opened) {
      if (at == 0) {
        at = opened.at().seq();
      }
    }

    @Override
    public void waiting() {}

    @Override
    public void finished() {}
  }
}
