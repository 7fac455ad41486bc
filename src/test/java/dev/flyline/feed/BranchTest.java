package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import io.vertx.core.Promise;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Viewers of a log of lines 1 to 9 whose ring is replaced, or which loses a range. */
@Timeout(30)
final class BranchTest {

  private final TestFeeds feeds = new TestFeeds(Entries.WIDE);

  @BeforeEach
  void write() throws Exception {
    feeds.change(log -> log.append(9));
  }

  @AfterEach
  void close() throws Exception {
    feeds.close();
  }

  private FakeClient connect(int lane) throws Exception {
    var client = new FakeClient(feeds, lane, 1).connect(new Since.Latest(), 2);
    assertThat(client.seen()).isEqualTo("L8 L9");
    return client;
  }

  private Position append(int lines) throws Exception {
    return feeds.with(
        log -> {
          log.append(lines);
          return log.position();
        });
  }

  private Position branch(long seq, int lines) throws Exception {
    return feeds.with(
        log -> {
          log.branch(seq, lines, 100);
          return log.position();
        });
  }

  /** A merge: the log has up to {@code after} what was shown of the branch after {@code seq}. */
  private Position merge(long seq, int lines, long after) throws Exception {
    return feeds.with(
        log -> {
          log.branch(seq, lines, 100, after);
          return log.position();
        });
  }

  @Test
  void merge_whoeverSawMore_goesOnBehindWhatWasShown() throws Exception {
    var home = connect(feeds.home());
    var away = connect(feeds.away());
    var paused = connect(feeds.away());
    Position seen = append(3);
    for (FakeClient client : new FakeClient[] {home, away, paused}) {
      client.awaitAt(seen);
    }
    paused.viewer(viewer -> viewer.pause(true));
    Position last = merge(10, 5, 13);
    paused.recover();
    for (FakeClient client : new FakeClient[] {home, away, paused}) {
      client.awaitAt(last);
      assertThat(client.seen()).isEqualTo("L8 L9 L10 L11 L12 G13-13/-1FAILOVER L14 L15");
      assertThat(client.hellos).isEqualTo(1);
    }
  }

  @Test
  void merge_thatHasNothingNew_goesOnBehindTheHead() throws Exception {
    var client = connect(feeds.away());
    client.awaitAt(append(6));
    Position head = merge(10, 2, 40);
    client.awaitAt(head);
    client.viewer(viewer -> assertThat(viewer.at()).isEqualTo(head));
    client.awaitAt(append(1));
    assertThat(client.seen()).isEqualTo("L8 L9 L10 L11 L12 L13 L14 L15 G16-12/-1FAILOVER L13");
  }

  @Test
  void merge_whoeverSawLess_getsEverything() throws Exception {
    var paused = connect(feeds.away());
    paused.viewer(viewer -> viewer.pause(true));
    append(3);
    Position last = merge(10, 5, 13);
    paused.recover();
    paused.awaitAt(last);
    assertThat(paused.seen()).isEqualTo("L8 L9 L10 L11 L12 L13 L14 L15");
  }

  /** The ring is filled for it, though those who saw more need nothing that old. */
  @Test
  void merge_whoeverSawLess_getsEverything_alsoWhatTheNewRingLacksAtFirst() throws Exception {
    var paused = connect(feeds.away());
    paused.viewer(viewer -> viewer.pause(true));
    append(3);
    append(3);
    Position last =
        feeds.with(
            log -> {
              log.branch(12, 5, 5, 14); // which holds 13 to 17
              return log.position();
            });
    paused.recover();
    paused.awaitAt(last);
    assertThat(paused.seen()).isEqualTo("L8 L9 L10 L11 L12 L13 L14 L15 L16 L17");
  }

