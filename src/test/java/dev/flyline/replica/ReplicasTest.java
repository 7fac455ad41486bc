package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.Term;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What concerns all apps of a lane: those it does not know, those it forgets, and its own pauses.
 */
@Timeout(10)
final class ReplicasTest {

  private static final Duration USED = Duration.ofMinutes(1);

  /** For so long a new owner reads on though nobody watches. */
  private static final Duration GRACE = TIMING.renew().plus(TIMING.answer().multipliedBy(2));

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName mine = world.appOf(ME, "b", "c");
  private final AppName theirs = world.appOf("b", "c", ME);

  // ---- apps that are not known ----

  @Test
  void linesOfAnUnknownApp_areAnsweredByUnwatch_andNothingIsKept() {
    world.says("b", new AppMessage.Lines(batch(theirs, "1-b", 1, "1"), 1, true));

    assertThat(world.take("b", AppMessage.Unwatch.class)).hasSize(1);
    assertThat(world.replicas.find(theirs)).isNull();
  }

  @Test
  void claimOfAnUnknownApp_isAnsweredWithNothing_andNothingIsKept() {
    world.says("b", new AppMessage.Claim(theirs, 7, FakeWorld.lineage(3, "b", 9), 9, false));

    assertThat(world.takeOne("b", AppMessage.ClaimAnswer.class))
        .isEqualTo(new AppMessage.ClaimAnswer(theirs, 7, Lineage.NONE, 0, "", false, false));
    assertThat(world.replicas.find(theirs)).isNull();
  }

  @Test
  void anythingElseOfAnUnknownApp_isPassedOver() {
    world.says(
        "b",
        new AppMessage.Unwatch(theirs),
        new AppMessage.State(theirs, FakeWorld.lineage(1, "b", 0), "b", 1),
        new AppMessage.Head(theirs, "1-b", 1),
        new AppMessage.Ack(theirs, "1-b", 1, true, true),
        new AppMessage.Fetch(theirs, "1-b", 1, 0),
        new AppMessage.Enlisted(theirs, "1-b"),
        new AppMessage.Release(theirs, "1-b"),
        new AppMessage.Handover(theirs, "1-b", 1));

    assertThat(world.takeSent()).isEmpty();
    assertThat(world.replicas.find(theirs)).isNull();
  }

  @Test
  void numbersThatNoRouterComesTo_areNotHeeded() {
    BlockRing ring = world.follow(theirs, "b", 0);
    Lineage confused = FakeWorld.lineage(1, "b", 0).then(new Term(1L << 53, "c", 0));
    world.says(
        "c",
        new AppMessage.State(theirs, confused, "c", 0),
        new AppMessage.Head(theirs, "1-b", 1L << 53),
        new AppMessage.Lines(batch(theirs, "1-b", 1L << 53, "far"), 0, true));
    assertThat(world.takeSent()).isEmpty();

    world.says("b", new AppMessage.Lines(batch(theirs, "1-b", 1, "1"), 1, true));
    assertThat(texts(ring)).containsExactly("1");
  }

  // ---- our own faults ----

  @Test
  void faultWithOneApp_keepsNothingFromAnotherAndEndsWithItsCause() {
    AppName other = world.appOf("c", "b", ME);
    world.follow(theirs, "b", 0);
    world.follow(other, "c", 0);
    Set<AppName> failed = new HashSet<>();
    world.whenFailed = (app, _) -> failed.add(app);
    world.whenSent =
        message -> {
          if (message.app().equals(theirs)) {
            throw new IllegalStateException("a fault of ours");
          }
        };
    world.pass(
        TIMING
            .answer()
            .plus(TIMING.tick().multipliedBy(2))); // both ask for their owner, this one first
    world.says("b", new AppMessage.Lines(batch(theirs, "1-b", 5, "5"), 4, true)); // and for 1 to 4
    world.says("c", new AppMessage.Lines(batch(other, "1-c", 1, "1"), 1, true));
    assertThat(failed).containsExactly(theirs);
    assertThat(apps(world.takeSent())).containsOnly(other);

    world.whenSent = _ -> {};
    world.pass(TIMING.answer().plus(TIMING.tick().multipliedBy(2)));
    assertThat(apps(world.takeSent())).contains(theirs);
  }

