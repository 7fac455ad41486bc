package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An owner and whoever stands by for it: what is committed, and who is dismissed. */
@Timeout(10)
final class StandbysTest {

  private static final String EPOCH = "1-me";

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "b", "c");
  private BlockRing ring;

  @BeforeEach
  void ownerWithAStandby() {
    ring = world.own(app);
    world.pass(TIMING.tick());
    world.takeOne("b", AppMessage.Enlist.class);
  }

  private void acks(String node, long head) {
    world.says(node, new AppMessage.Ack(app, EPOCH, head, true, true));
  }

  // ---- committing ----

  @Test
  void standbyThatIsNotInStep_holdsNothingUp() {
    world.nats(app, "1");
    assertThat(texts(ring)).containsExactly("1");

    world.says("b", new AppMessage.Ack(app, EPOCH, 0, false, false));
    world.nats(app, "2");
    assertThat(texts(ring)).containsExactly("1", "2");
    assertThat(world.take("b", AppMessage.Enlisted.class)).isEmpty();
  }

  @Test
  void lines_areCommittedWhenTheStandbyInStepHasThem_andShownToNobodyBefore() {
    world.says("c", new AppMessage.Watch(app, EPOCH));
    world.inStep(app, "b", 0);
    world.nats(app, "1");
    world.nats(app, "2");
    assertThat(ring.head()).isZero();
    assertThat(world.take("c", AppMessage.Lines.class)).isEmpty();
    assertThat(world.take("b", AppMessage.Lines.class))
        .extracting(AppMessage.Lines::committed)
        .containsExactly(0L, 0L);

    acks("b", 1);
    assertThat(texts(ring)).containsExactly("1");
    assertThat(world.takeOne("c", AppMessage.Lines.class).batch().lastSeq()).isEqualTo(1);
    acks("b", 2);
    assertThat(texts(ring)).containsExactly("1", "2");
  }

  @Test
  void head_isNotToldBeforeItIsCommitted() {
    world.inStep(app, "b", 0);
    world.nats(app, "1");
    world.says("c", new AppMessage.Watch(app, ""));
    assertThat(world.takeOne("c", AppMessage.State.class).head()).isZero();

    world.says("c", new AppMessage.Fetch(app, EPOCH, 1, 0));
    assertThat(world.takeOne("c", AppMessage.Range.class).batches()).isEmpty();
    world.says("b", new AppMessage.Fetch(app, EPOCH, 1, 0));
    assertThat(world.takeOne("b", AppMessage.Range.class).batches()).hasSize(1);
  }

  @Test
  void acknowledgementOfMoreThanThereIs_commitsNoMoreThanThereIs() {
    world.inStep(app, "b", 0);
    acks("b", 1_000);
    world.nats(app, "1");
    assertThat(ring.head()).isZero();

    acks("b", 1);
    assertThat(ring.head()).isEqualTo(1);
  }

  @Test
  void olderLines_areAnsweredAsFarBackAsTheyAreNeeded() {
    for (int i = 1; i <= 9; i++) {
      world.nats(app, Integer.toString(i));
    }
    world.says("c", new AppMessage.Fetch(app, EPOCH, 6, 9));
    AppMessage.Range part = world.takeOne("c", AppMessage.Range.class);
    assertThat(part.backwards()).isTrue();
    assertThat(part.first()).isEqualTo(6);
    assertThat(part.batches()).extracting(LogBatch::firstSeq).containsExactly(6L, 7L, 8L);
    assertThat(part.lost()).isNull(); // there is more

    world.says("c", new AppMessage.Fetch(app, EPOCH, 0, 9));
    assertThat(world.takeOne("c", AppMessage.Range.class).first()).isEqualTo(1);
  }

  @Test
  void whatIsNotCommitted_isAnsweredInChunks() {
    world.inStep(app, "b", 0);
    for (int i = 0; i < 200; i++) {
      world.nats(app, "x".repeat(2_000));
    }
    world.says("b", new AppMessage.Fetch(app, EPOCH, 1, 0));
    AppMessage.Range first = world.takeOne("b", AppMessage.Range.class);
    long last = first.batches().getLast().lastSeq();
    assertThat(first.batches().stream().mapToLong(LogBatch::bytes).sum())
        .isBetween((long) AppMessage.Fetch.CHUNK_BYTES, AppMessage.Fetch.CHUNK_BYTES + 2 * 2_200L);
    assertThat(first.more()).isTrue();

    while (last < 200) {
      world.says("b", new AppMessage.Fetch(app, EPOCH, last + 1, 0));
      AppMessage.Range next = world.takeOne("b", AppMessage.Range.class);
      assertThat(next.first()).isEqualTo(last + 1);
      last = next.batches().getLast().lastSeq();
      assertThat(next.more()).isEqualTo(last < 200);
    }
  }

  @Test
  void standbyThatIsNotConfirmed_learnsWhatIsCommitted_atOnceIfItHasViewers_elseWithTheNextTick() {
    world.nats(app, "1");
    assertThat(world.take("b", AppMessage.Head.class)).isEmpty();
    world.pass(TIMING.tick());
    assertThat(world.takeOne("b", AppMessage.Head.class).head()).isEqualTo(1);

    world.says("b", new AppMessage.Watch(app, EPOCH));
    world.take("b", AppMessage.Head.class);
    world.nats(app, "2");
    assertThat(world.takeOne("b", AppMessage.Head.class).head()).isEqualTo(2);
  }

  @Test
  void standbyThatShowsWhatItHas_isNotToldWhatIsCommitted_untilItLosesThat() {
    world.inStep(app, "b", 0);
    world.says("b", new AppMessage.Watch(app, EPOCH));
    world.takeSent();
    world.nats(app, "1");
    acks("b", 1);
    world.pass(TIMING.tick());
    assertThat(world.take("b", AppMessage.Head.class)).isEmpty();

    world.says("b", new AppMessage.Ack(app, EPOCH, 1, false, false)); // it lost NATS, say
    world.pass(TIMING.tick());
    assertThat(world.takeOne("b", AppMessage.Head.class).head()).isEqualTo(1);
  }

  /** At the owner or at a third router; who views the app at the standby has seen it already. */
  @Test
  void acknowledgement_isAwaitedIfAnybodyElseWatches() {
    var other = new FakeWorld("b", "c");
    other.says("b", new AppMessage.Watch(app, ""));
    other.says("b", FakeWorld.knowsNothing(other.takeOne("b", AppMessage.Claim.class)));
    other.says("c", FakeWorld.knowsNothing(other.takeOne("c", AppMessage.Claim.class)));
    other.replicas.confirmed(app);
    other.pass(TIMING.tick());
    other.inStep(app, "b", 0);
    assertThat(isAwaited(other, "1")).isFalse();

    other.says("c", new AppMessage.Watch(app, EPOCH));
    assertThat(isAwaited(other, "2")).isTrue();
    other.says("c", new AppMessage.Unwatch(app));
    assertThat(isAwaited(other, "3")).isFalse();
    other.watch(app);
    assertThat(isAwaited(other, "4")).isTrue();
  }

  private boolean isAwaited(FakeWorld routers, String text) {
    routers.take("b", AppMessage.Lines.class);
    routers.nats(app, text);
    return routers.takeOne("b", AppMessage.Lines.class).awaited();
  }

  // ---- coming in step ----

  @Test
  void standbyThatSaysItIsReady_isConfirmed_untilItKnowsThat() {
    var ready = new AppMessage.Ack(app, EPOCH, 0, true, false);
    world.says("b", ready, ready);
    assertThat(world.take("b", AppMessage.Enlisted.class)).hasSize(2);
    assertThat(world.status(app).inStep()).isTrue();

    acks("b", 0);
    assertThat(world.take("b", AppMessage.Enlisted.class)).isEmpty();
  }

  @Test
  void whileNatsIsAway_whatBothMissIsMarkedBeforeTheStandbyCountsAsInStep() {
    world.nats(app, "1");
    world.replicas.natsLost();
    world.says("b", new AppMessage.Ack(app, EPOCH, 1, true, false));

    assertThat(texts(ring)).containsExactly("1", "UPSTREAM");
    world.replicas.natsBack();
    world.nats(app, "2");
    assertThat(ring.head()).isEqualTo(2);
  }

  // ---- dismissal and release ----

  @Test
  void standbyThatOwesAnAcknowledgementForASecond_isDismissed_andTheOwnerCommitsAlone() {
    world.inStep(app, "b", 0);
    world.takeSent();
    world.nats(app, "1");
    world.pass(TIMING.dismissal());
    assertThat(ring.head()).isZero();
    assertThat(world.take("b", AppMessage.Release.class)).isEmpty();

    world.pass(TIMING.tick());
    assertThat(texts(ring)).containsExactly("1");
    assertThat(world.take("b", AppMessage.Release.class)).hasSize(1);
    assertThat(world.takeOne("c", AppMessage.Enlist.class).head()).isEqualTo(1);
  }

  @Test
  void standbyThatAcknowledgesSlowlyButSteadily_isKept() {
    world.inStep(app, "b", 0);
    for (int i = 1; i <= 20; i++) {
      world.nats(app, "" + i);
      world.pass(TIMING.dismissal().dividedBy(2));
      acks("b", i - 1);
    }

    assertThat(ring.head()).isEqualTo(19);
    assertThat(world.take("b", AppMessage.Release.class)).isEmpty();
  }

  @Test
  void frozenOwner_dismissesNobodyForItsOwnPause() {
    world.inStep(app, "b", 0);
    world.nats(app, "1");
    world.freeze(1_300);
    world.replicas.tick();
    acks("b", 1);

    assertThat(world.take("b", AppMessage.Release.class)).isEmpty();
    assertThat(ring.head()).isEqualTo(1);
  }

  @Test
  void standbyThatIsSuspect_isDismissed() {
    world.inStep(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));

    assertThat(world.take("b", AppMessage.Release.class)).hasSize(1);
    assertThat(world.status(app).standby()).isEqualTo("c");
  }

  @Test
  void standbyThatIsFourMegabytesBehind_isDismissed() {
    world.inStep(app, "b", 0);
    String big = "x".repeat(60_000);
    int lines = 0;
    while (world.take("b", AppMessage.Release.class).isEmpty()) {
      assertThat(lines++ * 60_000L).isLessThan(Owning.MAX_PENDING + 200_000);
      world.nats(app, big);
    }

    assertThat((lines + 1) * 60_200L).isGreaterThan(Owning.MAX_PENDING);
    assertThat(ring.head()).isEqualTo(lines);
  }

  @Test
  void dismissedStandby_isNotTakenAgainAtOnce_evenIfItIsTheOnlyOne() {
    world.members("b");
    world.inStep(app, "b", 0);
    world.nats(app, "1");
    world.pass(TIMING.dismissal().plus(TIMING.tick()));
    world.take("b", AppMessage.Enlist.class);
    world.pass(TIMING.silence().minus(TIMING.tick().multipliedBy(2)));
    assertThat(world.take("b", AppMessage.Enlist.class)).isEmpty();

    world.pass(TIMING.tick().multipliedBy(2));
    assertThat(world.take("b", AppMessage.Enlist.class)).hasSize(1);
  }

  @Test
  void whoThinksItStandsBy_isReleased() {
    acks("c", 0);

    assertThat(world.takeOne("c", AppMessage.Release.class).epoch()).isEqualTo(EPOCH);
    assertThat(world.status(app).standby()).isEqualTo("b");
  }

  @Test
  void nextStandby_getsWhatIsNotCommittedYet() {
    world.inStep(app, "b", 0);
    world.nats(app, "1");
    world.peers.heard("b", true); // it is about to leave, but stands by until another one is ready
    world.nats(app, "2");
    world.pass(TIMING.tick());

    assertThat(world.takeOne("c", AppMessage.Enlist.class).head()).isZero();
    assertThat(world.take("c", AppMessage.Lines.class))
        .extracting(lines -> lines.batch().lastSeq())
        .containsExactly(1L, 2L);
    world.says("c", new AppMessage.Ack(app, EPOCH, 2, true, false));
    assertThat(world.status(app).standby()).isEqualTo("c");
    assertThat(world.take("b", AppMessage.Unwatch.class)).hasSize(1);
    assertThat(ring.head()).isEqualTo(2);
  }
}
