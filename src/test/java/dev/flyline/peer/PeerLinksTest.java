package dev.flyline.peer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.EnvelopeWriter;
import dev.flyline.cluster.Cluster;
import dev.flyline.cluster.ClusterConfig;
import dev.flyline.config.Settings;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.metrics.Meters;
import dev.flyline.replica.Timing;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What comes from other routers and is not understood, and what cannot go to them. */
@Timeout(20)
final class PeerLinksTest {

  private static final int OF_A_LATER_RELEASE = 200;

  private final Meters meters = new Meters();
  private Cluster cluster;
  private Lanes lanes;
  private PeerLinks links;
  private Outbox outbox;

  @BeforeEach
  void start() throws Exception {
    var off = ClusterConfig.from(Settings.of(Map.of()), Map.of());
    cluster =
        Cluster.start(off, "me", new VertxOptions(), meters)
            .toCompletionStage()
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    lanes = new Lanes(cluster.vertx(), 1);
    links = new PeerLinks(cluster, lanes, Timing.DEFAULT, meters);
    outbox = links.outbox(lanes.all().getFirst(), (_, _) -> {});
  }

  @AfterEach
  void stop() throws Exception {
    cluster.leave().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void messagesOfALaterRelease_areCounted() {
    Buffer envelope = new EnvelopeWriter("b").finish(false, 0, 0);
    envelope.setByte(envelope.length() - 1, (byte) 2); // messages follow
    for (int i = 0; i < 2; i++) {
      envelope.appendByte((byte) OF_A_LATER_RELEASE).appendInt(3).appendString("new");
    }
    links.received(envelope);

    assertThat(meters.scrape()).contains("flyline_peer_messages_skipped_total 2");
    assertThat(meters.scrape()).contains("flyline_peer_messages_refused_total 0");
  }

  /** The other router has acknowledged nothing, so it gets no more; then it has all. */
  @Test
  void answerThatCouldNotGo_isAskedForAgainOnceWhatCameBeforeIsAcknowledged() throws Exception {
    var app = new AppName("shop");
    var asked = new LinkedBlockingQueue<AppMessage>();
    Lane lane = lanes.all().getFirst();
    Outbox outbox = links.outbox(lane, (_, question) -> asked.add(question));
    var line = new LogLine("fra", "1", new byte[64 << 10], 1);
    var withheld = new AppMessage.Range(app, "1-b", false, 7, List.of(), false, null);
    var done = new CountDownLatch(1);
    lane.run(
        () -> {
          for (int seq = 1; seq <= 80; seq++) { // 5 MiB, of which 4 may be on their way
            outbox.add(
                "b", new AppMessage.Lines(new LogBatch(app, "1-b", seq, List.of(line)), 0, true));
          }
          outbox.answered("b");
          outbox.add("b", withheld);
          done.countDown();
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(meters.scrape()).doesNotContain("flyline_peer_lines_withheld_total 0");
    assertThat(asked).isEmpty();

    links.received(new EnvelopeWriter("b").finish(false, 0, 5L << 20));
    assertThat(asked.poll(10, TimeUnit.SECONDS)).isEqualTo(new AppMessage.Fetch(app, "1-b", 7, 0));
  }

  /** Those who missed lines come first; whoever waits for older ones gets them all the same. */
  @Test
  void olderLinesThatCouldNotGo_areAskedForAgainWhenLittleIsOnItsWay() throws Exception {
    var app = new AppName("shop");
    var asked = new LinkedBlockingQueue<AppMessage>();
    Lane lane = lanes.all().getFirst();
    Outbox outbox = links.outbox(lane, (_, question) -> asked.add(question));
    var line = new LogLine("fra", "1", new byte[64 << 10], 1);
    var some = new LogBatch(app, "1-b", 7, List.of(line, line));
    var done = new CountDownLatch(1);
    lane.run(
        () -> {
          for (int seq = 11; seq <= 90; seq++) {
            outbox.add(
                "b", new AppMessage.Lines(new LogBatch(app, "1-b", seq, List.of(line)), 0, true));
          }
          outbox.answered("b");
          outbox.add("b", new AppMessage.Range(app, "1-b", true, 7, List.of(some), false, null));
          outbox.add("b", new AppMessage.Range(app, "1-b", false, 91, List.of(), false, null));
          done.countDown();
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    long sent = links.traffic("b").unacknowledged();

    links.received(new EnvelopeWriter("b").finish(false, 0, sent - (512 << 10)));
    assertThat(asked.poll(10, TimeUnit.SECONDS)).isEqualTo(new AppMessage.Fetch(app, "1-b", 91, 0));
    links.received(new EnvelopeWriter("b").finish(false, 0, sent));
    assertThat(asked.poll(10, TimeUnit.SECONDS)).isEqualTo(new AppMessage.Fetch(app, "1-b", 7, 9));
  }

  /** It is encoded once for all, but not taken from an envelope that has gone. */
  @Test
  void messageForMany_goesToEachInFull() throws Exception {
    var app = new AppName("shop");
    Lane lane = lanes.all().getFirst();
    Outbox outbox = links.outbox(lane, (_, _) -> {});
    var line = new LogLine("fra", "1", new byte[1_000], 1);
    var lines = new AppMessage.Lines(new LogBatch(app, "1-b", 1, List.of(line)), 1, false);
    var look = new AppMessage.Look(app);
    var done = new CountDownLatch(1);
    lane.run(
        () -> {
          outbox.add("b", look);
          outbox.add("b", lines);
          outbox.add("c", lines);
          outbox.add("c", look);
          outbox.add("d", lines);
          outbox.answered("d");
          outbox.add("e", look);
          outbox.add("e", lines);
          List.of("b", "c", "e").forEach(outbox::answered);
          outbox.add("f", lines);
          outbox.answered("f");
          done.countDown();
        });
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    long both = links.traffic("b").unacknowledged();
    long one = links.traffic("d").unacknowledged();
    assertThat(one).isBetween(1_000L, both - 1);
    assertThat(links.traffic("c").unacknowledged()).isEqualTo(both);
    assertThat(links.traffic("e").unacknowledged()).isEqualTo(both);
    assertThat(links.traffic("f").unacknowledged()).isEqualTo(one);
  }

  @Test
  void messageThatCannotBeRead_isCounted() {
    links.received(Buffer.buffer("HTTP/1.1"));

    assertThat(meters.scrape()).contains("flyline_peer_messages_refused_total 1");
    assertThat(meters.scrape()).contains("flyline_peer_messages_skipped_total 0");
  }

  /** Lets {@code task} use the only lane's outbox, and returns when it has. */
  private void with(Consumer<Outbox> task) throws Exception {
    var done = new CompletableFuture<Void>();
    lanes
        .all()
        .getFirst()
        .run(
            () -> {
              try {
                task.accept(outbox);
                done.complete(null);
              } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
              }
            });
    done.get(10, TimeUnit.SECONDS);
  }

  private static final int KIB = 1 << 10;
  private static final AppName BUSY = new AppName("busy");
  private static final AppName QUIET = new AppName("quiet");

  private static AppMessage lines(AppName app, int bytes) {
    return new AppMessage.Lines(batch(app, bytes), 0, true);
  }

  private static LogBatch batch(AppName app, int bytes) {
    return new LogBatch(app, "1-b", 1, List.of(new LogLine("fra", "1", new byte[bytes], 1)));
  }

  private static AppMessage older(AppName app, int bytes) {
    return new AppMessage.Range(app, "1-b", true, 1, List.of(batch(app, bytes)), true, null);
  }

  /** Says {@code message} to router b, and returns how many KiB more are on their way to it. */
  private long onTheWay(Outbox to, AppMessage message) {
    long before = links.traffic("b").unacknowledged();
    to.add("b", message);
    to.answered("b");
    return (links.traffic("b").unacknowledged() - before) / KIB;
  }

  /** Router b says how much has come, of what it has been sent. */
  private void acknowledge(long bytes) {
    links.received(new EnvelopeWriter("b").finish(false, 0, bytes));
  }

  @Test
  void olderLines_goBesideLiveOnes_untilTheirPartOfTheLinkIsFull() throws Exception {
    with(
        to -> {
          assertThat(onTheWay(to, lines(BUSY, 100 * KIB))).isEqualTo(100);
          assertThat(onTheWay(to, older(QUIET, 100 * KIB))).as("beside live ones").isEqualTo(100);
          assertThat(onTheWay(to, older(QUIET, 100 * KIB))).as("up to 256 KiB").isEqualTo(100);
          assertThat(onTheWay(to, older(QUIET, KIB))).as("more than that").isZero();
          assertThat(onTheWay(to, lines(BUSY, 100 * KIB))).as("live ones go on").isEqualTo(100);
          acknowledge(200 * KIB);
          assertThat(onTheWay(to, older(QUIET, 50 * KIB))).as("acknowledged").isEqualTo(50);
        });
    assertThat(meters.scrape()).contains("flyline_peer_lines_withheld_total 1");
  }

  /** What waits to be sent in the same turn counts as if it were on its way. */
  @Test
  void olderLines_ofOneTurn_areBoundedBeforeAnyIsSent() throws Exception {
    with(
        to -> {
          for (int i = 0; i < 8; i++) {
            to.add("b", older(QUIET, 100 * KIB));
          }
          to.answered("b");
        });
    assertThat(links.traffic("b").unacknowledged() / KIB).isEqualTo(300);
    assertThat(meters.scrape()).contains("flyline_peer_lines_withheld_total 5");
  }

  @Test
  void crowdedLink_givesABusyAppItsShareAndTheOthersTheirs() throws Exception {
    with(
        to -> {
          for (int i = 0; i < 21; i++) {
            assertThat(onTheWay(to, lines(BUSY, 100 * KIB))).isEqualTo(100);
          }
          for (int i = 0; i < 20; i++) { // far more than two shares, whatever the time it takes
            onTheWay(to, lines(BUSY, 100 * KIB));
          }
          assertThat(links.traffic("b").unacknowledged() / KIB).isBetween(2_200L, 2_900L);
          assertThat(onTheWay(to, lines(QUIET, 100 * KIB))).isEqualTo(100);
          assertThat(onTheWay(to, new AppMessage.Look(BUSY))).isZero();
        });
    assertThat(meters.scrape()).doesNotContain("flyline_peer_lines_withheld_total 0");
  }

  @Test
  void linkAtItsBound_takesLinesAgainOnceTheyAreAcknowledged_howeverLate() throws Exception {
    with(
        to -> {
          for (int i = 0; i < 100; i++) {
            onTheWay(to, lines(new AppName("app" + i), 100 * KIB));
          }
          long most = links.traffic("b").unacknowledged();
          assertThat(most / KIB).isBetween(4L * KIB, 4L * KIB + 100);
          assertThat(onTheWay(to, lines(QUIET, 10 * KIB))).as("at the bound").isZero();
          acknowledge(most);
          acknowledge(100 * KIB); // overtaken by the other on its way
          assertThat(links.traffic("b").unacknowledged()).isZero();
          assertThat(onTheWay(to, lines(QUIET, 10 * KIB))).isEqualTo(10);
          assertThat(onTheWay(to, older(QUIET, 10 * KIB))).isEqualTo(10);
        });
  }

  /** Each router has bounds of its own. */
  @Test
  void linkThatIsFull_holdsUpNoOther() throws Exception {
    with(
        to -> {
          for (int i = 0; i < 50; i++) {
            onTheWay(to, lines(new AppName("app" + i), 100 * KIB));
          }
          to.add("c", older(QUIET, 10 * KIB));
          to.answered("c");
          assertThat(links.traffic("c").unacknowledged() / KIB).isEqualTo(10);
        });
  }
}
