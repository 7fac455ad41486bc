package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import dev.flyline.log.PlacedMark;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines of before this router followed, which some viewer wants. */
@Timeout(10)
final class HistoryTest {

  private static final String EPOCH = "1-b";
  private static final Duration PATIENCE = History.PATIENCE;

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf("b", "c", ME);
  private BlockRing ring;

  @BeforeEach
  void follower() {
    ring = world.follow(app, "b", 100);
  }

  private AppMessage.Fetch fetched() {
    return world.takeOne("b", AppMessage.Fetch.class);
  }

  private AppMessage.Range range(long first, AppMessage.@Nullable Lost lost, LogBatch... batches) {
    return new AppMessage.Range(app, EPOCH, true, first, List.of(batches), false, lost);
  }

  @Test
  void olderLines_comeBackwardsInChunks_asFarAsSomebodyAsks() {
    Future<Void> first = world.replicas.older(app, 0);
    assertThat(fetched()).isEqualTo(new AppMessage.Fetch(app, EPOCH, 0, 101));
    assertThat(first.isComplete()).isFalse();
    world.says(
        "b",
        range(97, null, batch(app, EPOCH, 97, "97", "98"), batch(app, EPOCH, 99, "99", "100")));
    assertThat(first.succeeded()).isTrue();
    assertThat(texts(ring)).containsExactly("97", "98", "99", "100");
    world.pass(TIMING.answer().multipliedBy(2));
    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();

    Future<Void> second = world.replicas.older(app, 0);
    assertThat(fetched().before()).isEqualTo(97);
    world.says("b", range(96, null, batch(app, EPOCH, 96, "96")));
    assertThat(second.succeeded()).isTrue();
    assertThat(ring.oldest()).isEqualTo(96);
    assertThat(ring.complete()).isFalse();
  }

  /**
   * Of a router's apps that all come to another one, whole chunks would be a hundred times more.
   */
  @Test
  void noOlderLinesAreAskedForThanAnybodyNeeds() {
    Future<Void> one = world.replicas.older(app, 98);
    assertThat(fetched()).isEqualTo(new AppMessage.Fetch(app, EPOCH, 98, 101));
    Future<Void> other = world.replicas.older(app, 90);
    world.says("b", range(100, null, batch(app, EPOCH, 100, "100")));
    assertThat(one.succeeded()).isTrue();
    assertThat(other.succeeded()).isTrue();

    world.replicas.older(app, 98);
    assertThat(fetched()).isEqualTo(new AppMessage.Fetch(app, EPOCH, 98, 100));
    world.replicas.older(app, 90);
    world.pass(TIMING.answer().plus(TIMING.tick()));
    assertThat(fetched()).isEqualTo(new AppMessage.Fetch(app, EPOCH, 90, 100));
  }