  private static Set<AppName> apps(List<FakeWorld.Sent> sent) {
    return sent.stream().map(one -> one.message().app()).collect(Collectors.toSet());
  }

  // ---- forgetting ----

  @Test
  void followerWithoutLines_isForgottenAMinuteAfterItsLastViewer() {
    world.follow(theirs, "b", 0);
    world.replicas.unwatch(theirs);
    world.pass(USED);
    world.replicas.expire(Long.MAX_VALUE);
    assertThat(world.replicas.find(theirs)).isNotNull();

    world.pass(TIMING.tick());
    world.replicas.expire(Long.MAX_VALUE);
    assertThat(world.replicas.find(theirs)).isNull();
  }

  /** Found by {@link FuzzTest}: an owner's minute did not begin before it stopped owning. */
  @Test
  void ownerWithoutLines_isForgottenAMinuteAfterItsLastViewer() {
    world.own(mine);
    world.nats(mine, "1");
    world.replicas.unwatch(mine);
    world.pass(USED.plus(TIMING.tick()));
    world.replicas.expire(Long.MAX_VALUE); // lets go of the line
    world.replicas.expire(Long.MAX_VALUE);

    assertThat(world.replicas.find(mine)).isNull();
  }

  @Test
  void forgottenOwner_doesNotUseATermAgain() {
    world.own(mine);
    world.replicas.unwatch(mine);
    world.pass(USED.plus(TIMING.tick()));
    world.replicas.expire(0);
    assertThat(world.replicas.find(mine)).isNull();
    world.takeSent();

    world.own(mine);
    assertThat(world.status(mine).epoch()).isEqualTo("2-me");
  }

  @Test
  void linesThatAreNotOld_areKeptThoughNobodyWatches() {
    BlockRing ring = world.own(mine);
    world.nats(mine, "1");
    world.replicas.unwatch(mine);
    world.pass(USED.multipliedBy(2));
    world.replicas.expire(0);
    assertThat(texts(ring)).containsExactly("1");

    Future<BlockRing> recent = world.replicas.recent(mine);
    assertThat(recent.result()).isSameAs(ring);
  }

