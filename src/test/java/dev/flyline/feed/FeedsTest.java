package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.lane.Lane;
import dev.flyline.log.Position;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real event loops and the real bus; the owner and the sockets are fakes that behave. */
@Timeout(60)
final class FeedsTest {

  private static final RingLimits NARROW = new RingLimits(200, 1 << 20, Duration.ofMinutes(1));

  private TestFeeds feeds = new TestFeeds(NARROW);

  @AfterEach
  void close() throws Exception {
    feeds.close();
  }

  /** The same in turns so short that nearly all that is delivered takes several. */
  @ParameterizedTest
  @ValueSource(longs = {21, 22, 23, 24, 25, 26, 27, 28})
  void everyPosition_isDeliveredOnceInTurnsToo(long seed) throws Exception {
    feeds.close();
    feeds = new TestFeeds(NARROW, 40);
    everyPosition_isDeliveredOnceOrToldAsMissing(seed);
  }

  /**
   * Viewers on two event loops whose sockets stall and go on at random, that pause, leave and come
   * back by position, while the log goes through terms, loses lines for good, branches off, and
   * comes in rings that are filled backwards: what each gets is every position once, as a line, a
   * mark or within a gap, and never two branches mixed.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void everyPosition_isDeliveredOnceOrToldAsMissing(long seed) throws Exception {
    var random = new Random(seed);
    List<FakeClient> clients = new ArrayList<>();
    feeds.change(log -> log.append(50));
    for (int i = 0; i < 12; i++) {
      clients.add(new FakeClient(feeds, i % 2, random.nextLong()));
      clients.getLast().connect(new Since.Latest(), 10);
    }
    for (int i = 0; i < 1_500; i++) {
      feeds.change(log -> happen(log, random, seed % 3 != 0));
      if (random.nextInt(3) == 0) {
        clients.get(random.nextInt(clients.size())).disturb();
      }
    }
    Position last =
        feeds.with(
            log -> {
              log.append(1);
              return log.position();
            });
    for (FakeClient client : clients) {
      client.recover();
      client.awaitAt(last);
    }
  }

  /** Seldom a change of the log's terms, which are remembered to a number only. */
  private static void happen(FakeLog log, Random random, boolean branches) {
    switch (random.nextInt(branches ? 150 : 80)) {
      case 0 -> log.term();
      case 1, 2 -> log.ring().yieldOldest();
      case 3 -> log.skip(1 + random.nextInt(30));
      case 4, 5, 6 -> log.mark();
      case 80 -> log.branch(log.head() - random.nextInt(40), 0, random.nextInt(300));
      case 81 -> log.branch(log.head() - random.nextInt(40), 15, random.nextInt(300));
      case 82 -> log.replace(random.nextInt(300));
      default -> log.append(1 + random.nextInt(20));
    }
  }

  @Test
  void lastRelease_unwatchesOnceAfterTheLinger() throws Exception {
    var unwatched = new CountDownLatch(1);
    feeds.change(log -> log.onUnwatch = unwatched::countDown);
    for (Lane lane : feeds.lanes.all()) {
      lane.run(() -> feeds.feeds.of(lane.loop()).open(Entries.APP));
      lane.run(() -> feeds.feeds.of(lane.loop()).open(Entries.APP));
    }
    new FakeClient(feeds, feeds.away(), 1).connect(new Since.Latest(), 0).leave();
    for (Lane lane : feeds.lanes.all()) {
      lane.run(() -> feeds.feeds.of(lane.loop()).release(Entries.APP));
    }
    assertThat(feeds.<Integer>with(log -> log.watches)).isEqualTo(1);
    assertThat(unwatched.getCount()).isEqualTo(1);
    feeds
        .lanes
        .all()
        .forEach(lane -> lane.run(() -> feeds.feeds.of(lane.loop()).release(Entries.APP)));
    assertThat(unwatched.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(feeds.<Integer>with(log -> log.watches)).isEqualTo(1);
  }

  /** Asked for with {@code tail=0} before the owner answers, told from the asking on. */
  @Test
  void linesDuringTheOwnersAnswer_reachWhoeverWaitsForIt() throws Exception {
    Promise<Void> answer = Promise.promise();
    var asked = new CountDownLatch(1);
    feeds.change(
        log -> {
          log.append(3);
          log.watchAnswer = answer;
          log.onWatch = asked::countDown;
        });
    var client = new FakeClient(feeds, feeds.away(), 1).view(new Since.Latest(), 0);
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    Position last =
        feeds.with(
            log -> {
              log.append(6);
              answer.complete();
              return log.position();
            });
    client.awaitAt(last);
    assertThat(client.seen()).isEqualTo("L4 L5 L6 L7 L8 L9");
  }

  /** A viewer's write may end that viewer, which calls the owner back. */
  @Test
  void news_reachViewersWhenTheOwnersTurnHasEnded() throws Exception {
    var client = new FakeClient(feeds, feeds.home(), 1).connect(new Since.Latest(), 0);
    var within = new CompletableFuture<String>();

    Position last =
        feeds.with(
            log -> {
              log.append(2);
              log.append(1);
              within.complete(client.seenSoFar());
              return log.position();
            });

    client.awaitAt(last);
    assertThat(within.get(10, TimeUnit.SECONDS)).isEmpty();
    assertThat(client.seen()).isEqualTo("L1 L2 L3");
  }

  /** The client's thread may be faster than the one that answers it. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void linesBetweenAskingAndTheHandshakesEnd_areNoHistory(boolean watched) throws Exception {
    feeds.change(log -> log.append(3));
    if (watched) {
      new FakeClient(feeds, feeds.away(), 1).connect(new Since.Latest(), 0);
    }
    Promise<Void> handshake = Promise.promise();
    var client = new FakeClient(feeds, feeds.away(), 1);
    client.viewOnce(handshake.future(), new Since.Latest(), 0);

    Position last =
        feeds.with(
            log -> {
              log.append(2);
              return log.position();
            });
    handshake.complete();

    client.awaitAt(last);
    assertThat(client.seen()).isEqualTo("L4 L5");
  }

  @Test
  void replacedBeforeTheOwnersAnswer_isWhatViewersRead() throws Exception {
    Promise<Void> answer = Promise.promise();
    var asked = new CountDownLatch(1);
    feeds.change(
        log -> {
          log.append(3);
          log.watchAnswer = answer;
          log.onWatch = asked::countDown;
        });
    var client = new FakeClient(feeds, feeds.away(), 1).view(new Since.Earliest(), -1);
    assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
    Position last =
        feeds.with(
            log -> {
              log.branch(2, 3, 100);
              answer.complete();
              return log.position();
            });
    client.awaitAt(last);
    assertThat(client.seen()).isEqualTo("L1 L2 L3 L4 L5");
  }
}
