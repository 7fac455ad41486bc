package dev.flyline.ingest.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import dev.flyline.metrics.Meters;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * When an event loop takes what NATS has brought: on a real one, with lines from another thread.
 */
@Timeout(20)
final class IntakeTest {

  private static final AppName SHOP = new AppName("shop");
  private static final AppName BLOG = new AppName("blog");
  private static final Duration COALESCE = Duration.ofMillis(5);

  /** What is taken of an app within a tick at most. */
  private static final int IN_TICK = 4 * 512;

  /** Batches of 50 KB that the lane takes before other tasks of its event loop. */
  private static final int MOST_IN_TURN = 6;

  private final Vertx vertx = Vertx.vertx();
  private final Lane lane = new Lanes(vertx, 1).all().getFirst();
  private final BlockingQueue<String> taken = new LinkedBlockingQueue<>();
  private boolean hurried = true; // belongs to the lane
  private final Intake intake =
      new Intake(
          lane,
          new IngestConfig(
              List.of(), Optional.empty(), Optional.empty(), 1 << 16, 16_384, 4 << 20, COALESCE),
          new Meters(),
          InstantSource.fixed(Instant.EPOCH),
          this::take);

  @AfterEach
  void stop() throws Exception {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  private boolean take(AppName app, List<Entry> entries) {
    taken.add(app + " " + machines(entries));
    return hurried;
  }

  private static String machines(List<Entry> entries) {
    List<String> machines =
        entries.stream().map(LogLine.class::cast).map(LogLine::machine).toList();
    return machines.size() > 4
        ? machines.getFirst() + ".." + machines.getLast()
        : String.join(",", machines);
  }

  private <T> T onLane(Callable<T> task) throws Exception {
    return lane.loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private void onLane(Runnable task) throws Exception {
    lane.loop().submit(task).get(10, TimeUnit.SECONDS);
  }

  private AppQueue begin(AppName app) throws Exception {
    return onLane(() -> intake.begin(app));
  }

  private static void offer(AppQueue app, int first, int last) {
    IntStream.rangeClosed(first, last)
        .forEach(n -> app.arrivals().offer(new LogLine("fra", "m" + n, new byte[20], n)));
  }

  /** What is taken next, so many batches. */
  private List<String> next(int count) throws InterruptedException {
    List<String> order = new ArrayList<>();
    while (order.size() < count) {
      order.add(String.valueOf(next()));
    }
    return order;
  }

  private String next() throws InterruptedException {
    return taken.poll(10, TimeUnit.SECONDS);
  }

  /** Begins an app of which what arrives may wait. */
  private AppQueue beginUnhurried(AppName app) throws Exception {
    onLane(() -> hurried = false);
    AppQueue reading = begin(app);
    offer(reading, 1, 1);
    intake.look();
    assertThat(next()).isEqualTo(app + " m1");
    endTurn();
    return reading;
  }

  /** Waits until the loop looks no more for what comes next: it has taken what this test saw. */
  private void endTurn() throws Exception {
    onLane(() -> {});
  }

  /** Lets the event loop do all that it has to, also after a while. */
  private void settle() throws Exception {
    endTurn();
    lane.loop().schedule(() -> {}, 2 * COALESCE.toMillis(), TimeUnit.MILLISECONDS).get();
  }

  @Test
  void lineOfAQuietApp_isTakenAtOnceAndWhatComesThenTogether() throws Exception {
    AppQueue shop = begin(SHOP);
    offer(shop, 1, 1);
    intake.look();
    assertThat(next()).isEqualTo("shop m1");
    endTurn();
    offer(shop, 2, 3);
    intake.look();
    assertThat(next()).isEqualTo("shop m2,m3");
  }

  @Test
  void linesOfABusyApp_waitForOneAnotherAndNotForever() throws Exception {
    AppQueue shop = begin(SHOP);
    onLane(
        () -> { // so that the loop looks at its timer after all three
          for (int n = 1; n <= 3; n++) {
            offer(shop, n, n);
            intake.look();
          }
        });
    assertThat(next()).isEqualTo("shop m1,m2,m3");
    onLane(
        () -> {
          offer(shop, 4, 4);
          intake.look();
        });
    assertThat(next()).isEqualTo("shop m4");
  }

  @Test
  void floodOfOneApp_doesNotKeepAnotherWaiting() throws Exception {
    AppQueue shop = begin(SHOP);
    AppQueue blog = begin(BLOG);
    onLane(
        () -> {
          offer(shop, 1, IN_TICK + 1);
          offer(blog, 1, 1);
          intake.look();
        });
    assertThat(next(6))
        .containsExactly(
            "shop m1..m82",
            "blog m1",
            "shop m83..m594",
            "shop m595..m1106",
            "shop m1107..m1618",
            "shop m1619..m2049");
  }

  @Test
  void floods_haveABatchEachInTurn() throws Exception {
    List<AppQueue> floods = new ArrayList<>();
    for (String name : List.of("a", "b", "c")) {
      floods.add(begin(new AppName(name)));
    }
    onLane(
        () -> {
          floods.forEach(flood -> offer(flood, 1, IN_TICK));
          intake.look();
        });
    assertThat(next(12))
        .containsExactly(
            "a m1..m82",
            "b m1..m82",
            "c m1..m82",
            "a m83..m594",
            "b m83..m594",
            "c m83..m594",
            "a m595..m1106",
            "b m595..m1106",
            "c m595..m1106",
            "a m1107..m1618",
            "b m1107..m1618",
            "c m1107..m1618");
  }

  @Test
  void floodsOfManyApps_leaveTheEventLoopToOthersAfterAFewBatches() throws Exception {
    List<AppQueue> floods = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      floods.add(begin(new AppName("flood-" + i)));
    }
    onLane(
        () -> {
          floods.forEach(flood -> offer(flood, 1, IN_TICK));
          intake.look();
          lane.loop().execute(() -> taken.add("another task"));
        });
    assertThat(next(30 * 5 + 1).indexOf("another task")).isLessThanOrEqualTo(30 + MOST_IN_TURN);
  }

  @Test
  void lineOfAQuietApp_comesBeforeTheFloodsGoOn() throws Exception {
    List<AppQueue> floods = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      floods.add(begin(new AppName("flood-" + i)));
    }
    AppQueue blog = begin(BLOG);
    onLane(
        () -> {
          floods.forEach(flood -> offer(flood, 1, IN_TICK));
          intake.look();
          lane.loop()
              .execute(
                  () -> {
                    offer(blog, 1, 1);
                    intake.look();
                  });
        });
    assertThat(next(30 * 5 + 1).indexOf("blog m1")).isLessThanOrEqualTo(30 + MOST_IN_TURN);
  }

