package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.Term;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How an app goes from one router to another without a line lost or doubled. */
@Timeout(10)
final class HandoverTest {

  private static final String EPOCH = "1-me";

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "b", "c");

  /** Owns the app, for which b stands by and is in step. */
  private BlockRing ownWithStandby() {
    BlockRing ring = world.own(app);
    world.pass(TIMING.tick());
    world.inStep(app, "b", 0);
    world.takeSent();
    return ring;
  }

  private Lineage next(String heir, long after) {
    return FakeWorld.lineage(1, ME, 0).then(new Term(2, heir, after));
  }

  // ---- when ----

  @Test
  void appThatBelongsElsewhere_goesThereOnceItsHeirIsInStep_andTheMembersAreCalm() {
    AppName theirs = world.appOf("b", ME, "c");
    world.members("c");
    world.own(theirs);
    world.pass(TIMING.tick());
    world.inStep(theirs, "c", 0);
    world.members("b", "c");
    world.pass(TIMING.calm().minus(TIMING.tick()));
    assertThat(world.take("b", AppMessage.Enlist.class)).isEmpty();
    world.pass(TIMING.tick());
    world.takeOne("b", AppMessage.Enlist.class);

    world.says("b", new AppMessage.Ack(theirs, EPOCH, 0, false, false));
    world.pass(TIMING.tick());
    assertThat(world.take("b", AppMessage.Handover.class)).isEmpty();

    world.nats(theirs, "1");
    world.says("c", new AppMessage.Ack(theirs, EPOCH, 1, true, true));
    world.inStep(theirs, "b", 1);
    world.pass(TIMING.tick());
    assertThat(world.takeOne("b", AppMessage.Handover.class).last()).isEqualTo(1);
  }

  @Test
  void stoppingRouter_handsOverToItsStandbyInStep() {
    world.own(app);
    world.peers.stop();
    world.pass(TIMING.tick());
    assertThat(world.take("b", AppMessage.Handover.class)).isEmpty();

    world.inStep(app, "b", 0);
    world.pass(TIMING.tick());
    assertThat(world.take("b", AppMessage.Handover.class)).hasSize(1);
  }

  @Test
  void stoppingRouter_handsOverToNobodyWhoStopsToo() {
    ownWithStandby();
    world.peers.heard("b", true);
    world.peers.stop();
    world.pass(TIMING.handover());

    assertThat(world.take("b", AppMessage.Handover.class)).isEmpty();
  }

  @Test
  void ownerThatLosesNats_handsOverAtOnceToAStandbyInStep() {
    ownWithStandby();
    world.replicas.natsLost();
    assertThat(world.take("b", AppMessage.Handover.class)).hasSize(1);

    var other = new FakeWorld("b", "c");
    other.own(app);
    other.replicas.natsLost();
    assertThat(other.take("b", AppMessage.Handover.class)).isEmpty();
  }

  // ---- how ----

  @Test
  void linesThatComeDuringAHandover_areNotNumberedHere() {
    BlockRing ring = ownWithStandby();
    world.replicas.natsLost();
    world.nats(app, "1");

    assertThat(world.take("b", AppMessage.Lines.class)).isEmpty();
    assertThat(ring.head()).isZero();
  }

  @Test
  void ownerBefore_becomesTheHeirsStandby_withTheLinesThatWaited() {
    BlockRing ring = ownWithStandby();
    world.replicas.natsLost();
    world.replicas.natsBack();
    world.nats(app, "1", "2");
    world.says("b", new AppMessage.Enlist(app, next("b", 0), 0));
    assertThat(world.role(app)).isEqualTo("standby");
    world.says("b", new AppMessage.State(app, next("b", 0), "b", 0));
    world.says("b", new AppMessage.Lines(FakeWorld.batch(app, "2-b", 1, "1"), 1, true));
    assertThat(texts(ring)).containsExactly("1");

    world.nats(app, "3");
    world.pass(TIMING.settle());
    world.says("b", new AppMessage.Enlisted(app, "2-b"));
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));
    world.says("c", FakeWorld.knowsNothing(world.takeOne("c", AppMessage.Claim.class)));
    assertThat(texts(ring)).containsExactly("1", "2", "3"); // none was lost, none doubled
  }

  @Test
  void heir_goesOnWhenItHasAll_andMakesTheOwnerBeforeItsStandby() {
    world.standBy(app, "b", 5);
    world.says("b", new AppMessage.Handover(app, "1-b", 6));
    assertThat(world.role(app)).isEqualTo("standby"); // number 6 is still to come

    world.says("b", new AppMessage.Lines(FakeWorld.batch(app, "1-b", 6, "six"), 5, true));
    assertThat(world.role(app)).isEqualTo("owner");
    Term term = world.takeOne("b", AppMessage.Enlist.class).lineage().newest();
    assertThat(term).isEqualTo(new Term(2, ME, 6));
    assertThat(world.takeOne("c", AppMessage.State.class).lineage().newest()).isEqualTo(term);
  }

  @Test
  void handoverToARouterThatIsNotInStep_isNotTaken() {
    world.says("b", new AppMessage.Enlist(app, FakeWorld.lineage(1, "b", 0), 0));
    world.replicas.confirmed(app);
    world.says("b", new AppMessage.Handover(app, "1-b", 0));

    assertThat(world.role(app)).isEqualTo("standby");
  }

  @Test
  void heir_isToldForHowLongTheAppIsHeld() {
    ownWithStandby();
    world.says("c", new AppMessage.Watch(app, "1-me"));
    world.replicas.unwatch(app);
    world.pass(TIMING.lease().plus(TIMING.tick()));
    world.replicas.natsLost();

    AppMessage.Hold hold = world.takeOne("b", AppMessage.Hold.class);
    assertThat(hold.ms()).isEqualTo(TIMING.hold().minus(TIMING.tick()).toMillis());
  }

  @Test
  void heir_isToldToHoldTheApp_forAWatcherThatIsSilentAndStillHasItsLease() {
    ownWithStandby();
    world.says("c", new AppMessage.Watch(app, "1-me"));
    world.replicas.unwatch(app);
    world.silence("c");
    world.pass(TIMING.silence().plus(TIMING.tick().multipliedBy(2)));
    world.replicas.natsLost();

    assertThat(world.takeOne("b", AppMessage.Hold.class).ms()).isEqualTo(TIMING.hold().toMillis());
  }

  @Test
  void heir_commitsNothingThatTheOwnerBeforeLacks() {
    AppName theirs = world.appOf("b", ME, "c");
    world.standBy(theirs, "b", 0);
    world.watch(theirs);
    world.says("b", new AppMessage.Handover(theirs, "1-b", 0));
    assertThat(world.take("b", AppMessage.Enlisted.class)).hasSize(1);

    world.nats(theirs, "1");
    assertThat(world.status(theirs).head()).isZero();
    world.says("b", new AppMessage.Ack(theirs, "2-me", 1, true, true));
    assertThat(world.status(theirs).head()).isEqualTo(1);
  }

  @Test
  void ownerBefore_goesOnWithoutLoss_whenItsHeirDiesAtOnce() {
    AppName theirs = world.appOf("b", ME, "c");
    world.members("c");
    world.own(theirs);
    world.pass(TIMING.tick());
    world.inStep(theirs, "c", 0);
    world.members("b", "c");
    world.pass(TIMING.calm());
    world.inStep(theirs, "b", 0);
    world.pass(TIMING.tick());
    world.takeOne("b", AppMessage.Handover.class);
    world.says(
        "b",
        new AppMessage.Enlist(theirs, next("b", 0), 0),
        new AppMessage.Enlisted(theirs, "2-b"));
    world.members("c");
    world.pass(TIMING.tick());

    assertThat(world.takeOne("c", AppMessage.Claim.class).inStep()).isTrue();
  }

  @Test
  void heir_holdsTheAppForAsLongAsItIsTold_andNotForEver() {
    for (long told : new long[] {60_000, Long.MAX_VALUE >> 12}) {
      var heir = new FakeWorld("b", "c");
      AppName held = heir.appOf("b", ME, "c");
      heir.standBy(held, "b", 0);
      heir.says("b", new AppMessage.Hold(held, "1-b", told));
      heir.says("b", new AppMessage.Handover(held, "1-b", 0));
      assertThat(heir.role(held)).isEqualTo("owner");

      long limit = Math.min(told, TIMING.hold().toMillis());
      heir.pass(Duration.ofMillis(limit).minus(TIMING.tick()));
      assertThat(heir.subscribed).containsExactly(held);
      heir.pass(TIMING.tick());
      assertThat(heir.subscribed).isEmpty();
    }
  }

  // ---- the heir does not answer ----

  @Test
  void heirThatDoesNotAnswer_isGivenUp_andWhatWaitedIsNumbered() {
    BlockRing ring = ownWithStandby();
    world.replicas.natsLost();
    world.nats(app, "1");
    world.pass(TIMING.handover().minus(TIMING.tick()));
    assertThat(world.take("b", AppMessage.Claim.class)).isEmpty();
    world.pass(TIMING.tick());

    AppMessage.Claim claim = world.takeOne("b", AppMessage.Claim.class);
    assertThat(claim.inStep()).isTrue();
    world.says("b", FakeWorld.knowsNothing(claim));
    world.says("c", FakeWorld.knowsNothing(claim));
    assertThat(world.role(app)).isEqualTo("owner");
    assertThat(world.status(app).epoch()).isEqualTo("2-me");
    assertThat(texts(ring)).containsExactly("1");
  }

  @Test
  void heirThatHasBegun_answersTheClaim_andNothingIsNumberedTwice() {
    BlockRing ring = ownWithStandby();
    world.replicas.natsLost();
    world.nats(app, "1");
    world.pass(TIMING.handover());
    AppMessage.Claim claim = world.takeOne("b", AppMessage.Claim.class);
    world.says(
        "b",
        new AppMessage.ClaimAnswer(app, claim.id(), next("b", 0), 1, "b", false, false),
        new AppMessage.State(app, next("b", 0), "b", 0),
        new AppMessage.Lines(FakeWorld.batch(app, "2-b", 1, "1"), 1, true));

    assertThat(world.role(app)).isEqualTo("follower");
    assertThat(texts(ring)).containsExactly("1");
    assertThat(world.subscribed).isEmpty();
  }
}
