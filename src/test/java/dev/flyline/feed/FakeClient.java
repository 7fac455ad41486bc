package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.LineFilter;
import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A client with a socket that takes what it likes, and which checks that every position comes once,
 * as a line, a mark or within a gap, and that no two branches are mixed. All of it on one lane.
 */
final class FakeClient implements Sink, Viewer.Listener {

  private final TestFeeds feeds;
  private final Lane lane;
  private final Random random;
  private final StringBuilder received = new StringBuilder();
  private final StringBuilder seen = new StringBuilder();
  private final CompletableFuture<Void> broken = new CompletableFuture<>();
  private CompletableFuture<Void> reached = new CompletableFuture<>();
  private Predicate<FakeClient> awaited = _ -> false;
  private @Nullable Viewer viewer;
  private boolean writable = true;
  private int budget = Integer.MAX_VALUE;
  private @Nullable Position at; // set when the stream is open
  private boolean exact; // whether a line or gap said that, not a hello
  private @Nullable Position foreign; // set from a failover gap to the next line
  int hellos;
  int notices;
  boolean finished;

  FakeClient(TestFeeds feeds, int lane, long seed) {
    this.feeds = feeds;
    this.lane = feeds.lanes.all().get(lane);
    this.random = new Random(seed);
  }

  /** Begins a stream and returns when it is open. */
  FakeClient connect(Since since, int tail) throws Exception {
    view(since, tail);
    await(client -> client.hellos > 0);
    return this;
  }

  /** Begins a stream, which may have to wait. */
  FakeClient view(Since since, int tail) {
    lane.run(() -> open(since, tail));
    return this;
  }

  private void open(Since since, int tail) {
    FeedLane here = feeds.feeds.of(lane.loop());
    viewer = here.view(here.open(Entries.APP), request(since, tail, true), this, this);
  }

  /** Asks now, and begins the stream when {@code answered}, as one whose handshake takes long. */
  void viewOnce(Future<?> answered, Since since, int tail) throws Exception {
    CompletableFuture<Void> held = new CompletableFuture<>();
    lane.run(
        () -> {
          FeedLane here = feeds.feeds.of(lane.loop());
          OpenFeed hold = here.open(Entries.APP);
          hold.ready().onSuccess(_ -> held.complete(null));
          answered.onSuccess(
              _ ->
                  lane.run(() -> viewer = here.view(hold, request(since, tail, true), this, this)));
        });
    held.get(10, TimeUnit.SECONDS);
  }

  /** Reads what there is, and ends. */
  FakeClient read(Since since, int tail) {
    ViewRequest request = request(since, tail, false);
    lane.run(
        () -> {
          FeedLane here = feeds.feeds.of(lane.loop());
          here.recent(request)
              .onSuccess(log -> viewer = here.read(log, request, this, this))
              .onFailure(broken::completeExceptionally);
        });
    return this;
  }

  static ViewRequest request(Since since, int tail, boolean follow) {
    var format = new Format(Exact.INSTANCE, LineFilter.ALL);
    return new ViewRequest(Entries.APP, format, since, tail, follow);
  }

  /** Lets something happen to the socket or the stream. */
  void disturb() {
    lane.run(
        () -> {
          switch (random.nextInt(6)) {
            case 0 -> budget = random.nextInt(2_000);
            case 1, 2 -> drain();
            case 3 -> viewer().pause(random.nextBoolean());
            case 4 -> reconnect();
            default -> beginAnew();
          }
        });
  }

  /** Calls {@code change} of the viewer on its lane. */
  void viewer(Consumer<Viewer> change) throws Exception {
    var done = new CompletableFuture<Void>();
    lane.run(
        () -> {
          change.accept(viewer());
          done.complete(null);
        });
    done.get(10, TimeUnit.SECONDS);
  }

  private Viewer viewer() {
    return Objects.requireNonNull(viewer);
  }

  /** The socket takes nothing until {@link #recover}, from before the stream begins. */
  void beginStalled() {
    lane.run(() -> writable = false);
  }

  boolean at(long seq) {
    return at != null && at.seq() == seq;
  }

  /** The socket takes no more until {@link #recover}. */
  void stall() throws Exception {
    viewer(_ -> writable = false);
  }

  /** The socket takes everything again, and the client is not paused. */
  void recover() {
    lane.run(
        () -> {
          drain();
          viewer().pause(false);
        });
  }

  private void drain() {
    budget = Integer.MAX_VALUE;
    writable = true;
    viewer().pump();
  }

  /** Ends the stream. */
  void leave() {
    lane.run(
        () -> {
          viewer().close();
          feeds.feeds.of(lane.loop()).release(Entries.APP);
        });
  }

  private void reconnect() {
    Position place = at;
    if (place != null) {
      viewer().close();
      drain();
      exact = false; // a router knows less of a branch than the one where it was read
      open(new Since.After(place), -1);
      feeds.feeds.of(lane.loop()).release(Entries.APP);
    }
  }

  private void beginAnew() {
    viewer().close();
    drain();
    at = null;
    exact = false;
    foreign = null;
    boolean all = random.nextInt(4) == 0;
    open(all ? new Since.Earliest() : new Since.Latest(), all ? -1 : random.nextInt(60));
    feeds.feeds.of(lane.loop()).release(Entries.APP);
  }