  /** Each merge says it of its own ring alone. */
  @Test
  void mergeAfterAMerge_goesOnWhereTheLastSays() throws Exception {
    var paused = connect(feeds.away());
    paused.awaitAt(append(3));
    paused.viewer(viewer -> viewer.pause(true));
    merge(10, 5, 15);
    Position last = merge(10, 4, 11);
    paused.recover();
    paused.awaitAt(last);
    assertThat(paused.seen()).isEqualTo("L8 L9 L10 L11 L12 G13-11/-1FAILOVER L12 L13 L14");
  }

  /** It has not been here, so nobody knows what it was shown: it may get a line twice. */
  @Test
  void merge_whoeverComesLater_getsEverythingFromWhereTheBranchesParted() throws Exception {
    Position seen = append(3);
    var watching = connectAt(seen);
    Position last = merge(10, 5, 13);
    watching.awaitAt(last);
    var late = new FakeClient(feeds, feeds.away(), 1).connect(new Since.After(seen), -1);
    late.awaitAt(last);
    assertThat(late.seen()).isEqualTo("G13-10/-1FAILOVER L11 L12 L13 L14 L15");
  }

  private FakeClient connectAt(Position position) throws Exception {
    var client = new FakeClient(feeds, feeds.home(), 1).connect(new Since.Latest(), 1);
    client.awaitAt(position);
    return client;
  }

  @Test
  void positionHeldByTheNewRing_goesOnWithoutAWord() throws Exception {
    var home = connect(feeds.home());
    var away = connect(feeds.away());
    var paused = connect(feeds.away());
    paused.viewer(viewer -> viewer.pause(true));
    Position last = branch(9, 2);
    home.awaitAt(last);
    away.awaitAt(last);
    assertThat(paused.seen()).isEqualTo("L8 L9");
    paused.recover();
    paused.awaitAt(last);
    for (FakeClient client : new FakeClient[] {home, away, paused}) {
      assertThat(client.seen()).isEqualTo("L8 L9 L10 L11");
      assertThat(client.hellos).isEqualTo(1);
    }
  }

  @Test
  void positionOfTheOtherBranch_getsAFailoverGapAndEverythingFromWhereTheyParted()
      throws Exception {
    var client = connect(feeds.away());
    client.awaitAt(append(3));
    Position last = branch(10, 4);
    client.awaitAt(last);
    assertThat(client.seen()).isEqualTo("L8 L9 L10 L11 L12 G13-10/-1FAILOVER L11 L12 L13 L14");
    client.awaitAt(append(1));
    assertThat(client.seen()).endsWith(" L15");
    assertThat(client.hellos).isEqualTo(1);
  }

  /** What cannot be written yet is not queued, however often the log branches off. */
  @Test
  void viewerThatTakesNothing_getsOneGapForAllBranchesSince() throws Exception {
    var paused = connect(feeds.home());
    var stalled = connect(feeds.away());
    paused.viewer(viewer -> viewer.pause(true));
    stalled.stall();
    branch(8, 4);
    branch(7, 1);
    Position last = branch(8, 2);
    for (FakeClient client : new FakeClient[] {paused, stalled}) {
      assertThat(client.seen()).isEqualTo("L8 L9");
      client.recover();
      client.awaitAt(last);
      assertThat(client.seen()).isEqualTo("L8 L9 G10-7/-1FAILOVER L8 L9 L10");
    }
  }

  /** The new log knows nothing of the term that was read last; the old one did. */
  @Test
  void positionOfATermThatTheNewLogNeverHad_goesOnFromWhereTheBranchesParted() throws Exception {
    var client = connect(feeds.away());
    Position other =
        feeds.with(
            log -> {
              log.term();
              log.append(2);
              return log.position();
            });
    client.awaitAt(other);
    client.viewer(viewer -> viewer.pause(true));
    branch(8, 1); // and what the ring before that knew is not forgotten
    Position last = branch(8, 2);
    client.recover();
    client.awaitAt(last);
    assertThat(client.seen()).isEqualTo("L8 L9 L10 L11 G12-8/-1FAILOVER L9 L10");
  }

