package dev.flyline.feed;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import io.vertx.core.Promise;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A log of lines 1 to 50 in one term, of which the ring has 41 to 50 and gets more if asked. */
@Timeout(30)
final class FillingTest {

  private final TestFeeds feeds = new TestFeeds(Entries.WIDE);
  private final Promise<Void> older = Promise.promise();

  @BeforeEach
  void write() throws Exception {
    feeds.change(
        log -> {
          for (int i = 0; i < 5; i++) {
            log.append(10);
          }
          log.replace(10);
          log.olderAnswer = older;
        });
  }

  @AfterEach
  void close() throws Exception {
    feeds.close();
  }

  private FakeClient client(int lane) {
    return new FakeClient(feeds, lane, 1);
  }

  private static String lines(long from, long to) {
    return LongStream.rangeClosed(from, to)
        .mapToObj(seq -> "L" + seq)
        .collect(Collectors.joining(" "));
  }

  private Position at(long seq) throws Exception {
    return new Position(feeds.<String>with(FakeLog::epoch), seq);
  }

  /** One question at a time serves all who wait. */
  @Test
  void viewer_waitsForOlderLinesOnlyIfItNeedsThem() throws Exception {
    var all = client(feeds.away()).view(new Since.Earliest(), -1);
    var most = client(feeds.home()).view(new Since.After(at(15)), -1);
    var few = client(feeds.away()).connect(new Since.Latest(), 5);
    assertThat(few.seen()).isEqualTo(lines(46, 50));
    assertThat(all.hellos).isZero();

    older.complete();
    all.awaitAt(at(50));
    most.awaitAt(at(50));
    assertThat(all.seen()).isEqualTo(lines(1, 50));
    assertThat(most.seen()).isEqualTo(lines(16, 50));
    assertThat(feeds.<Integer>with(log -> log.olderAsked)).isEqualTo(5); // 4 x 10, and no more
  }

  @Test
  void linesWhileTheRingIsFilled_reachWhoeverWaits() throws Exception {
    var client = client(feeds.away()).view(new Since.Latest(), 20);
    client(feeds.away()).connect(new Since.Latest(), 0);
    feeds.change(log -> log.append(10));
    older.complete();
    client.awaitAt(at(60));
    assertThat(client.seen()).isEqualTo(lines(31, 60)); // the last 20 when it came, and what is new
  }

  @Test
  void readingWithoutFollowing_waitsForOlderLinesToo() throws Exception {
    var client = client(feeds.away()).read(new Since.Earliest(), -1);
    older.complete();
    client.await(reader -> reader.finished);
    assertThat(client.seen()).isEqualTo(lines(1, 50));
    assertThat(feeds.<Integer>with(log -> log.watches)).isZero();
  }

  @Test
  void olderLinesThatDoNotCome_areToldAsAGap() throws Exception {
    var client = client(feeds.away()).view(new Since.After(at(15)), -1);
    older.fail("the owner is gone");
    client.awaitAt(at(50));
    assertThat(client.seen()).isEqualTo("G16-40/25EVICTED " + lines(41, 50));
  }

  @Test
  void whatEvenTheOwnerHasNot_isToldAsAGap() throws Exception {
    feeds.change(log -> log.forget(20));
    var client = client(feeds.away()).view(new Since.After(at(15)), -1);
    older.complete();
    client.awaitAt(at(50));
    assertThat(client.seen()).isEqualTo("G16-20/5EVICTED " + lines(21, 50));
  }

  @Test
  void viewer_isToldOnceThatItsLinesAreWaitedFor() throws Exception {
    var client = client(feeds.away()).view(new Since.Earliest(), -1);
    client.await(viewer -> viewer.notices == 1);
    older.complete();
    client.awaitAt(at(50));
    assertThat(client.notices).isEqualTo(1);
  }

  /** The client was served by a router that is a little ahead of this one. */
  @Test
  void positionBeyondTheHead_isNotJudgedBeforeTheOwnerHasBeenAsked() throws Exception {
    client(feeds.home()).connect(new Since.Latest(), 0);
    feeds.change(log -> log.onNewer = () -> log.append(10));
    var client = client(feeds.away()).view(new Since.After(at(55)), -1);
    client.awaitAt(at(60));
    assertThat(client.seen()).isEqualTo(lines(56, 60));
    client(feeds.away()).connect(new Since.After(at(60)), -1);
    assertThat(feeds.<Integer>with(log -> log.newerAsked)).isEqualTo(1);
  }
}
