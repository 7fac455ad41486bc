package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.LogBus;
import dev.flyline.filter.LineFilter;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.metrics.Meters;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much an event loop writes for a flooding app before a line of another app is written. */
@Timeout(30)
final class FairnessTest {

  private static final AppName FLOOD = new AppName("flood");
  private static final AppName QUIET = new AppName("quiet");
  private static final int TURN = 64 * 1024;
  private static final int LINES = 100;
  private static final int LINE = 150;
  private static final int BLOCKS = 200;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Lanes lanes = new Lanes(vertx, 1);
  private final Lane lane = lanes.all().getFirst();
  private final LogBus bus = new LogBus(vertx);
  private final Rings rings = new Rings(bus);
  private final Feeds feeds =
      new Feeds(
          vertx,
          lanes,
          bus,
          _ -> rings,
          new FeedConfig(
              rings.limits,
              1 << 30,
              1 << 30,
              Duration.ofMillis(1),
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              TURN),
          new Meters(),
          InstantSource.system());

  /** All of these belong to the lane. */
  private long floodBytes;

  private long floodBytesBeforeQuiet = -1;
  private final CompletableFuture<Void> quietCame = new CompletableFuture<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private <T> T onLane(Callable<T> task) throws Exception {
    return lane.loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  /** Waits until the loop has done all that it has to do. */
  private void settle() throws Exception {
    while (onLane(() -> feeds.of(lane.loop()).turns().apps() > 0)) {
      onLane(() -> null);
    }
    onLane(() -> null);
  }

  private void view(AppName app, Since since, Format format) throws Exception {
    var client = new Client(app);
    onLane(
        () -> {
          FeedLane here = feeds.of(lane.loop());
          var request = new ViewRequest(app, format, since, -1, true);
          return here.view(here.open(app), request, client, client);
        });
  }

  private static Format format(int filter) {
    Set<String> machines = filter < 0 ? Set.of() : Set.of("m0", "m1", "none-" + filter);
    return new Format(new Sized(), new LineFilter(Set.of(), machines));
  }

  private void flood() {
    for (int i = 0; i < BLOCKS; i++) {
      rings.append(FLOOD, LINES);
    }
  }

  private void assertQuietWaitedForFewTurns() throws Exception {
    quietCame.get(10, TimeUnit.SECONDS);
    long block = LINES * LINE;
    assertThat(onLane(() -> floodBytesBeforeQuiet)).isLessThan(3 * (TURN + block));
    settle();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 50})
  void liveViewersOfAFlood_keepALineOfAnotherAppForATurnOnly(int viewers) throws Exception {
    Format format = format(-1);
    for (int i = 0; i < viewers; i++) {
      view(FLOOD, new Since.Latest(), format);
    }
    view(QUIET, new Since.Latest(), format);
    settle();
    onLane(
        () -> {
          flood();
          rings.append(QUIET, 1);
          return null;
        });
    quietCame.get(10, TimeUnit.SECONDS);
    // What goes to every viewer of the app together is the least that a turn writes.
    assertThat(onLane(() -> floodBytesBeforeQuiet))
        .isLessThan(TURN + viewers * (32L * 1024 + LINES * LINE));
    settle();
    assertThat(onLane(() -> floodBytes)).isEqualTo((long) viewers * BLOCKS * LINES * LINE);
  }

  @Test
  void liveViewersWithDifferentFilters_shareTheTurnOfTheirApp() throws Exception {
    for (int i = 0; i < 50; i++) {
      view(FLOOD, new Since.Latest(), format(i));
    }
    view(QUIET, new Since.Latest(), format(-1));
    settle();
    onLane(
        () -> {
          flood();
          rings.append(QUIET, 1);
          return null;
        });
    assertQuietWaitedForFewTurns();
    assertThat(onLane(() -> floodBytes)).isEqualTo(50L * BLOCKS * LINES * LINE);
  }

