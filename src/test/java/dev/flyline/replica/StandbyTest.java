package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Mark;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router that stands by for b: when it is in step, and what it says that it has. */
@Timeout(10)
final class StandbyTest {

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf("b", FakeWorld.ME, "c");

  private void enlisted() {
    world.says("b", new AppMessage.Enlist(app, FakeWorld.lineage(1, "b", 0), 0));
  }

  private AppMessage.Ack lastAck() {
    return world.take("b", AppMessage.Ack.class).getLast();
  }

  private void lines(long first, long committed, String... texts) {
    world.says("b", new AppMessage.Lines(batch(app, "1-b", first, texts), committed, true));
  }

  // ---- in step ----

  @Test
  void standby_isInStepTwoSecondsAfterNatsConfirmed_andNotBefore() {
    enlisted();
    assertThat(world.subscribed).containsExactly(app);
    world.pass(TIMING.settle().multipliedBy(10));
    assertThat(lastAck().inStep()).isFalse();

    world.replicas.confirmed(app);
    world.pass(TIMING.settle().minus(TIMING.tick()));
    assertThat(world.take("b", AppMessage.Ack.class).stream().anyMatch(AppMessage.Ack::inStep))
        .isFalse();
    world.pass(TIMING.tick().multipliedBy(2));
    assertThat(lastAck().inStep()).isTrue();
  }

  @Test
  void standby_couldGoOnOnlyOnceTheOwnerHasConfirmedIt() {
    enlisted();
    world.replicas.confirmed(app);
    world.pass(TIMING.settle().plus(TIMING.tick()));
    assertThat(lastAck().enlisted()).isFalse();
    assertThat(world.status(app).inStep()).isFalse();

    world.says("b", new AppMessage.Enlisted(app, "1-b"));
    assertThat(world.status(app).inStep()).isTrue();
    lines(1, 0, "1");
    assertThat(lastAck()).isEqualTo(new AppMessage.Ack(app, "1-b", 1, true, true));
  }

  @Test
  void standby_isOutOfStepWithAHole_untilItIsFilled() {
    world.standBy(app, "b", 0);
    lines(2, 0, "2");
    assertThat(world.status(app).inStep()).isFalse();
    assertThat(world.takeOne("b", AppMessage.Fetch.class).from()).isEqualTo(1);
    world.pass(TIMING.tick());
    assertThat(lastAck()).isEqualTo(new AppMessage.Ack(app, "1-b", 0, false, false));

    var missing = List.of(batch(app, "1-b", 1, "1"));
    world.says("b", new AppMessage.Range(app, "1-b", false, 1, missing, false, null));
    AppMessage.Ack ack = lastAck();
    assertThat(ack.head()).isEqualTo(2);
    assertThat(ack.inStep()).isTrue();
    assertThat(ack.enlisted()).isFalse(); // the owner has to confirm it anew
  }

  @Test
  void standbyThatLosesNats_isOutOfStepAtOnce() {
    world.standBy(app, "b", 0);
    world.replicas.natsLost();

    assertThat(lastAck().inStep()).isFalse();
    assertThat(world.status(app).inStep()).isFalse();
  }

  @Test
  void standbyThatMissedLines_isOutOfStepAtOnce() {
    world.standBy(app, "b", 0);
    world.replicas.arrived(app, List.of(new Mark(GapCause.UPSTREAM, 3, 0)));

    assertThat(lastAck().inStep()).isFalse();
  }

  @Test
  void standbyToWhichNatsBringsNothing_isOutOfStepBeforeItsListsAreTooLong() {
    world.standBy(app, "b", 0);
    int batch = 512;
    int most = Matching.MAX_PUBLISHED + Matching.LOOK;
    for (int first = 1; first <= most; first += batch) {
      if (first <= Matching.MAX_PUBLISHED + 1) {
        assertThat(world.status(app).inStep()).as("before line " + first).isTrue();
      }
      int from = first;
      List<Entry> lines =
          IntStream.range(from, from + batch)
              .<Entry>mapToObj(i -> FakeWorld.line("m" + i % 100, "line " + i))
              .toList();
      world.says("b", new AppMessage.Lines(new LogBatch(app, "1-b", first, lines), first, true));
    }
    assertThat(lastAck().inStep()).isFalse();
    assertThat(world.replica(app).natsSide.matching().isEmpty()).isTrue();
  }

  @Test
  void standbyThatWasFrozen_mustBeConfirmedAnew() {
    world.standBy(app, "b", 0);
    world.freeze(5_000);
    world.replicas.tick();

    AppMessage.Ack ack = lastAck();
    assertThat(ack.inStep()).isFalse();
    assertThat(ack.enlisted()).isFalse();
  }

  // ---- lines ----

  @Test
  void standbyThatIsNotConfirmed_showsOnlyWhatTheOwnerHasCommitted() {
    enlisted();
    lines(1, 0, "1", "2");
    assertThat(world.replica(app).localLog.head()).isZero();
    lines(3, 1, "3");
    assertThat(texts(world.replica(app).localLog.opened())).containsExactly("1");

    world.says("b", new AppMessage.Head(app, "1-b", 3));
    assertThat(texts(world.replica(app).localLog.opened())).containsExactly("1", "2", "3");
  }