  @Test
  void linesThatMayWait_areTakenFromTimeToTime() throws Exception {
    AppQueue shop = beginUnhurried(SHOP);
    AppQueue blog = beginUnhurried(BLOG);
    offer(shop, 2, 2);
    offer(blog, 2, 2);
    for (int i = 0; i < 2; i++) {
      onLane(intake::tick);
    }
    assertThat(taken).containsExactlyInAnyOrder("shop m2", "blog m2");
  }

  @Test
  void linesThatMayWait_doNotWhenThereIsHurryAgain() throws Exception {
    AppQueue shop = beginUnhurried(SHOP);
    offer(shop, 2, 2);
    onLane(
        () -> {
          hurried = true;
          intake.hurry(SHOP);
          intake.hurry(BLOG); // which is not read
        });
    assertThat(next()).isEqualTo("shop m2");
    offer(shop, 3, 3);
    intake.look();
    assertThat(next()).isEqualTo("shop m3");
  }

  @Test
  void linesThatMayWait_doNotWhenTheyAreMany() throws Exception {
    AppQueue shop = beginUnhurried(SHOP);
    int many = 64 * 1024 / new LogLine("fra", "m2", new byte[20], 2).bytes() + 1;
    offer(shop, 2, many + 1);
    intake.look();
    assertThat(next()).startsWith("shop m2..");
  }

  @Test
  void appThatIsReadNoLonger_isNotTaken() throws Exception {
    AppQueue shop = begin(SHOP);
    AppQueue blog = beginUnhurried(BLOG);
    assertThat(intake.size()).isEqualTo(2);
    onLane(
        () -> {
          offer(shop, 1, 1);
          offer(blog, 2, 2);
          intake.look();
          assertThat(intake.end(SHOP)).isTrue();
          assertThat(intake.end(SHOP)).isFalse();
          assertThat(intake.end(BLOG)).isTrue();
        });
    settle();
    for (int i = 0; i < 2; i++) {
      onLane(intake::tick);
    }
    assertThat(taken).isEmpty();
    assertThat(intake.size()).isZero();
  }
}
