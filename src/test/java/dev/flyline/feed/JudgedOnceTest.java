package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;
import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Position;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A filter judges each line of a ring once, however many viewers have it. Machines m0 and m1 have
 * every other line, in blocks of ten.
 */
@Timeout(60)
final class JudgedOnceTest {

  private final TestFeeds feeds = new TestFeeds(Entries.WIDE);

  @AfterEach
  void close() throws Exception {
    feeds.close();
  }

  private void append(int blocks) throws Exception {
    for (int i = 0; i < blocks; i++) {
      feeds.change(log -> log.append(10));
    }
  }

  private long judged() throws Exception {
    return feeds.with(log -> log.ring().encodings().judged());
  }

  /** A filter of its own object, as each client's is. */
  private static LineFilter filter(String text) throws FilterException {
    return new LineFilter(Set.of(), Set.of(), FilterExpression.parse(text));
  }

  private static ViewRequest request(Encoder encoder, Since since, int tail, boolean follow)
      throws FilterException {
    var format = new Format(encoder, filter("@machine:m0"));
    return new ViewRequest(Entries.APP, format, since, tail, follow);
  }

  @Test
  void linesOfManyViewers_areJudgedOnce() throws Exception {
    append(5);
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      clients.add(follower(Entries.ENCODER, 12)); // five pass of each block, so it looks at three
      clients.add(follower(new Again("x"), 7)); // an encoder of its own
    }
    assertThat(judged()).isEqualTo(30);

    append(3);
    for (Client client : clients) {
      client.await("L80 ");
    }
    assertThat(judged()).isEqualTo(60);
  }

  @Test
  void linesOfOneViewer_areJudgedOnce() throws Exception {
    append(5);
    follower(Entries.ENCODER, 25).await("L50 "); // sought, placed, and read
    assertThat(judged()).isEqualTo(50);
  }

  @Test
  void linesOfHistory_areJudgedOnceForThoseWhoFollowAndThoseWhoDoNot() throws Exception {
    append(5);
    reader(12).await("L50 ");
    reader(12).await("L50 ");
    assertThat(judged()).isEqualTo(30);
    follower(Entries.ENCODER, 25).await("L50 ");
    reader(-1).await("L50 ");
    assertThat(judged()).isEqualTo(50);
  }

  @Test
  void viewersOnAnotherLane_takeWhatHasBeenJudged() throws Exception {
    append(5);
    follower(Entries.ENCODER, 25).await("L50 ");
    var away = new Client(feeds.away());
    away.follow(request(Entries.ENCODER, new Since.Latest(), 25, true));
    away.await("L50 ");
    assertThat(judged()).isEqualTo(50);
  }

  @Test
  void viewersWithoutAFilter_haveNothingJudged() throws Exception {
    append(5);
    var client = new Client(feeds.home());
    var format = new Format(Entries.ENCODER, LineFilter.ALL);
    client.follow(new ViewRequest(Entries.APP, format, new Since.Latest(), 25, true));
    client.await("L50 ");
    assertThat(judged()).isZero();
  }

  private Client follower(Encoder encoder, int tail) throws Exception {
    var client = new Client(feeds.home());
    client.follow(request(encoder, new Since.Latest(), tail, true));
    client.await("L50 ");
    return client;
  }

  private Client reader(int tail) throws Exception {
    var client = new Client(feeds.home());
    Since since = tail < 0 ? new Since.Earliest() : new Since.Latest();
    client.read(request(Entries.ENCODER, since, tail, false));
    return client;
  }

  /** Another encoder of the same text; equal to those of its name alone. */
  private record Again(String name) implements Encoder {

    @Override
    public byte[] batch(LogBatch batch, Selection selection) {
      return Entries.ENCODER.batch(batch, selection);
    }

    @Override
    public byte[] gap(AppName app, Gap gap, boolean passed) {
      return Entries.ENCODER.gap(app, gap, passed);
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

  /** A client with a socket that takes everything. Belongs to its lane. */
  private final class Client implements Sink, Viewer.Listener {

    private final Lane lane;
    private final StringBuilder seen = new StringBuilder();
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private CompletableFuture<Void> reached = new CompletableFuture<>();
    private String awaited = "";

    Client(int lane) {
      this.lane = feeds.lanes.all().get(lane);
    }

    void follow(ViewRequest request) {
      lane.run(
          () -> {
            FeedLane here = feeds.feeds.of(lane.loop());
            var _ = here.view(here.open(Entries.APP), request, this, this);
          });
    }

    void read(ViewRequest request) {
      lane.run(
          () -> {
            FeedLane here = feeds.feeds.of(lane.loop());
            here.recent(request)
                .onSuccess(log -> here.read(log, request, this, this))
                .onFailure(broken::completeExceptionally);
          });
    }

    /** Waits until {@code line} has come. */
    void await(String line) throws Exception {
      var done = new CompletableFuture<Void>();
      lane.run(
          () -> {
            reached = done;
            awaited = line;
            look();
          });
      CompletableFuture.anyOf(done, broken).get(20, TimeUnit.SECONDS);
    }

    private void look() {
      if (!awaited.isEmpty() && seen.indexOf(awaited) >= 0) {
        reached.complete(null);
      }
    }

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void share(ByteBuf bytes) {
      write(bytes.retainedDuplicate());
    }

    @Override
    public void write(ByteBuf bytes) {
      seen.append(bytes.toString(StandardCharsets.US_ASCII));
      bytes.release();
      look();
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
}
