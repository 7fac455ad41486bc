package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static dev.flyline.replica.FakeWorld.knowsNothing;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Term;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who may own an app, and with which log. */
@Timeout(10)
final class ClaimingTest {

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "b", "c");

  private AppMessage.Claim claimed(String node) {
    return world.takeOne(node, AppMessage.Claim.class);
  }

  private AppMessage.ClaimAnswer has(AppMessage.Claim claim, Lineage lineage, long head) {
    return new AppMessage.ClaimAnswer(app, claim.id(), lineage, head, "", false, false);
  }

  private void range(String node, String epoch, LogBatch... batches) {
    long first = batches.length == 0 ? 1 : batches[0].firstSeq();
    world.says(node, new AppMessage.Range(app, epoch, false, first, List.of(batches), false, null));
  }

  /** What this router has of the app: lines 1 and 2 of a term of d, which is gone. */
  private BlockRing hasTwoLines() {
    world.members("b", "c", "d");
    BlockRing ring = world.follow(app, "d", 0);
    world.says("d", new AppMessage.Lines(batch(app, "1-d", 1, "1", "2"), 2, true));
    world.members("b", "c");
    world.takeSent();
    world.says("c", new AppMessage.Look(app)); // so it has to find out who is the owner now
    assertThat(world.role(app)).isEqualTo("claiming");
    return ring;
  }

  private static Lineage ofD() {
    return FakeWorld.lineage(1, "d", 0);
  }

  // ---- may it? ----

  @Test
  void claim_asksAll_andTheTermBeginsWhenAllHaveAnswered() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    claimed("c");
    world.says("b", knowsNothing(claim));
    assertThat(world.role(app)).isEqualTo("claiming");
    world.says("b", knowsNothing(claim)); // again: still nothing of c
    assertThat(world.role(app)).isEqualTo("claiming");
    world.says("c", knowsNothing(claim));

    assertThat(world.role(app)).isEqualTo("owner");
    for (String node : List.of("b", "c")) {
      AppMessage.State state = world.takeOne(node, AppMessage.State.class);
      assertThat(state.lineage()).isEqualTo(FakeWorld.lineage(1, ME, 0));
      assertThat(state.owner()).isEqualTo(ME);
    }
  }

  @Test
  void answersToAnotherClaim_orOfStrangers_doNotCount() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    world.says("b", knowsNothing(claim));
    world.says("stranger", knowsNothing(claim));
    world.says(
        "c",
        new AppMessage.ClaimAnswer(app, claim.id() + 1, Lineage.NONE, 0, "", false, false),
        new AppMessage.ClaimAnswer(app, claim.id() - 1, Lineage.NONE, 0, "b", false, false));

    assertThat(world.role(app)).isEqualTo("claiming");
  }

  @Test
  void liveOwnerThatAnybodyKnows_endsTheClaim_andIsWatched() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    world.says("b", new AppMessage.ClaimAnswer(app, claim.id(), ofD(), 5, "c", false, false));

    assertThat(world.role(app)).isEqualTo("follower");
    assertThat(world.take("c", AppMessage.Watch.class)).hasSize(1);
    world.says("c", knowsNothing(claim));
    assertThat(world.role(app)).isEqualTo("follower");
  }

  @Test
  void betterClaimant_endsTheClaim() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    world.says("b", new AppMessage.ClaimAnswer(app, claim.id(), ofD(), 5, "", true, false));
    world.says("c", knowsNothing(claim));

    assertThat(world.role(app)).isEqualTo("follower");
  }

  @Test
  void ofTwoClaimants_theFirstInTheOrderGoesOn() {
    world.watch(app);
    world.says("b", new AppMessage.Claim(app, 1, Lineage.NONE, 0, false));
    assertThat(world.takeOne("b", AppMessage.ClaimAnswer.class).better()).isTrue();
    assertThat(world.role(app)).isEqualTo("claiming");

    AppName theirs = world.appOf("b", ME, "c");
    world.says("c", new AppMessage.Look(theirs)); // makes it claim
    world.says("b", new AppMessage.Claim(theirs, 1, Lineage.NONE, 0, false));
    assertThat(world.takeOne("b", AppMessage.ClaimAnswer.class).better()).isFalse();
    assertThat(world.role(theirs)).isEqualTo("none");
  }

  @Test
  void claimantInStep_goesBeforeTheOrder() {
    world.watch(app);
    world.says("b", new AppMessage.Claim(app, 1, Lineage.NONE, 0, true));

    assertThat(world.takeOne("b", AppMessage.ClaimAnswer.class).better()).isFalse();
    assertThat(world.role(app)).isEqualTo("follower");
  }

  @Test
  void standbyInStep_claimsItself_whenSomebodyElseDoes() {
    world.standBy(app, "b", 0);
    world.members("c"); // b is gone
    world.says("c", new AppMessage.Claim(app, 1, FakeWorld.lineage(1, "b", 0), 0, false));

    assertThat(world.takeOne("c", AppMessage.ClaimAnswer.class).better()).isTrue();
    assertThat(claimed("c").inStep()).isTrue();
  }

  @Test
  void frozenOwner_givesWayToAClaimantOfANewerTerm() {
    world.own(app);
    world.freeze(10_000);
    world.pass(TIMING.tick());
    assertThat(claimed("b").inStep()).isTrue(); // it does not know better
    world.says("b", new AppMessage.Claim(app, 1, FakeWorld.lineage(2, "c", 0), 5, true));

    assertThat(world.takeOne("b", AppMessage.ClaimAnswer.class).better()).isFalse();
    assertThat(world.role(app)).isEqualTo("follower");
  }

  @Test
  void standbyInStep_goesBeforeAnOwnerOfAnOlderTerm_whateverThatOneSays() {
    world.standBy(app, "b", 0);
    world.members("c"); // b is gone
    world.says("c", new AppMessage.Claim(app, 1, FakeWorld.lineage(1, "a", 0), 0, true));

    assertThat(world.takeOne("c", AppMessage.ClaimAnswer.class).better()).isTrue();
    assertThat(claimed("c").inStep()).isTrue();
  }

  @Test
  void claim_isToldOfALiveOwner() {
    world.follow(app, "b", 3);
    world.says("c", new AppMessage.Claim(app, 1, Lineage.NONE, 0, false));
    AppMessage.ClaimAnswer answer = world.takeOne("c", AppMessage.ClaimAnswer.class);

    assertThat(answer.owner()).isEqualTo("b");
    assertThat(answer.watching()).isTrue();
    assertThat(answer.head()).isEqualTo(3);
    assertThat(world.role(app)).isEqualTo("follower");
  }

  @Test
  void claimOfANewerTerm_isNotStoppedByAnOwnerOfAnOldOne() {
    world.follow(app, "b", 3);
    world.says("c", new AppMessage.Claim(app, 1, FakeWorld.lineage(2, "c", 3), 3, false));

    assertThat(world.takeOne("c", AppMessage.ClaimAnswer.class).owner()).isEmpty();
  }

  // ---- silence ----

  @Test
  void claimThatNobodyAnswers_isAskedAgain_untilThoseAskedAreSuspect() {
    world.silence("b");
    world.silence("c");
    world.watch(app);
    world.pass(TIMING.silence().minus(TIMING.tick().multipliedBy(2)));
    assertThat(world.role(app)).isEqualTo("claiming");
    assertThat(world.take("b", AppMessage.Claim.class)).hasSizeGreaterThan(1);
    world.pass(TIMING.answer().plus(TIMING.tick()));

    assertThat(world.role(app)).isEqualTo("owner");
  }

  @Test
  void claimThatSomeAnswer_goesOnWithoutOneThatIsHeardButSilent_whenItWasAskedFourTimes() {
    world.watch(app);
    world.says("b", knowsNothing(claimed("b")));
    world.pass(TIMING.answer().plus(TIMING.tick()).multipliedBy(4).minus(TIMING.tick()));
    assertThat(world.role(app)).isEqualTo("claiming");
    assertThat(world.take("b", AppMessage.Claim.class)).isEmpty();
    assertThat(world.take("c", AppMessage.Claim.class)).hasSize(4);
    world.pass(TIMING.tick());

    assertThat(world.role(app)).isEqualTo("owner");
  }

  @Test
  void thawedRouterThatHearsNobody_claimsNothing() {
    world.freeze(60_000);
    world.members();
    world.watch(app);
    world.pass(Duration.ofSeconds(40));
    assertThat(world.role(app)).isEqualTo("claiming");
    world.pass(Duration.ofSeconds(10));

    assertThat(world.role(app)).isEqualTo("owner");
  }

  // ---- the longest log ----

  @Test
  void term_isAboveEveryOneNamed_andBeginsAfterTheLongestLog() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    world.says("b", has(claim, FakeWorld.lineage(7, "x", 0), 40));
    world.says("c", has(claim, FakeWorld.lineage(7, "x", 0), 30));

    assertThat(world.status(app).epoch()).isEqualTo("8-me");
    assertThat(world.takeOne("b", AppMessage.State.class).lineage().newest())
        .isEqualTo(new Term(8, ME, 40));
  }

  @Test
  void claimant_fillsUpToTheLongestLog_beforeItsTermBegins() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    assertThat(claim.head()).isEqualTo(2);
    world.says("b", has(claim, ofD(), 3), FakeWorld.knowsNothing(claim));
    world.says("b", has(claim, ofD(), 3));
    world.says("c", has(claim, ofD(), 5));
    assertThat(world.takeOne("c", AppMessage.Fetch.class).from()).isEqualTo(3);
    range("c", "1-d", batch(app, "1-d", 3, "3", "4"));
    assertThat(world.role(app)).isEqualTo("claiming");
    assertThat(world.takeOne("c", AppMessage.Fetch.class).from()).isEqualTo(5);
    range("c", "1-d", batch(app, "1-d", 5, "5"));

    assertThat(world.role(app)).isEqualTo("owner");
    assertThat(texts(ring)).startsWith("1", "2", "3", "4", "5");
    assertThat(world.takeOne("b", AppMessage.State.class).lineage())
        .isEqualTo(ofD().then(new Term(2, ME, 5)));
  }

  @Test
  void logOfANewerTerm_isLongerThanAnyOlderOne() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    Lineage newer = ofD().then(new Term(2, "x", 1));
    world.says("b", has(claim, ofD(), 90));
    world.says("c", has(claim, newer, 3));
    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();
    assertThat(world.takeOne("c", AppMessage.Fetch.class).from()).isEqualTo(2);
    range("c", "2-x", batch(app, "2-x", 2, "two", "three"));

    assertThat(world.status(app).epoch()).isEqualTo("3-me");
    assertThat(texts(ring)).containsExactly("1", "2"); // of a branch: it stays as it was
    assertThat(texts(world.replica(app).localLog.opened()))
        .containsExactly("1", "two", "three", "FAILOVER");
  }

  @Test
  void sourceThatDoesNotAnswer_isGivenUp_andTheNextLongestLogIsTaken() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    world.says("b", has(claim, ofD(), 9));
    world.says("c", has(claim, ofD(), 3));
    world.takeOne("b", AppMessage.Fetch.class);
    world.pass(TIMING.answer().plus(TIMING.tick()));
    assertThat(world.takeOne("c", AppMessage.Fetch.class).from()).isEqualTo(3);
    range("c", "1-d", batch(app, "1-d", 3, "3"));

    assertThat(texts(ring)).containsExactly("1", "2", "3", "FAILOVER");
  }

  /** A log of many parts over a long way takes longer than an answer may. */
  @Test
  void sourceWhosePartsComeSlowly_isWaitedFor() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    world.says("b", has(claim, ofD(), 6));
    world.says("c", has(claim, ofD(), 2));
    for (long seq = 3; seq <= 6; seq++) {
      assertThat(world.takeOne("b", AppMessage.Fetch.class).from()).isEqualTo(seq);
      world.pass(TIMING.answer().minus(TIMING.tick()));
      range("b", "1-d", batch(app, "1-d", seq, Long.toString(seq)));
    }

    assertThat(world.role(app)).isEqualTo("owner");
    assertThat(texts(ring)).startsWith("1", "2", "3", "4", "5", "6");
  }

  @Test
  void sourceThatStopsHalfWay_isGivenUp() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    world.says("b", has(claim, ofD(), 9));
    world.says("c", has(claim, ofD(), 2));
    world.takeOne("b", AppMessage.Fetch.class);
    world.pass(TIMING.answer().minus(TIMING.tick()));
    range("b", "1-d", batch(app, "1-d", 3, "3"));
    world.takeOne("b", AppMessage.Fetch.class);
    world.pass(TIMING.answer().plus(TIMING.tick()));

    assertThat(world.role(app)).isEqualTo("owner");
    assertThat(texts(ring)).containsExactly("1", "2", "3", "FAILOVER");
  }

  @Test
  void sourceThatNeverEnds_isGivenUp() {
    hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    world.says("b", has(claim, ofD(), 1L << 50));
    world.says("c", has(claim, ofD(), 2));
    String big = "x".repeat(100_000);
    long seq = 3;
    while (!world.take("b", AppMessage.Fetch.class).isEmpty()) {
      assertThat(world.replica(app).localLog.pendingBytes()).isLessThan(16 << 20);
      range("b", "1-d", batch(app, "1-d", seq++, big));
    }

    assertThat(world.role(app)).isEqualTo("owner");
  }

  // ---- what is told ----

  @Test
  void claimantThatWasNotInStep_beginsWithAFailoverMark() {
    BlockRing ring = hasTwoLines();
    AppMessage.Claim claim = claimed("b");
    world.says("b", knowsNothing(claim));
    world.says("c", has(claim, ofD(), 2));
    world.replicas.confirmed(app);
    world.nats(app, "3");

    assertThat(texts(ring)).containsExactly("1", "2", "FAILOVER", "3");
  }

  @Test
  void firstOwnerOfAll_hasNothingToTell() {
    BlockRing ring = world.own(app);
    world.nats(app, "1");

    assertThat(texts(ring)).containsExactly("1");
  }

  @Test
  void standbyInStep_goesOnWithoutAWord_withWhatNatsAloneHadBrought() {
    world.standBy(app, "b", 0);
    world.says("b", new AppMessage.Lines(batch(app, "1-b", 1, "1", "2"), 1, true));
    world.nats(app, "1", "2", "3");
    world.takeSent();
    world.members("c");
    world.pass(TIMING.tick());
    AppMessage.Claim claim = claimed("c");
    world.says("c", has(claim, FakeWorld.lineage(1, "b", 0), 1));
    world.nats(app, "4");

    assertThat(texts(world.replica(app).localLog.opened())).containsExactly("1", "2", "3", "4");
    assertThat(world.status(app).epoch()).isEqualTo("2-me");
  }

  @Test
  void standbyThatClaims_acknowledgesNothing() {
    world.standBy(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));
    assertThat(world.role(app)).isEqualTo("claiming");
    world.takeSent();
    world.says("b", new AppMessage.Enlist(app, FakeWorld.lineage(1, "b", 0), 0));

    assertThat(world.take("b", AppMessage.Ack.class)).isEmpty();
  }

  @Test
  void ownerThatIsHeardAgain_endsTheClaim() {
    world.standBy(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));
    world.says("b", new AppMessage.Lines(batch(app, "1-b", 1, "1"), 0, true));

    assertThat(world.role(app)).isEqualTo("standby");
    assertThat(world.takeOne("b", AppMessage.Ack.class).head()).isEqualTo(1);
  }

  @Test
  void routersThatWatched_areServedByTheNewOwner_withoutAskingAgain() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    world.says("b", new AppMessage.ClaimAnswer(app, claim.id(), Lineage.NONE, 0, "", false, true));
    world.says("c", knowsNothing(claim));
    world.replicas.confirmed(app);
    world.nats(app, "1");

    assertThat(world.take("b", AppMessage.Lines.class)).hasSize(1);
    assertThat(world.take("c", AppMessage.Lines.class)).isEmpty();
  }

  @Test
  void noMoreThanAThousandWait_forTheOutcomeOfAClaim() {
    world.watch(app);
    AppMessage.Claim claim = claimed("b");
    for (int i = 0; i < 3_000; i++) {
      world.says("n" + i, new AppMessage.Look(app));
    }
    world.takeSent();
    world.says("b", knowsNothing(claim));
    world.says("c", knowsNothing(claim));

    assertThat(world.takeSent().stream().filter(sent -> sent.to().startsWith("n"))).hasSize(1_000);
  }

  @Test
  void whoSaysThatThisRouterOwns_isNotBelieved() {
    world.standBy(app, "b", 0);
    world.says("c", new AppMessage.State(app, FakeWorld.lineage(1, "b", 0), ME, 0));
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));

    assertThat(world.role(app)).isEqualTo("claiming");
  }
}