  /** A hello names a place by the term in which it was numbered, whatever came after it. */
  @Test
  void placeWhereANewTermHasNumberedNothing_isOfTheTermBefore() throws Exception {
    var client =
        feeds.with(
            log -> {
              log.ring().clear();
              log.term();
              log.ring().lineage(log.upTo(log.epoch()));
              return new FakeClient(feeds, feeds.away(), 1);
            });
    client.connect(new Since.Latest(), 0).awaitAt(new Position("1-n0", 9));
    client.viewer(viewer -> assertThat(viewer.at()).isEqualTo(new Position("1-n0", 9)));
    client.awaitAt(branch(9, 2));
    assertThat(client.seen()).isEqualTo("L10 L11");
  }

  /** Several who are live are each served once by seq; these come a second time. */
  @Test
  void seqsOfTheOtherBranch_areDeliveredAgain() throws Exception {
    var one = connect(feeds.away());
    var two = connect(feeds.away());
    Position served = append(3);
    one.awaitAt(served);
    two.awaitAt(served);
    branch(5, 0);
    one.await(client -> client.at(5));
    two.await(client -> client.at(5));
    Position last = append(7); // up to the seq at which they were served before
    one.awaitAt(last);
    two.awaitAt(last);
    assertThat(two.seen()).isEqualTo("L8 L9 L10 L11 L12 G13-5/-1FAILOVER L6 L7 L8 L9 L10 L11 L12");
  }

  @Test
  void readerWithoutFollow_finishesOnTheOldRing() throws Exception {
    var client = new FakeClient(feeds, feeds.away(), 1);
    client.beginStalled();
    client.read(new Since.Earliest(), -1);
    client.await(reader -> reader.hellos == 1);
    branch(2, 1);
    assertThat(client.seen()).isEmpty();
    client.recover();
    client.await(reader -> reader.finished);
    assertThat(client.seen()).isEqualTo("L1 L2 L3 L4 L5 L6 L7 L8 L9");
  }

  @Test
  void newRingThatHasTooLittle_isFilledBeforeAViewerGoesOn() throws Exception {
    var client = connect(feeds.away());
    client.viewer(viewer -> viewer.pause(true));
    append(5);
    append(5);
    feeds.change(log -> log.replace(1)); // which holds the newest 5
    client.recover();
    client.awaitAt(feeds.with(FakeLog::position));
    assertThat(client.seen()).isEqualTo("L8 L9 L10 L11 L12 L13 L14 L15 L16 L17 L18 L19");
    assertThat(feeds.<Integer>with(log -> log.olderAsked)).isEqualTo(1);
  }

  @Test
  void newRingThatCannotBeFilled_isReadFromWhatThereIs() throws Exception {
    var client = connect(feeds.away());
    client.viewer(viewer -> viewer.pause(true));
    append(5);
    append(5);
    feeds.change(
        log -> {
          log.replace(1);
          log.olderAnswer = Promise.promise();
          log.olderAnswer.fail("the owner is gone");
        });
    client.recover();
    client.awaitAt(feeds.with(FakeLog::position));
    assertThat(client.seen()).isEqualTo("L8 L9 G10-14/5EVICTED L15 L16 L17 L18 L19");
  }

  /** Nobody was slow: there was nothing to be had. */
  @Test
  void rangeThatNobodyHas_isToldAsEvicted_alsoOverAChangeOfTerm() throws Exception {
    var live = connect(feeds.home());
    var paused = connect(feeds.away());
    paused.viewer(viewer -> viewer.pause(true));
    Position last =
        feeds.with(
            log -> {
              log.append(2);
              log.term();
              log.skip(5);
              return log.position();
            });
    live.awaitAt(last);
    assertThat(live.seen()).contains("EVICTED").doesNotContain("SLOW").endsWith(" L17");
    paused.recover();
    paused.awaitAt(last);
    assertThat(paused.seen()).isEqualTo("L8 L9 G10-16/7EVICTED L17");
  }
}
