package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.batch;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Term;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A follower whose lines do not come one after the other. */
@Timeout(10)
final class RepairTest {

  private static final String EPOCH = "1-b";

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf("b", "c", FakeWorld.ME);
  private BlockRing ring;

  @BeforeEach
  void follower() {
    ring = world.follow(app, "b", 0);
  }

  private void lines(long first, String... texts) {
    LogBatch batch = batch(app, EPOCH, first, texts);
    world.says("b", new AppMessage.Lines(batch, batch.lastSeq(), true));
  }

  private AppMessage.Range range(long first, boolean more, LogBatch... batches) {
    return new AppMessage.Range(app, EPOCH, false, first, List.of(batches), more, null);
  }

  private AppMessage.Fetch fetched() {
    return world.takeOne("b", AppMessage.Fetch.class);
  }

  // ---- holes ----

  @Test
  void hole_isAskedForAndFilled_andWhatCameMeanwhileFollows() {
    lines(1, "1");
    lines(4, "4");
    lines(5, "5", "6");
    assertThat(texts(ring)).containsExactly("1");
    assertThat(fetched().from()).isEqualTo(2);

    world.says("b", range(2, false, batch(app, EPOCH, 2, "2", "3")));
    assertThat(texts(ring)).containsExactly("1", "2", "3", "4", "5", "6");
    world.pass(TIMING.answer().multipliedBy(2));
    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();
  }

  @Test
  void hole_isFilledInChunks() {
    lines(5, "5");
    assertThat(fetched().from()).isEqualTo(1);
    world.says("b", range(1, true, batch(app, EPOCH, 1, "1", "2")));
    assertThat(fetched().from()).isEqualTo(3);
    world.says("b", range(3, true, batch(app, EPOCH, 3, "3"), batch(app, EPOCH, 4, "4")));

    assertThat(texts(ring)).containsExactly("1", "2", "3", "4", "5");
  }

  @Test
  void fetchThatIsNotAnswered_isSentAgain() {
    lines(2, "2");
    fetched();
    world.pass(TIMING.answer());
    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();
    world.pass(TIMING.tick());
    assertThat(fetched().from()).isEqualTo(1);
  }

  @Test
  void linesThatAreHereAlready_areNotTakenTwice() {
    lines(1, "1", "2");
    lines(1, "1");
    lines(2, "2", "3");

    assertThat(texts(ring)).containsExactly("1", "2", "3");
  }

  @Test
  void rangeThatNobodyAskedFor_isNotTaken() {
    world.says("b", range(1, false, batch(app, EPOCH, 1, "1")));
    assertThat(ring.head()).isZero();

    lines(2, "2");
    world.says("c", range(1, false, batch(app, EPOCH, 1, "x")));
    assertThat(ring.head()).isZero();
  }

  @Test
  void headThatGoesFurther_isAskedFor() {
    lines(1, "1");
    world.says("b", new AppMessage.Head(app, EPOCH, 3));
    assertThat(fetched().from()).isEqualTo(2);
    world.says("b", range(2, false, batch(app, EPOCH, 2, "2", "3")));

    assertThat(texts(ring)).containsExactly("1", "2", "3");
  }

  @Test
  void whatTheOwnerHasNoMore_isSkipped_andTheRingBeginsAfterIt() {
    lines(1, "1");
    lines(9, "9");
    var lost = new AppMessage.Lost(EPOCH, 1, List.of());
    List<LogBatch> rest = List.of(batch(app, EPOCH, 7, "7", "8"));
    world.says("b", new AppMessage.Range(app, EPOCH, false, 7, rest, false, lost));

    assertThat(texts(ring)).containsExactly("7", "8", "9");
    assertThat(ring.oldest()).isEqualTo(7);
  }

  @Test
  void rangeWithAHole_isTakenUpToThere_andTheRestIsAskedFor() {
    lines(6, "6");
    fetched();
    world.says("b", range(1, false, batch(app, EPOCH, 1, "1"), batch(app, EPOCH, 4, "4", "5")));
    assertThat(texts(ring)).containsExactly("1");
    assertThat(fetched().from()).isEqualTo(2);
  }

