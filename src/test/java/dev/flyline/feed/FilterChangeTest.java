package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.filter.FilterException;
import dev.flyline.filter.FilterExpression;
import dev.flyline.filter.LineFilter;
import dev.flyline.lane.Lane;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Viewers that change their filters while lines come; machines m0 and m1 have every other line. */
@Timeout(60)
final class FilterChangeTest {

  private static final RingLimits NARROW = new RingLimits(200, 1 << 20, Duration.ofMinutes(1));

  private static final List<String> FILTERS =
      List.of("", "@machine:m0", "@machine:m1", "@machine:m0 @machine:m1", "-@machine:m1");

  private TestFeeds feeds = new TestFeeds(NARROW);

  @AfterEach
  void close() throws Exception {
    feeds.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26})
  void everyLine_isJudgedByTheFilterOfItsPositionInTurnsToo(long seed) throws Exception {
    feeds.close();
    feeds = new TestFeeds(NARROW, 40); // so that cohorts are rarely equally far
    everyLine_isJudgedByTheFilterOfItsPosition(seed);
  }

  /** Whatever the sockets do, and whether a viewer is live, behind, or paused when it changes. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyLine_isJudgedByTheFilterOfItsPosition(long seed) throws Exception {
    var random = new Random(seed);
    feeds.change(log -> log.append(50));
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      clients.add(
          new Client(i % 2, random.nextLong()).open(new Since.Latest(), 10, LineFilter.ALL));
    }
    for (int i = 0; i < 1_500; i++) {
      feeds.change(log -> happen(log, random));
      if (random.nextInt(2) == 0) {
        clients.get(random.nextInt(clients.size())).disturb();
      }
    }
    clients.forEach(Client::recover);
    long last = feeds.with(log -> appended(log, 1));
    for (Client client : clients) {
      assertThat(client.reached(last)).isPositive();
    }
  }

  private static void happen(FakeLog log, Random random) {
    switch (random.nextInt(80)) {
      case 0 -> log.term();
      case 1, 2 -> log.ring().yieldOldest();
      case 3 -> log.skip(1 + random.nextInt(30));
      case 4, 5, 6 -> log.mark();
      default -> log.append(1 + random.nextInt(20));
    }
  }

  private static long appended(FakeLog log, int lines) {
    log.append(lines);
    return log.head();
  }

  @Test
  void requestsMachine_holdsBesideEveryFilter() throws Exception {
    var machine = new LineFilter(Set.of(), Set.of("m1"));
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 0, machine);
    feeds.change(log -> log.append(4));
    client.awaitLine(3);

    client.filter("-nothing");
    feeds.change(log -> log.append(3));
    client.awaitLine(7);

    assertThat(client.seen()).isEqualTo("H0 L1 L3 F4 L5 L7");
  }

  @Test
  void change_bringsTheRecentLinesThatPassIt() throws Exception {
    Client client = new Client(feeds.away(), 1);
    feeds.change(log -> log.append(10));
    client.open(new Since.Latest(), 3, LineFilter.ALL);
    client.awaitLine(10);
    client.filter("@machine:m0");
    feeds.change(log -> log.append(2));
    client.awaitLine(12);

    assertThat(client.seen()).isEqualTo("H7 L8 L9 L10 F5 L6 L8 L10 L12");
  }

  /** The router has fewer lines than the filter needs, and asks whoever has more. */
  @Test
  void change_bringsOlderLinesThanTheRingHolds() throws Exception {
    feeds.change(
        log -> {
          log.append(90);
          log.append(10);
          log.replace(10); // a ring holds whole batches
        });
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 10, LineFilter.ALL);
    client.awaitLine(100);
    client.filter("@machine:m0");
    feeds.change(log -> log.append(2));
    client.awaitLine(102);

    assertThat(client.seen()).contains("L99 L100 F81 L82 L84").endsWith("L98 L100 L102");
    assertThat(feeds.<Integer>with(log -> log.olderAsked)).isPositive();
  }

  /** What has not been delivered yet is not passed over, however few lines are asked for. */
  @Test
  void changeOfAClientThatIsBehind_leavesNothingOut() throws Exception {
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 1, LineFilter.ALL);
    feeds.change(log -> log.append(1));
    client.awaitLine(1);
    client.stall();
    feeds.change(log -> log.append(8));
    client.filter("@machine:m0");
    client.recover();
    client.awaitLine(8);

    assertThat(client.seen()).isEqualTo("H0 L1 F1 L2 L4 L6 L8");
  }

  /**
   * What the ring must hold for the tail is judged anew: half of the lines pass, so twice as many.
   */
  @Test
  void filterBeforeTheLogIsThere_choosesTheHistoryToo() throws Exception {
    Promise<Void> older = Promise.promise();
    feeds.change(
        log -> {
          log.append(90);
          log.append(10);
          log.replace(10); // a ring holds whole batches
          log.olderAnswer = older;
        });
    Client client = new Client(feeds.away(), 1).view(new Since.Latest(), 20, LineFilter.ALL);
    client.filter("@machine:m0");
    older.complete();

    client.awaitLine(100);
    assertThat(client.seen()).startsWith("H61 L62 L64 L66").endsWith("L98 L100");
    assertThat(feeds.<Integer>with(log -> log.olderAsked)).isPositive();
  }

  @Test
  void filterBeforeTheOwnersAnswer_isThatOfTheHello() throws Exception {
    Promise<Void> answer = Promise.promise();
    var asked = new CountDownLatch(1);
    feeds.change(
        log -> {
          log.append(5);
          log.watchAnswer = answer;
          log.onWatch = asked::countDown;
        });
    Client client = new Client(feeds.away(), 1).view(new Since.Earliest(), -1, LineFilter.ALL);
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    client.filter("@machine:m1");
    answer.complete();

    client.awaitLine(5);
    assertThat(client.seen()).isEqualTo("H0 L1 L3 L5");
  }

  /** Of many that come while its socket takes nothing, the last one holds and is answered. */
  @Test
  void changesOfAStalledClient_areAnsweredOnce() throws Exception {
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 0, LineFilter.ALL);
    feeds.change(log -> log.append(1));
    client.awaitLine(1);
    client.stall();
    for (int i = 0; i < 50; i++) {
      client.filter(i % 2 == 0 ? "@machine:m0" : "@machine:m1");
    }
    feeds.change(log -> log.append(4));
    assertThat(client.seen()).isEqualTo("H0 L1");

    client.recover();
    client.awaitLine(5);
    assertThat(client.seen()).isEqualTo("H0 L1 F1 L3 L5");
  }

  @Test
  void pausedClient_isAnsweredAndStaysPaused() throws Exception {
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 0, LineFilter.ALL);
    client.viewer(viewer -> viewer.pause(true));
    feeds.change(log -> log.append(2));
    client.filter("@machine:m0");
    feeds.change(log -> log.append(2));
    assertThat(client.seen()).isEqualTo("H0 F0");

    client.viewer(viewer -> viewer.pause(false));
    client.awaitLine(4);
    assertThat(client.seen()).isEqualTo("H0 F0 L2 L4");
  }

  /** Nothing of it is left: neither formats that encodings are kept in nor their bytes. */
  @Test
  void manyChanges_leaveNothingBehind() throws Exception {
    Client client = new Client(feeds.away(), 1).open(new Since.Latest(), 0, LineFilter.ALL);
    feeds.change(log -> log.append(10));
    client.awaitLine(10);
    long before = feeds.with(log -> log.ring().bytes());

    for (int i = 0; i < 500; i++) {
      client.filter("word" + i);
    }
    assertThat(feeds.<Integer>with(log -> log.ring().encodings().formats())).isEqualTo(1);
    client.filter("");
    assertThat(feeds.<Integer>with(log -> log.ring().encodings().formats())).isEqualTo(1);
    assertThat(feeds.<Long>with(log -> log.ring().bytes())).isEqualTo(before);
  }

  /** Checks that each position comes, is told as missing, or is one that its filter hides. */
  private final class Client implements Sink, Viewer.Listener {
    private final Lane lane;
    private final Random random;
    private final StringBuilder seen = new StringBuilder();
    private final CompletableFuture<Void> broken = new CompletableFuture<>();
    private CompletableFuture<Void> reached = new CompletableFuture<>();
    private long awaited = Long.MAX_VALUE;
    private @Nullable Viewer viewer; // set when the stream has begun
    private LineFilter origin = LineFilter.ALL;
    private FilterExpression filter = FilterExpression.ALL;
    private boolean writable = true;
    private int budget = Integer.MAX_VALUE;
    private long next = -1; // the first position not accounted for; set by the hello
    private int changes;

    Client(int lane, long seed) {
      this.lane = feeds.lanes.all().get(lane);
      this.random = new Random(seed);
    }

    Client open(Since since, int tail, LineFilter of) throws Exception {
      var opened = new CompletableFuture<Void>();
      reached = opened;
      awaited = 0;
      view(since, tail, of);
      CompletableFuture.anyOf(opened, broken).get(10, TimeUnit.SECONDS);
      return this;
    }

    Client view(Since since, int tail, LineFilter of) {
      lane.run(
          () -> {
            origin = of;
            filter = of.expression();
            FeedLane here = feeds.feeds.of(lane.loop());
            var format = new Format(Entries.ENCODER, of);
            var request = new ViewRequest(Entries.APP, format, since, tail, true);
            viewer = here.view(here.open(Entries.APP), request, this, this);
          });
      return this;
    }

    /** Calls {@code change} of the viewer on its lane. */
    void viewer(java.util.function.Consumer<Viewer> change) throws Exception {
      var done = new CompletableFuture<Void>();
      lane.run(
          () -> {
            change.accept(Objects.requireNonNull(viewer));
            done.complete(null);
          });
      CompletableFuture.anyOf(done, broken).get(10, TimeUnit.SECONDS);
    }

    void filter(String text) throws Exception {
      viewer(viewer -> viewer.filter(expression(text)));
    }

    void stall() throws Exception {
      viewer(_ -> writable = false);
    }

    void disturb() {
      lane.run(
          () -> {
            Viewer reading = Objects.requireNonNull(viewer);
            switch (random.nextInt(8)) {
              case 0 -> budget = random.nextInt(500);
              case 1, 2 -> drain();
              case 3 -> reading.pause(random.nextBoolean());
              default -> reading.filter(expression(FILTERS.get(random.nextInt(FILTERS.size()))));
            }
          });
    }

    /** Takes everything again, and all lines. */
    void recover() {
      lane.run(
          () -> {
            drain();
            Objects.requireNonNull(viewer).pause(false);
          });
    }

    /**
     * Waits until everything up to {@code last} is accounted for; returns how many changes came.
     */
    int reached(long last) throws Exception {
      filter("");
      feeds.change(log -> log.append(1));
      awaitLine(last + 1);
      return changes;
    }

    private void drain() {
      budget = Integer.MAX_VALUE;
      writable = true;
      Objects.requireNonNull(viewer).pump();
    }

    /** Waits until {@code seq} has been written. */
    void awaitLine(long seq) throws Exception {
      var done = new CompletableFuture<Void>();
      lane.run(
          () -> {
            reached = done;
            awaited = seq + 1;
            look();
          });
      CompletableFuture.anyOf(done, broken).get(20, TimeUnit.SECONDS);
    }

    private void look() {
      if (next >= awaited) {
        reached.complete(null);
      }
    }

    String seen() throws Exception {
      var text = new CompletableFuture<String>();
      lane.run(() -> text.complete(seen.toString().strip()));
      return text.get(10, TimeUnit.SECONDS);
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
      budget -= text.length();
      writable = writable && budget > 0;
      try {
        for (String token : text.split(" ", -1)) {
          take(token);
        }
      } catch (RuntimeException | AssertionError e) {
        broken.completeExceptionally(e);
      }
      look();
    }

    private void take(String token) {
      if (token.isEmpty() || token.startsWith("P")) { // of a mark within a gap, told already
        return;
      }
      String[] ends = token.substring(1).split("[-/]", -1);
      long from = Long.parseLong(ends[0]);
      passOver(from);
      if (token.startsWith("L")) {
        assertThat(passes(from)).as("%s under %s", token, filter).isTrue();
      }
      next = (token.startsWith("G") ? Long.parseLong(ends[1]) : from) + 1;
      seen.append(token).append(' ');
    }

    /** What lies before {@code seq} and did not come must have been hidden. */
    private void passOver(long seq) {
      assertThat(seq).isGreaterThanOrEqualTo(next);
      for (long hidden = next; hidden < seq; hidden++) {
        assertThat(passes(hidden)).as("%s missing under %s", hidden, filter).isFalse();
      }
    }

    private boolean passes(long seq) {
      return origin.with(filter).passes(Entries.line("m" + seq % 2, 20, seq));
    }

    @Override
    public void opened(Viewer.Opened opened) {
      next = opened.at().seq() + 1;
      filter = opened.filter();
      seen.append('H').append(opened.at().seq()).append(' ');
      look();
    }

    @Override
    public void filtered(Viewer.Opened opened) {
      try {
        assertThat(writable).isTrue();
        if (opened.at().seq() + 1 > next) { // else recent lines come once more
          passOver(opened.at().seq() + 1);
        }
      } catch (AssertionError e) {
        broken.completeExceptionally(e);
      }
      next = opened.at().seq() + 1;
      filter = opened.filter();
      changes++;
      seen.append('F').append(opened.at().seq()).append(' ');
    }

    @Override
    public void waiting() {}

    @Override
    public void finished() {}

    @Override
    public ByteBufAllocator allocator() {
      return UnpooledByteBufAllocator.DEFAULT;
    }
  }

  private static FilterExpression expression(String text) {
    try {
      return FilterExpression.parse(text);
    } catch (FilterException e) {
      throw new AssertionError(e);
    }
  }
}
