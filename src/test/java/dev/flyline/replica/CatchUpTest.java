package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Term;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How far the log goes, for whoever comes with a position that is not here. */
@Timeout(10)
final class CatchUpTest {

  private static final Duration PATIENCE = Duration.ofSeconds(8);

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName theirs = world.appOf("b", "c", ME);
  private final AppName mine = world.appOf(ME, "b", "c");

  private AppMessage.State stands(long question, long head) {
    return new AppMessage.State(theirs, FakeWorld.lineage(1, "b", 0), "b", head, question);
  }

  /** Takes the question that was put to {@code node}. */
  private long looked(String node, AppName app) {
    AppMessage.Look look = world.takeOne(node, AppMessage.Look.class);
    assertThat(look.app()).isEqualTo(app);
    assertThat(look.question()).isPositive();
    return look.question();
  }

  // ---- at a follower ----

  @Test
  void ownerIsAsked_andWhatItHasMustBeHereFirst() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("b", stands(looked("b", theirs), 5));
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new AppMessage.Lines(batch(theirs, "1-b", 4, "4"), 4, false));
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new AppMessage.Lines(batch(theirs, "1-b", 5, "5"), 5, false));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void ownerWithNothingNewer_isAnswerEnough() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("b", stands(looked("b", theirs), 3));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void whatWasOnItsWayBefore_isNoAnswer() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    long question = looked("b", theirs);
    world.says("b", new AppMessage.Head(theirs, "1-b", 3));
    world.says("b", stands(0, 3)); // to a watch, or when this router came
    world.says("b", stands(question + 1, 3));
    assertThat(newer.isComplete()).isFalse();

    world.says("b", stands(question, 3));
    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void answerOfAnotherThanTheOwner_doesNotCount() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("c", stands(looked("b", theirs), 3));

    assertThat(newer.isComplete()).isFalse();
  }

  @Test
  void allWhoWaitBeforeTheQuestion_areServedByIt_thoseAfterByTheNext() {
    world.follow(theirs, "b", 3);
    Future<Void> first = world.replicas.newer(theirs);
    Future<Void> second = world.replicas.newer(theirs);
    Future<Void> third = world.replicas.newer(theirs);
    world.says("b", stands(looked("b", theirs), 3));
    assertThat(first.succeeded()).isTrue();
    assertThat(second.isComplete()).isFalse(); // that answer may be older than its position
    world.says("b", stands(looked("b", theirs), 3));

    assertThat(second.succeeded()).isTrue();
    assertThat(third.succeeded()).isTrue();
    assertThat(world.take("b", AppMessage.Look.class)).isEmpty();
  }

  @Test
  void questionThatIsNotAnswered_isAskedAgain_untilPatienceEnds() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    long first = looked("b", theirs);
    world.pass(TIMING.answer().plus(TIMING.tick()));
    assertThat(looked("b", theirs)).isNotEqualTo(first);
    world.pass(PATIENCE.minus(TIMING.answer()).minus(TIMING.tick()));
    assertThat(newer.isComplete()).isFalse();
    world.pass(TIMING.tick());

    assertThat(newer.failed()).isTrue();
  }

  @Test
  void newOwner_isAskedInsteadOfTheOneBefore() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    var lineage = FakeWorld.lineage(1, "b", 0).then(new Term(2, "c", 3));
    world.says("c", new AppMessage.State(theirs, lineage, "c", 3));
    assertThat(newer.isComplete()).isFalse(); // it is no answer to a question of this router's
    long question = looked("c", theirs);
    world.says("c", new AppMessage.State(theirs, lineage, "c", 3, question));

    assertThat(newer.succeeded()).isTrue();
  }

  // ---- at the owner ----

  @Test
  void ownerAlone_knowsItself() {
    var alone = new FakeWorld();
    alone.own(mine);

    assertThat(alone.replicas.newer(mine).succeeded()).isTrue();
  }

  @Test
  void owner_asksItsStandby_whichWouldKnowOfAnother() {
    world.own(mine);
    world.pass(TIMING.tick());
    Future<Void> newer = world.replicas.newer(mine);
    long question = looked("b", mine);
    assertThat(newer.isComplete()).isFalse();
    world.says("b", ofMine(0, question));

    assertThat(newer.succeeded()).isTrue();
  }

  /** The standby's viewers may have seen what it has not acknowledged yet. */
  @Test
  void owner_waitsForWhatItHasNumbered_evenIfTheStandbyDoesNotKnowOfIt() {
    world.own(mine);
    world.pass(TIMING.tick());
    world.inStep(mine, "b", 0);
    world.nats(mine, "1");
    Future<Void> newer = world.replicas.newer(mine);
    world.says("b", ofMine(0, looked("b", mine)));
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new AppMessage.Ack(mine, "1-me", 1, true, true));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void owner_answersAQuestion_whenWhatItHasNumberedIsCommitted() {
    world.own(mine);
    world.pass(TIMING.tick());
    world.inStep(mine, "b", 0);
    world.nats(mine, "1");
    world.takeSent();
    world.says("c", new AppMessage.Look(mine)); // to begin with what there is
    assertThat(world.takeOne("c", AppMessage.State.class)).isEqualTo(ofMine(0, 0));
    world.says("c", new AppMessage.Look(mine, 7));
    world.nats(mine, "2");
    world.says("c", new AppMessage.Look(mine, 8));
    assertThat(world.take("c", AppMessage.State.class)).isEmpty();
    assertThat(world.take("b", AppMessage.Look.class)).hasSize(2); // to hurry it

    world.says("b", new AppMessage.Ack(mine, "1-me", 1, true, true));
    assertThat(world.takeOne("c", AppMessage.State.class)).isEqualTo(ofMine(1, 7));
    world.pass(TIMING.dismissal().plus(TIMING.tick()));
    assertThat(world.takeOne("c", AppMessage.State.class)).isEqualTo(ofMine(2, 8));
  }

  private AppMessage.State ofMine(long head, long question) {
    return new AppMessage.State(mine, FakeWorld.lineage(1, ME, 0), ME, head, question);
  }

  @Test
  void standby_answersItsOwnerThatAsks_andAcknowledgesWhatItHas() {
    world.standBy(mine, "b", 7);
    world.says("b", new AppMessage.Lines(batch(mine, "1-b", 8, "8"), 7, false));
    assertThat(world.take("b", AppMessage.Ack.class)).isEmpty();
    world.says("b", new AppMessage.Look(mine, 5));

    assertThat(world.takeOne("b", AppMessage.State.class))
        .isEqualTo(new AppMessage.State(mine, FakeWorld.lineage(1, "b", 0), "b", 8, 5));
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(8);
    assertThat(world.role(mine)).isEqualTo("standby");
    assertThat(world.take("c", AppMessage.Claim.class)).isEqualTo(List.of());
  }
}
