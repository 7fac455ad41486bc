package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.PeerMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Term;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How far the log goes, for whoever comes with a position that is not here. */
@Timeout(10)
final class CatchUpTest {

  private static final int PATIENCE_MS = 8_000;

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName theirs = world.appOf("b", "c", ME);
  private final AppName mine = world.appOf(ME, "b", "c");

  private PeerMessage.State stands(long head) {
    return new PeerMessage.State(theirs, FakeWorld.lineage(1, "b", 0), "b", head);
  }

  private void looked(String node, AppName app) {
    assertThat(world.takeOne(node, PeerMessage.Look.class).app()).isEqualTo(app);
  }

  // ---- at a follower ----

  @Test
  void ownerIsAsked_andWhatItHasMustBeHereFirst() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    looked("b", theirs);
    world.says("b", stands(5));
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new PeerMessage.Lines(batch(theirs, "1-b", 4, "4"), 4));
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new PeerMessage.Lines(batch(theirs, "1-b", 5, "5"), 5));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void ownerWithNothingNewer_isAnswerEnough() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("b", stands(3));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void headThatWasOnItsWayBefore_isNoAnswer() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("b", new PeerMessage.Head(theirs, "1-b", 3));
    assertThat(newer.isComplete()).isFalse();

    world.says("b", stands(3));
    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void answerOfAnotherThanTheOwner_doesNotCount() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    world.says("c", stands(3));

    assertThat(newer.isComplete()).isFalse();
  }

  @Test
  void allWhoWaitBeforeTheQuestion_areServedByIt_thoseAfterByTheNext() {
    world.follow(theirs, "b", 3);
    Future<Void> first = world.replicas.newer(theirs);
    Future<Void> second = world.replicas.newer(theirs);
    Future<Void> third = world.replicas.newer(theirs);
    looked("b", theirs);
    world.says("b", stands(3));
    assertThat(first.succeeded()).isTrue();
    assertThat(second.isComplete()).isFalse(); // that answer may be older than its position
    looked("b", theirs);
    world.says("b", stands(3));

    assertThat(second.succeeded()).isTrue();
    assertThat(third.succeeded()).isTrue();
    assertThat(world.take("b", PeerMessage.Look.class)).isEmpty();
  }

  @Test
  void questionThatIsNotAnswered_isAskedAgain_untilPatienceEnds() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    looked("b", theirs);
    world.pass(TIMING.answer() + TIMING.tick());
    looked("b", theirs);
    world.pass(PATIENCE_MS - TIMING.answer() - TIMING.tick());
    assertThat(newer.isComplete()).isFalse();
    world.pass(TIMING.tick());

    assertThat(newer.failed()).isTrue();
  }

  @Test
  void newOwner_isAskedInsteadOfTheOneBefore() {
    world.follow(theirs, "b", 3);
    Future<Void> newer = world.replicas.newer(theirs);
    var lineage = FakeWorld.lineage(1, "b", 0).then(new Term(2, "c", 3));
    world.says("c", new PeerMessage.State(theirs, lineage, "c", 3));
    assertThat(newer.isComplete()).isFalse(); // it is no answer to a question of this router's
    looked("c", theirs);
    world.says("c", new PeerMessage.State(theirs, lineage, "c", 3));

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
    looked("b", mine);
    assertThat(newer.isComplete()).isFalse();
    world.says("b", new PeerMessage.State(mine, FakeWorld.lineage(1, ME, 0), ME, 0));

    assertThat(newer.succeeded()).isTrue();
  }

  @Test
  void standby_answersItsOwnerThatAsks() {
    world.standBy(mine, "b", 7);
    world.says("b", new PeerMessage.Look(mine));

    assertThat(world.takeOne("b", PeerMessage.State.class))
        .isEqualTo(new PeerMessage.State(mine, FakeWorld.lineage(1, "b", 0), "b", 7));
    assertThat(world.role(mine)).isEqualTo("standby");
    assertThat(world.take("c", PeerMessage.Claim.class)).isEqualTo(List.of());
  }
}