  /** What it has is committed by that, whenever the owner learns of it. */
  @Test
  void standbyWithoutWhichNothingIsCommitted_showsWhatItHas() {
    world.standBy(app, "b", 0);
    lines(1, 0, "1", "2");

    assertThat(texts(world.replica(app).localLog.opened())).containsExactly("1", "2");
  }

  @Test
  void standbyThatIsConfirmed_showsWhatItHasByThen() {
    enlisted();
    world.replicas.confirmed(app);
    world.pass(TIMING.settle().plus(TIMING.tick()));
    lines(1, 0, "1");
    assertThat(world.replica(app).localLog.head()).isZero();
    world.says("b", new AppMessage.Enlisted(app, "1-b"));

    assertThat(texts(world.replica(app).localLog.opened())).containsExactly("1");
  }

  /** Whether the owner commits without it is not known here, so neither is what is committed. */
  @Test
  void standbyThatIsOutOfStepOrDismissed_showsNothingOfItsOwnAccord() {
    world.standBy(app, "b", 0);
    world.replicas.natsLost();
    lines(1, 0, "1");
    assertThat(world.replica(app).localLog.head()).isZero();

    var other = new FakeWorld("b", "c");
    other.standBy(app, "b", 0);
    other.says("b", new AppMessage.Release(app, "1-b"));
    other.says("b", new AppMessage.Lines(batch(app, "1-b", 1, "1"), 0, true));
    assertThat(other.replica(app).localLog.head()).isZero();
  }

  @Test
  void whatNobodyElseWaitsFor_isAcknowledgedWithTheNextTick_orWhenItIsMuch() {
    world.standBy(app, "b", 0);
    world.says("b", new AppMessage.Lines(batch(app, "1-b", 1, "1"), 0, false));
    world.says("b", new AppMessage.Lines(batch(app, "1-b", 2, "2"), 0, false));
    assertThat(world.take("b", AppMessage.Ack.class)).isEmpty();
    world.pass(TIMING.tick());
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(2);
    world.pass(TIMING.tick());
    assertThat(world.take("b", AppMessage.Ack.class)).isEmpty();

    String big = "x".repeat(70_000);
    world.says("b", new AppMessage.Lines(batch(app, "1-b", 3, big), 2, false));
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(3);
  }

  @Test
  void acknowledgements_areGatheredInATurn_andRepeatedNowAndThen() {
    world.standBy(app, "b", 0);
    lines(1, 0, "1");
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(1);

    world.pass(TIMING.renew());
    assertThat(world.take("b", AppMessage.Ack.class)).isEmpty();
    world.pass(TIMING.tick());
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(1);
  }

  @Test
  void ownerThatNeverCommits_costsBoundedMemory() {
    enlisted();
    String big = "x".repeat(100_000);
    for (int seq = 1; seq <= 400; seq++) {
      lines(seq, 0, big);
      assertThat(world.replica(app).localLog.pendingBytes()).isLessThan(16 << 20);
    }

    long has = world.take("b", AppMessage.Ack.class).getLast().head();
    world.says("b", new AppMessage.Head(app, "1-b", has));
    lines(has + 1, has, "next");
    assertThat(world.take("b", AppMessage.Ack.class).getLast().head()).isEqualTo(has + 1);
  }

  // ---- ends ----

  @Test
  void dismissedStandbyInStep_readsOnForAWhile_sinceItStillKnowsMost() {
    world.standBy(app, "b", 0);
    world.says("b", new AppMessage.Release(app, "1-b"));
    world.pass(TIMING.keep().minus(TIMING.tick()));
    assertThat(world.status(app).inStep()).isTrue();
    world.pass(TIMING.tick());

    assertThat(world.role(app)).isEqualTo("none");
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void dismissedStandbyThatIsNotInStep_standsDownAtOnce() {
    enlisted();
    world.says("b", new AppMessage.Release(app, "1-b"));

    assertThat(world.role(app)).isEqualTo("none");
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void standbyThatIsNotNeeded_dropsWhatIsNotCommitted() {
    enlisted();
    lines(1, 1, "1");
    lines(2, 1, "2");
    world.says("b", new AppMessage.Unwatch(app));

    assertThat(world.subscribed).isEmpty();
    assertThat(world.replica(app).localLog.last()).isEqualTo(1);
  }

  /** Who still heard the owner a moment ago will soon not, so it asks again sooner than later. */
  @Test
  void standbyWhoseClaimIsRefused_claimsAgainLessAndLessOften() {
    world.standBy(app, "b", 0);
    world.silence("b");
    List<Integer> pauses = IntStream.range(0, 5).map(_ -> ticksUntilRefused()).boxed().toList();

    assertThat(pauses.subList(1, 5)).containsExactly(1, 2, 4, 4);
    assertThat(world.role(app)).isEqualTo("standby");
  }

  /** Lets time pass until it claims the app, which c refuses since it hears b; counts the ticks. */
  private int ticksUntilRefused() {
    int ticks = 0;
    while (true) {
      List<AppMessage.Claim> claims = world.take("c", AppMessage.Claim.class);
      if (!claims.isEmpty()) {
        world.says(
            "c",
            new AppMessage.ClaimAnswer(
                app, claims.getLast().id(), FakeWorld.lineage(1, "b", 0), 0, "b", false, true));
        return ticks;
      }
      world.pass(TIMING.tick());
      ticks++;
    }
  }
}