  /**
   * Else whoever is viewed kept a line or two, as long as rings that nobody views held the rest.
   */
  @Test
  void fullRings_giveUpTheLinesOfAppsThatNobodyViews_leastRecentlyViewedFirst() {
    var limits = new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15));
    var full = new FakeWorld(limits, new RingBudget(2_500), "b", "c");
    String line = "x".repeat(1_000);
    List<AppName> apps = full.appsOf(3, ME, "b", "c");
    AppName first = apps.get(0);
    AppName second = apps.get(1);
    AppName viewed = apps.get(2);
    BlockRing ofFirst = full.own(first);
    BlockRing ofSecond = full.own(second);
    full.nats(first, line);
    full.nats(second, line);
    full.pass(GRACE);
    full.replicas.unwatch(first);
    full.pass(TIMING.tick());
    full.replicas.unwatch(second);
    BlockRing ofViewed = full.own(viewed);
    assertThat(texts(ofFirst)).hasSize(1);

    full.nats(viewed, line);
    full.pass(TIMING.tick());

    assertThat(texts(ofFirst)).isEmpty();
    assertThat(texts(ofSecond)).hasSize(1);
    assertThat(texts(ofViewed)).hasSize(1);
  }

  // ---- those who wait ----

  @Test
  void watchThatEndsBeforeItIsAnswered_fails() {
    Future<Owner.Answer> watch = world.watch(theirs);
    world.replicas.unwatch(theirs);

    assertThat(watch.failed()).isTrue();
  }

  @Test
  void watchOfARouterThatDies_isAnsweredInTheEnd() {
    Future<Owner.Answer> watch = world.watch(theirs);
    world.members();
    world.pass(TIMING.answer().multipliedBy(4));
    world.replicas.confirmed(theirs);

    assertThat(watch.succeeded()).isTrue();
    assertThat(world.role(theirs)).isEqualTo("owner");
  }

  @Test
  void whoLooks_needNotWaitForNats() {
    Future<BlockRing> recent = world.replicas.recent(mine);
    for (String node : world.peers.present()) {
      world.says(node, FakeWorld.knowsNothing(world.takeOne(node, AppMessage.Claim.class)));
    }

    assertThat(recent.succeeded()).isTrue();
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void routersThatSendThisOneToEachOther_doNotMakeItRunToAndFro() {
    world.follow(theirs, "b", 0);
    Lineage known = FakeWorld.lineage(1, "b", 0);
    for (int i = 0; i < 100; i++) {
      world.says("c", new AppMessage.State(theirs, known, "d", 0));
    }
    assertThat(world.takeSent()).hasSize(3);

    world.pass(TIMING.tick());
    world.takeSent();
    world.says("c", new AppMessage.State(theirs, known, "d", 0));
    assertThat(world.take("d", AppMessage.Watch.class)).hasSize(1);
  }

  // ---- two sides ----

  @Test
  void ownerOfAnOlderTerm_stepsDown_andItsViewersGoOnWhereTheLogHasWhatTheySaw() {
    BlockRing shown = world.own(mine);
    world.nats(mine, "1");
    world.nats(mine, "2");
    Lineage theirSide = FakeWorld.lineage(2, "b", 0);
    world.says("b", new AppMessage.State(mine, theirSide, "b", 2));
    assertThat(world.role(mine)).isEqualTo("follower");
    assertThat(world.replacedAfter).isEmpty();
    world.says("b", new AppMessage.State(mine, theirSide, "b", 2));
    world.says("b", new AppMessage.Lines(batch(mine, "2-b", 1, "1"), 1, true));
    assertThat(world.replacedAfter).isEmpty();
    world.says("b", new AppMessage.Lines(batch(mine, "2-b", 2, "2"), 2, true));

    assertThat(world.replacedAfter).containsExactly(2L);
    assertThat(texts(shown)).containsExactly("1", "2");
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void ownerThatHearsAnOlderTerm_saysWhoOwns() {
    world.own(mine);
    world.says("b", new AppMessage.State(mine, FakeWorld.lineage(1, "b", 0), "b", 9));

    AppMessage.State state = world.takeOne("b", AppMessage.State.class);
    assertThat(state.owner()).isEqualTo(ME);
    assertThat(world.role(mine)).isEqualTo("owner");
  }

  @Test
  void routerThatComes_isToldWhatIsOwnedHere() {
    world.own(mine);
    world.follow(theirs, "b", 0);
    world.members("b", "c", "d");
    world.pass(TIMING.tick());

    assertThat(world.take("d", AppMessage.State.class))
        .extracting(AppMessage.State::app)
        .containsExactly(mine);
  }

  // ---- a pause of this router ----

  @Test
  void ownerWithoutAStandby_asksBeforeItCommitsAfterAPause() {
    BlockRing ring = world.own(mine);
    world.freeze(2_000);
    world.nats(mine, "1");
    assertThat(ring.head()).isZero();
    AppMessage.Claim claim = world.takeOne("b", AppMessage.Claim.class);
    world.says("b", FakeWorld.knowsNothing(claim));
    world.says("c", FakeWorld.knowsNothing(claim));

    assertThat(texts(ring)).containsExactly("1");
    assertThat(world.status(mine).epoch()).isEqualTo("2-me");
  }

  @Test
  void ownerThatWasReplacedDuringItsPause_showsNothingOfItsOwn() {
    BlockRing ring = world.own(mine);
    world.freeze(2_000);
    world.nats(mine, "1");
    AppMessage.Claim claim = world.takeOne("c", AppMessage.Claim.class);
    Lineage newer = FakeWorld.lineage(1, ME, 0).then(new Term(2, "b", 0));
    world.says("c", new AppMessage.ClaimAnswer(mine, claim.id(), newer, 1, "b", false, false));
    world.says("b", new AppMessage.State(mine, newer, "b", 0));
    world.says("b", new AppMessage.Lines(batch(mine, "2-b", 1, "1"), 1, true));

    assertThat(texts(ring)).containsExactly("1");
    assertThat(world.role(mine)).isEqualTo("follower");
  }

  @Test
  void tickThatMakesUpForAMissedOne_letsNoTimePass() {
    world.own(mine);
    world.says("b", new AppMessage.Watch(mine, "1-me"));
    for (int i = 0; i < 1_000; i++) {
      world.replicas.tick();
    }

    assertThat(world.status(mine).watchers()).contains("b");
  }
}
