package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Member;
import dev.flyline.log.Term;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Faults that a reader of the code has found: router {@code f} among peers {@code a} and {@code b}.
 */
@Timeout(20)
final class FoundByReviewTest implements World {

  private static final Owner.Watcher SOMEBODY =
      new Owner.Watcher() {
        @Override
        public void replaced(BlockRing ring, long after) {}
      };

  private static final Lineage FIRST = Lineage.NONE.then(new Term(1, "a", 0));
  private static final Member F = new Member("f", "hf:1", "r");
  private static final Member A = new Member("a", "ha:1", "r");
  private static final Member B = new Member("b", "hb:1", "r");

  private final Liveness peers = new Liveness(F, Timing.DEFAULT);
  private final List<AppMessage> sent = new ArrayList<>();
  private final Set<AppName> subscribed = new HashSet<>();
  private final AppName app;
  private final Replicas f;
  private long now = 1_000_000;

  FoundByReviewTest() {
    peers.members(List.of(F, A, B));
    f =
        new Replicas(
            this,
            peers,
            Timing.DEFAULT,
            new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15)),
            new RingBudget(Long.MAX_VALUE));
    f.natsBack();
    app =
        LongStream.range(0, 1_000)
            .mapToObj(i -> new AppName("x" + i))
            .filter(name -> peers.order(name.value()).subList(0, 2).equals(List.of(A, F)))
            .findFirst()
            .orElseThrow();
  }

  /** Whoever read it waited for older lines for ever, and kept its lane busy. */
  @Test
  void ringThatIsLetGoOf_isComplete() {
    var looked = f.recent(app);
    f.received("a", new AppMessage.State(app, FIRST, "a", 100));
    BlockRing read = looked.result();

    f.watch(app, SOMEBODY);
    f.received("a", new AppMessage.State(app, FIRST, "a", 105));

    assertThat(f.recent(app).result()).isNotSameAs(read);
    assertThat(read.complete()).isTrue();
  }

  /** Lines of the owner, heard again, could not be put after them, and the app stood still. */
  @Test
  void claimThatEndsWhileItFills_leavesNothingBehind() {
    f.watch(app, SOMEBODY);
    f.received("a", new AppMessage.State(app, FIRST, "a", 10));
    f.received("a", lines(11, 12));
    while (of(AppMessage.Claim.class).isEmpty()) {
      tick(false, "b");
    }
    long id = of(AppMessage.Claim.class).getLast().id();
    f.received("b", new AppMessage.ClaimAnswer(app, id, FIRST, 40, "", false, true));
    f.received("b", range(13, 20));

    peers.heard("a", false);
    f.received("a", lines(21, 22));

    AppMessage.Fetch fetch = of(AppMessage.Fetch.class).getLast();
    assertThat(fetch.from()).isEqualTo(13);
    f.received("a", range(13, 22));
    assertThat(f.status().getFirst().head()).isEqualTo(22);
  }

  /** The heir took what it had for all that there was. */
  @Test
  void heirWithoutAllOlderLines_getsThemFromTheOwnerBefore() {
    f.received("a", new AppMessage.Enlist(app, FIRST, 1000));
    f.confirmed(app);
    for (int i = 0; i < 12; i++) {
      tick(false, "a", "b");
    }
    f.received("a", new AppMessage.Enlisted(app, "1-a"));
    sent.clear();
    f.received("a", new AppMessage.Handover(app, "1-a", 1000));
    for (int i = 0; i < 8; i++) {
      tick(false, "a", "b");
    }

    assertThat(of(AppMessage.Fetch.class)).contains(new AppMessage.Fetch(app, "2-f", 0, 1001));
    f.received("b", new AppMessage.Fetch(app, "2-f", 0, 1001));
    assertThat(of(AppMessage.Range.class).getLast().lost()).isNull(); // there may be more
  }

  /** Its viewers found the app unwatched when they came back elsewhere after the drain. */
  @Test
  void watchOfARouterThatStops_lastsUntilItsViewersHaveComeBack() {
    peers.members(List.of(F, B));
    f.received("b", new AppMessage.Watch(app, ""));
    long id = of(AppMessage.Claim.class).getLast().id();
    f.received("b", new AppMessage.ClaimAnswer(app, id, Lineage.NONE, 0, "", false, true));
    f.confirmed(app);
    for (int i = 0; i < 40; i++) {
      tick(false, "b");
      f.received("b", new AppMessage.Watch(app, "1-f"));
    }

    tick(true, "b");
    f.received("b", new AppMessage.Unwatch(app));
    peers.members(List.of(F));
    long leftMs = now;
    while (now - leftMs < Timing.DEFAULT.farewell().toMillis() - 1_000) {
      assertThat(subscribed).containsExactly(app);
      tick(false);
    }
    for (int i = 0; i < 8; i++) {
      tick(false);
    }
    assertThat(subscribed).isEmpty();
  }

  /** The owner that knew of the watch handed the app over before the viewers were back. */
  @Test
  void newOwnerWhileViewersComeBack_readsOn() {
    tick(true, "b");
    f.received("a", new AppMessage.Enlist(app, FIRST, 0));
    f.confirmed(app);
    peers.members(List.of(F, A));
    for (int i = 0; i < 12; i++) {
      tick(false, "a");
    }
    f.received("a", new AppMessage.Enlisted(app, "1-a"));
    f.received("a", new AppMessage.Handover(app, "1-a", 0));

    for (int i = 0; i < 160; i++) { // 40 s
      tick(false, "a");
    }
    assertThat(f.status().getFirst().role()).isEqualTo("owner");
    assertThat(subscribed).containsExactly(app);
  }

  /** It may be the owner, which is slow to answer and not silent. */
  @Test
  void claimIsNotConcluded_whileSomebodyMayStillAnswer() {
    f.watch(app, SOMEBODY);
    f.received("a", new AppMessage.State(app, FIRST, "b", 10));
    peers.members(List.of(F, A, B));
    peers.refused("b");
    while (of(AppMessage.Claim.class).isEmpty()) {
      tick(false, "a");
    }
    peers.heard("b", false);
    long id = of(AppMessage.Claim.class).getLast().id();
    f.received("a", new AppMessage.ClaimAnswer(app, id, FIRST, 0, "", false, false));
    for (int i = 0; i < 6; i++) {
      tick(false, "a", "b");
    }
    assertThat(f.status()).noneMatch(status -> status.role().equals("owner"));
  }

  private void tick(boolean stopping, String... heard) {
    now += Timing.DEFAULT.tick().toMillis();
    for (String node : heard) {
      peers.heard(node, stopping);
    }
    peers.tick(now);
    f.tick();
  }

  private <T extends AppMessage> List<T> of(Class<T> type) {
    return sent.stream().filter(type::isInstance).map(type::cast).toList();
  }

  private AppMessage.Range range(long from, long to) {
    return new AppMessage.Range(app, "1-a", false, from, List.of(batch(from, to)), true, null);
  }

  private AppMessage.Lines lines(long from, long to) {
    return new AppMessage.Lines(batch(from, to), to, true);
  }

  private LogBatch batch(long from, long to) {
    List<Entry> entries =
        LongStream.rangeClosed(from, to)
            .<Entry>mapToObj(seq -> new LogLine("fra", "m", text("line " + seq), now))
            .toList();
    return new LogBatch(app, "1-a", from, entries);
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public long nowMs() {
    return now;
  }

  @Override
  public long wallMs() {
    return now;
  }

  @Override
  public void send(String node, AppMessage message) {
    sent.add(message);
  }

  @Override
  public void subscribe(AppName app) {
    subscribed.add(app);
  }

  @Override
  public void unsubscribe(AppName app) {
    subscribed.remove(app);
  }

  @Override
  public void hurry(AppName app) {}

  @Override
  public void roleChanged(Role to, RoleCause cause) {}

  @Override
  public void committed(LogBatch batch) {}

  @Override
  public void failed(AppName app, RuntimeException cause) {
    throw cause;
  }
}