  /** What it has let go of was committed, or it would have it still. */
  @Test
  void whatTheOwnerHasNoMore_isSkippedByAStandbyWhoseLinesWaited() {
    world.says("b", new AppMessage.Enlist(app, ring.lineage(), 0));
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 1, "1", "2"), 0, true));
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 9, "9"), 0, true));
    var lost = new AppMessage.Lost(EPOCH, 1, List.of());
    List<LogBatch> rest = List.of(batch(app, EPOCH, 7, "7", "8"));
    world.says("b", new AppMessage.Range(app, EPOCH, false, 7, rest, false, lost));
    assertThat(ring.head()).isEqualTo(6);
    world.says("b", new AppMessage.Head(app, EPOCH, 9));

    assertThat(texts(ring)).containsExactly("7", "8", "9");
    assertThat(ring.oldest()).isEqualTo(7);
  }

  /** Found by a benchmark: a standby that is dismissed gives up lines that the owner has. */
  @Test
  void answerForAfterLinesThatWereGivenUpSince_skipsNothing() {
    world.says("b", new AppMessage.Enlist(app, ring.lineage(), 0));
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 1, "1", "2"), 0, true));
    world.says("b", new AppMessage.Lines(batch(app, EPOCH, 5, "5"), 0, true));
    assertThat(fetched().from()).isEqualTo(3);
    world.says("b", new AppMessage.Release(app, EPOCH));
    world.says("b", range(3, false, batch(app, EPOCH, 3, "3", "4")));
    assertThat(fetched().from()).isEqualTo(1);
    world.says("b", range(1, false, batch(app, EPOCH, 1, "1", "2", "3", "4")));

    assertThat(texts(ring)).containsExactly("1", "2", "3", "4", "5");
    assertThat(ring.oldest()).isEqualTo(1);
  }

  // ---- terms ----

  @Test
  void linesOfATermThatIsToBeLearnt_waitForIt() {
    lines(1, "1");
    world.says("c", new AppMessage.Lines(batch(app, "2-c", 2, "2"), 2, true));
    assertThat(texts(ring)).containsExactly("1");
    world.takeOne("c", AppMessage.Look.class);

    Lineage lineage = FakeWorld.lineage(1, "b", 0).then(new Term(2, "c", 1));
    world.says("c", new AppMessage.State(app, lineage, "c", 2));
    assertThat(texts(ring)).containsExactly("1", "2");
  }

  @Test
  void linesOfATermThatIsOver_areRefused_alsoThoseThatWaited() {
    lines(1, "1");
    world.says("c", new AppMessage.Lines(batch(app, "2-c", 2, "2"), 2, true));
    lines(3, "of a branch");
    Lineage lineage = FakeWorld.lineage(1, "b", 0).then(new Term(2, "c", 1));
    world.says("c", new AppMessage.State(app, lineage, "c", 1));
    lines(3, "late");
    world.says("c", new AppMessage.Lines(batch(app, "2-c", 3, "3"), 3, true));

    assertThat(texts(ring)).containsExactly("1", "2", "3");
    assertThat(world.take("b", AppMessage.State.class)).hasSize(1);
  }

  @Test
  void linesOfATermThatNeverWas_doNotKeepItAskingForEver() {
    lines(1, "1");
    world.says("c", new AppMessage.Lines(batch(app, "2-c", 2, "of nobody"), 2, true));
    lines(2, "2");
    world.pass(TIMING.answer().multipliedBy(2));
    world.takeSent();
    world.pass(TIMING.answer().multipliedBy(3));

    assertThat(world.take("b", AppMessage.Fetch.class)).isEmpty();
    assertThat(held()).isZero();
  }

  @Test
  void linesThatComeBeforeTheLog_waitForIt_butNotThoseOfATermThatNeverWas() {
    AppName other = world.appOf("c", "b", FakeWorld.ME);
    var answer = world.watch(other);
    world.says("b", new AppMessage.State(other, FakeWorld.lineage(1, "c", 0), "c", 0));
    world.says("c", new AppMessage.Lines(batch(other, "2-b", 1, "of nobody"), 1, true));
    world.says("c", new AppMessage.Lines(batch(other, "1-c", 1, "1"), 1, true));
    world.pass(TIMING.answer().multipliedBy(2));
    world.says("c", new AppMessage.State(other, FakeWorld.lineage(1, "c", 0), "c", 0));

    assertThat(texts(FakeWorld.ring(answer))).containsExactly("1");
    assertThat(world.replica(other).repair.heldBytes()).isZero();
  }

  // ---- bounds ----

  @Test
  void noMoreThanAMegabyteIsHeld_andTheRestIsAskedForLater() {
    String big = "x".repeat(100_000);
    for (int seq = 2; seq <= 31; seq++) {
      lines(seq, big);
      assertThat(held()).isLessThanOrEqualTo(Repair.HELD_BYTES);
    }
    assertThat(held()).isGreaterThan(Repair.HELD_BYTES * 8 / 10);
    assertThat(fetched().from()).isEqualTo(1);

    world.says("b", range(1, false, batch(app, EPOCH, 1, "1")));
    assertThat(ring.head()).isEqualTo(11);
    assertThat(held()).isZero();
    lines(32, "32");
    assertThat(fetched().from()).isEqualTo(12);
  }

  private long held() {
    return world.replica(app).repair.heldBytes();
  }

  // ---- what a claim that came to nothing leaves behind ----

  /** Claims, since b is silent, and gets number 2 of c, which has 3; then b is heard again. */
  private void claimThatIsFilling() {
    lines(1, "1");
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));
    AppMessage.Claim claim = world.takeOne("c", AppMessage.Claim.class);
    Lineage lineage = FakeWorld.lineage(1, "b", 0);
    world.says("c", new AppMessage.ClaimAnswer(app, claim.id(), lineage, 3, "", false, false));
    assertThat(world.takeOne("c", AppMessage.Fetch.class).from()).isEqualTo(2);
    world.says("c", range(2, true, batch(app, EPOCH, 2, "2")));
    assertThat(world.role(app)).isEqualTo("claiming");
    assertThat(texts(ring)).containsExactly("1");
  }

  @Test
  void ownerThatSpeaksWhileAClaimFills_isBelieved() {
    claimThatIsFilling();
    lines(3, "3");
    assertThat(world.role(app)).isEqualTo("follower");
    assertThat(fetched().from()).isEqualTo(2);
    world.says("b", range(2, false, batch(app, EPOCH, 2, "2")));
    assertThat(texts(ring)).containsExactly("1", "2", "3");
  }

  @Test
  void linesOfAClaimThatWasDropped_doNotStandInTheWayOfTheOwners() {
    claimThatIsFilling();
    world.says("b", new AppMessage.State(app, FakeWorld.lineage(1, "b", 0), "b", 2));
    assertThat(world.role(app)).isEqualTo("follower");
    assertThat(fetched().from()).isEqualTo(2);

    world.says("c", range(3, false, batch(app, EPOCH, 3, "not committed"))); // for the claim
    world.says("b", range(2, false, batch(app, EPOCH, 2, "2")));
    lines(3, "3");
    assertThat(texts(ring)).containsExactly("1", "2", "3");
  }
}