  /** Waits until {@code condition} holds; it is looked at after everything that happens here. */
  void await(Predicate<FakeClient> condition) throws Exception {
    lane.run(
        () -> {
          reached = new CompletableFuture<>();
          awaited = condition;
          look();
        });
    var looking = new CompletableFuture<CompletableFuture<Void>>();
    lane.run(() -> looking.complete(reached));
    CompletableFuture<Void> done = looking.get(10, TimeUnit.SECONDS);
    CompletableFuture.anyOf(done, broken).get(20, TimeUnit.SECONDS);
  }

  void awaitAt(Position position) throws Exception {
    await(client -> position.equals(client.at));
  }

  /** What has come so far, such as {@code L5 G6-9/4SLOW}. */
  String seen() throws Exception {
    var text = new CompletableFuture<String>();
    lane.run(() -> text.complete(seenSoFar()));
    return text.get(10, TimeUnit.SECONDS);
  }

  /** What {@link #seen} gives; to be called on this client's lane. */
  String seenSoFar() {
    return seen.toString().strip();
  }

  private void look() {
    if (awaited.test(this)) {
      reached.complete(null);
    }
  }

  @Override
  public boolean isWritable() {
    return writable;
  }

  @Override
  public void share(ByteBuf bytes) {
    write(bytes.retainedDuplicate());
  }

  @Override
  public void write(ByteBuf bytes) {
    String text = bytes.toString(StandardCharsets.US_ASCII);
    bytes.release();
    received.append(text);
    budget -= text.length();
    writable = writable && budget > 0;
    try {
      for (int space = received.indexOf(" "); space >= 0; space = received.indexOf(" ")) {
        String token = received.substring(0, space);
        received.delete(0, space + 1);
        take(token.charAt(0), token.substring(1).split("/", -1));
      }
    } catch (RuntimeException | AssertionError e) {
      broken.completeExceptionally(e);
    }
    look();
  }

  private void take(char kind, String[] parts) {
    Position from = position(parts[0]);
    switch (kind) {
      case 'L', 'M' -> {
        line(from);
        seen.append(kind).append(from.seq()).append(' ');
      }
      case 'G' -> {
        var gap = new Gap(from, position(parts[1]), Long.parseLong(parts[2]), cause(parts[3]));
        gap(gap);
        seen.append(kind).append(from.seq()).append('-').append(gap.to().seq());
        seen.append('/').append(gap.count()).append(gap.cause()).append(' ');
      }
      default -> seen.append(kind).append(from.seq()).append(' '); // a mark within a gap
    }
  }

  private void line(Position next) {
    Lineage branch = feeds.log.upTo(next.epoch());
    Position before = at;
    if (before != null) {
      assertThat(next.seq()).as("line %s after %s", next, before).isEqualTo(before.seq() + 1);
      assertThat(branch.holds(before, next.seq())).as("%s after %s", next, before).isTrue();
    }
    if (foreign != null) {
      long common = branch.common(feeds.log.upTo(foreign.epoch()));
      assertThat(foreign.seq()).as("needless gap before %s", next).isGreaterThan(common);
      assertThat(next.seq()).as("after %s", foreign).isGreaterThan(common);
    }
    foreign = null;
    at = next;
    exact = true;
  }

  private void gap(Gap gap) {
    Position before = Objects.requireNonNull(at);
    assertThat(gap.from().seq()).as("%s after %s", gap, before).isEqualTo(before.seq() + 1);
    if (gap.cause() == GapCause.FAILOVER) {
      assertThat(gap.count()).isEqualTo(Mark.UNKNOWN);
      foreign = exact ? before : null;
    } else {
      assertThat(gap.count()).isEqualTo(gap.to().seq() - before.seq());
      Lineage branch = feeds.log.upTo(gap.to().epoch());
      assertThat(branch.holds(before, gap.to().seq())).as("%s after %s", gap, before).isTrue();
      assertThat(branch.epochAt(gap.from().seq())).isEqualTo(gap.from().epoch());
    }
    at = gap.to();
  }

  private static Position position(String text) {
    return Position.parse(text).orElseThrow();
  }

  private static GapCause cause(String text) {
    return GapCause.valueOf(text);
  }

  @Override
  public ByteBufAllocator allocator() {
    return UnpooledByteBufAllocator.DEFAULT;
  }

  @Override
  public void opened(Viewer.Opened opened) {
    hellos++;
    if (at == null) {
      at = opened.at();
    }
    look();
  }

  @Override
  public void filtered(Viewer.Opened opened) {}

  @Override
  public void waiting() {
    notices++;
    look();
  }

  @Override
  public void finished() {
    finished = true;
    look();
  }

  /** Shows whole positions: {@code L1-a:5}, {@code G1-a:6/1-a:9/4/SLOW}. */
  private enum Exact implements Encoder {
    INSTANCE;

    @Override
    public byte[] batch(LogBatch batch, Selection selection) {
      var shown = new StringBuilder();
      for (long seq = batch.firstSeq(); seq <= batch.lastSeq(); seq++) {
        char kind = batch.entry(seq) instanceof Mark ? 'M' : 'L';
        shown.append(kind).append(new Position(batch.epoch(), seq)).append(' ');
      }
      return shown.toString().getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte[] gap(AppName app, Gap gap, boolean passed) {
      List<String> parts = new ArrayList<>();
      parts.add((passed ? "P" : "G") + gap.from());
      parts.add(gap.to().toString());
      parts.add(Long.toString(gap.count()));
      parts.add(gap.cause().name());
      return (String.join("/", parts) + " ").getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public byte @Nullable [] ping(Position at) {
      return null;
    }

    @Override
    public boolean chunked() {
      return false;
    }
  }
}