  @Test
  void viewersThatReadHistory_shareTheTurnOfTheirApp() throws Exception {
    onLane(
        () -> {
          flood();
          return null;
        });
    view(QUIET, new Since.Latest(), format(-1));
    settle();
    Format format = format(-1);
    CompletableFuture<Void> begun = new CompletableFuture<>();
    onLane(
        () -> {
          FeedLane here = feeds.of(lane.loop());
          for (int i = 0; i < 50; i++) {
            var client = new Client(FLOOD);
            var request = new ViewRequest(FLOOD, format, new Since.Earliest(), -1, true);
            here.view(here.open(FLOOD), request, client, client);
          }
          begun.complete(null);
          return null;
        });
    onLane(
        () -> {
          floodBytes = 0; // what each writes at once when it begins is the socket's first chunk
          rings.append(QUIET, 1);
          return null;
        });
    assertQuietWaitedForFewTurns();
  }

  /** A client that takes everything, and notes how much of the flood came before the quiet line. */
  private final class Client implements Sink, Viewer.Listener {
    private final AppName app;

    Client(AppName app) {
      this.app = app;
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void write(ByteBuf bytes) {
      came(bytes.readableBytes());
      bytes.release();
    }

    @Override
    public void share(ByteBuf bytes) {
      came(bytes.readableBytes());
    }

    private void came(int bytes) {
      if (app.equals(FLOOD)) {
        floodBytes += bytes;
      } else {
        floodBytesBeforeQuiet = floodBytes;
        quietCame.complete(null);
      }
    }

    @Override
    public ByteBufAllocator allocator() {
      return UnpooledByteBufAllocator.DEFAULT;
    }

    @Override
    public void opened(Viewer.Opened opened) {}

    @Override
    public void filtered(Viewer.Opened opened) {}

    @Override
    public void waiting() {}

    @Override
    public void finished() {}
  }

  /** As many bytes as the lines that pass have. */
  private static final class Sized implements Encoder {

    @Override
    public byte[] batch(LogBatch batch, Selection selection) {
      return new byte[batch.size() * LINE];
    }

    @Override
    public byte[] gap(AppName app, dev.flyline.log.Gap gap, boolean passed) {
      return new byte[0];
    }

    @Override
    public byte[] ping(dev.flyline.log.Position at) {
      return new byte[0];
    }

    @Override
    public boolean chunked() {
      return false;
    }
  }

  /** An owner of two apps' rings. */
  private static final class Rings implements Owner {
    private final RingLimits limits = new RingLimits(1 << 20, 1 << 30, Duration.ofMinutes(1));
    private final Map<AppName, BlockRing> all = new HashMap<>();
    private final Map<AppName, Watcher> watchers = new HashMap<>();
    private final LogBus bus;

    Rings(LogBus bus) {
      this.bus = bus;
    }

    private BlockRing ring(AppName app) {
      return all.computeIfAbsent(
          app, _ -> new BlockRing(Entries.LINEAGE, 0, limits, Entries.budget()));
    }

    void append(AppName app, int lines) {
      BlockRing ring = ring(app);
      Entry line = Entries.line("m0", LINE - 80, 1);
      var batch =
          new LogBatch(app, Entries.EPOCH, ring.head() + 1, Collections.nCopies(lines, line));
      ring.append(batch);
      if (watchers.containsKey(app)) {
        bus.publish(batch);
      }
    }

    @Override
    public Future<Answer> watch(AppName app, Watcher watcher) {
      watchers.put(app, watcher);
      return Future.succeededFuture(new Answer(ring(app), ring(app).head()));
    }

    @Override
    public void unwatch(AppName app) {
      watchers.remove(app);
    }

    @Override
    public Future<BlockRing> recent(AppName app) {
      return Future.succeededFuture(Objects.requireNonNull(ring(app)));
    }

    @Override
    public Future<Void> older(AppName app, long from) {
      return Future.succeededFuture();
    }
  }
}