  @Test
  void olderLines_goBeforeWhatIsLive() {
    Future<Void> older = world.replicas.older(app, 0);
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 101, "101"), 101, true));
    world.says("b", range(100, null, batch(app, EPOCH, 100, "100")));

    assertThat(older.succeeded()).isTrue();
    assertThat(texts(ring)).containsExactly("100", "101");
  }

  @Test
  void ringThatEvictsMeanwhile_keepsNobodyWaiting() {
    Future<Void> older = world.replicas.older(app, 0);
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 101, "101"), 101, true));
    ring.yieldOldest();
    world.says("b", range(100, null, batch(app, EPOCH, 100, "100")));

    assertThat(older.succeeded()).isTrue();
    assertThat(ring.oldest()).isEqualTo(102);
  }

  @Test
  void whenTheOwnerHasNoMore_theRingIsComplete_andKnowsWhatWasLost() {
    Future<Void> older = world.replicas.older(app, 0);
    var mark = new PlacedMark(EPOCH, 90, new Mark(GapCause.UPSTREAM, 5, 1));
    world.says("b", range(101, new AppMessage.Lost(EPOCH, 7, List.of(mark))));

    assertThat(older.succeeded()).isTrue();
    assertThat(ring.complete()).isTrue();
    assertThat(ring.edge().lostMs()).isEqualTo(7);
    assertThat(ring.edge().lostMarks()).containsExactly(mark);
    world.takeSent();
    assertThat(world.replicas.older(app, 0).succeeded()).isTrue();
    assertThat(world.takeSent()).isEmpty();
  }

  @Test
  void allWhoWait_areServedByOneQuestion() {
    Future<Void> one = world.replicas.older(app, 0);
    Future<Void> other = world.replicas.older(app, 0);
    fetched();
    world.says("b", range(100, null, batch(app, EPOCH, 100, "100")));

    assertThat(one.succeeded()).isTrue();
    assertThat(other.succeeded()).isTrue();
  }

  @Test
  void questionThatIsNotAnswered_isAskedAgain_untilPatienceEnds() {
    Future<Void> older = world.replicas.older(app, 0);
    fetched();
    world.pass(TIMING.answer().plus(TIMING.tick()));
    fetched();
    world.pass(PATIENCE.minus(TIMING.answer()).minus(TIMING.tick().multipliedBy(2)));
    assertThat(older.isComplete()).isFalse();
    world.pass(TIMING.tick());
    assertThat(older.failed()).isTrue();
  }

  @Test
  void answerWithoutLines_isNoEnd_sinceWhoeverWasAskedMayWaitItself() {
    Future<Void> older = world.replicas.older(app, 0);
    fetched();
    world.says("b", range(101, null));
    assertThat(older.isComplete()).isFalse();
    world.pass(TIMING.tick());
    assertThat(fetched().before()).isEqualTo(101);
  }

  @Test
  void linesThatDoNotReachTheOldest_areNotTaken() {
    Future<Void> older = world.replicas.older(app, 0);
    world.says("b", range(97, null, batch(app, EPOCH, 97, "97", "98")));

    assertThat(ring.oldest()).isEqualTo(101);
    assertThat(older.isComplete()).isFalse();
  }

  @Test
  void lostWithoutAnEpoch_isNoAnswer() { // a viewer's gap must name one
    world.replicas.older(app, 0);
    world.says("b", range(101, new AppMessage.Lost("", 7, List.of())));

    assertThat(ring.complete()).isFalse();
  }

  @Test
  void appOfWhichNothingIsHere_hasNothingOlder() {
    assertThat(world.replicas.older(world.appOf(ME), 0).failed()).isTrue();
  }

  @Test
  void newOwner_getsWhatIsOlderOfWhoeverHadTheLog_andIsCompleteWhenThatIsGone() {
    AppName other = world.appOf(ME, "b", "c");
    ownAfter(other);

    Future<Void> older = world.replicas.older(other, 0);
    assertThat(fetched().before()).isEqualTo(51);
    world.members("c");
    world.pass(TIMING.answer().plus(TIMING.tick()));
    assertThat(older.succeeded()).isTrue();
  }

  /** It follows this owner by now, and so waits for what it was to give. */
  @Test
  void newOwnerWhoseSourceHasNothingItself_stopsWaitingForIt() {
    AppName other = world.appOf(ME, "b", "c");
    ownAfter(other);
    Future<Void> older = world.replicas.older(other, 0);
    String epoch = world.status(other).epoch();
    var nothing = new AppMessage.Range(other, epoch, true, 51, List.of(), false, null);

    for (int i = 0; i < TIMING.ticks(TIMING.answer()); i++) {
      assertThat(fetched().before()).isEqualTo(51);
      world.says("b", nothing);
      assertThat(older.isComplete()).isFalse();
      world.pass(TIMING.tick());
    }
    assertThat(fetched().before()).isEqualTo(51);
    world.says("b", nothing);
    assertThat(older.succeeded()).isTrue();
    world.pass(TIMING.answer().multipliedBy(2));
    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();
  }

  /** Comes to own {@code app}, whose log c had and b has up to 50. */
  private void ownAfter(AppName app) {
    Future<?> watch = world.watch(app);
    AppMessage.Claim claim = world.takeOne("b", AppMessage.Claim.class);
    world.says("c", FakeWorld.knowsNothing(world.takeOne("c", AppMessage.Claim.class)));
    world.says(
        "b",
        new AppMessage.ClaimAnswer(
            app, claim.id(), FakeWorld.lineage(1, "c", 0), 50, "", false, false));
    world.replicas.confirmed(app);
    assertThat(watch.succeeded()).isTrue();
  }
}
