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
import dev.flyline.log.Mark;
import dev.flyline.log.Member;
import dev.flyline.log.Term;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * One router, {@code me}, in a made-up world: its peers say what a test makes them say, what it
 * sends them is kept to be looked at, and time passes when the test says so.
 */
final class FakeWorld implements World, Owner.Watcher {

  static final String ME = "me";
  static final Timing TIMING = Timing.DEFAULT;

  final Liveness peers;
  final Replicas replicas;
  final Set<AppName> subscribed = new HashSet<>();
  final Set<AppName> refused = new HashSet<>(); // to their owners, as viewers here were told
  Consumer<LogBatch> whenCommitted = _ -> {};
  Consumer<AppMessage> whenSent = _ -> {};
  BiConsumer<AppName, RuntimeException> whenFailed =
      (_, cause) -> {
        throw cause;
      };
  final List<String> roles = new ArrayList<>(); // that it has come to play, and why
  final List<Long> replacedAfter = new ArrayList<>();
  long nowMs = 1_000_000;
  private final List<Sent> sent = new ArrayList<>();
  private final Set<String> silent = new HashSet<>();

  /** A message and to whom it went. */
  record Sent(String to, AppMessage message) {}

  /** With peers of these names, all in one region, whom {@link #pass} lets be heard. */
  FakeWorld(String... others) {
    this(new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15)), others);
  }

  FakeWorld(RingLimits limits, String... others) {
    this(limits, new RingBudget(Long.MAX_VALUE), others);
  }

  FakeWorld(RingLimits limits, RingBudget budget, String... others) {
    this.peers = new Liveness(peer(ME), TIMING);
    this.replicas = new Replicas(this, peers, TIMING, limits, budget);
    members(others);
    pass(TIMING.tick());
  }

  static Member peer(String node) {
    return new Member(node, "host-" + node, "ams");
  }

  /** Makes these the other members. */
  void members(String... others) {
    peers.members(Arrays.stream(others).map(FakeWorld::peer).toList());
  }

  // ---- time ----

  /** Lets time pass in ticks, in which every peer is heard that is not {@link #silence}d. */
  void pass(Duration time) {
    for (int i = 0; i < TIMING.ticks(time); i++) {
      nowMs += TIMING.tick().toMillis();
      for (Member peer : peers.others()) {
        if (!silent.contains(peer.node())) {
          peers.heard(peer.node(), peers.isStopping(peer.node()));
        }
      }
      peers.tick(nowMs);
      replicas.tick();
    }
  }

  /** Lets nobody hear {@code node} any more. */
  void silence(String node) {
    silent.add(node);
  }

  /** This process stands still for so long; the next thing that it does finds out. */
  void freeze(int ms) {
    nowMs += ms;
  }

  // ---- peers ----

  /** Lets {@code node} say {@code messages}. */
  void says(String node, AppMessage... messages) {
    for (AppMessage message : messages) {
      peers.heard(node, peers.isStopping(node));
      replicas.received(node, message);
    }
  }

  /** Takes away all that was sent until now. */
  List<Sent> takeSent() {
    List<Sent> all = List.copyOf(sent);
    sent.clear();
    return all;
  }

  /** Takes away what was sent of this {@code kind} to {@code node}, in order. */
  <M extends AppMessage> List<M> take(String node, Class<M> kind) {
    List<M> found = new ArrayList<>();
    for (Iterator<Sent> all = sent.iterator(); all.hasNext(); ) {
      Sent one = all.next();
      if (one.to.equals(node) && kind.isInstance(one.message)) {
        found.add(kind.cast(one.message));
        all.remove();
      }
    }
    return found;
  }

  /** Takes away the only message of this {@code kind} that was sent to {@code node}. */
  <M extends AppMessage> M takeOne(String node, Class<M> kind) {
    List<M> all = take(node, kind);
    assertThat(all).as("%s to %s", kind.getSimpleName(), node).hasSize(1);
    return all.getFirst();
  }

  // ---- NATS ----

  /** NATS brings lines of one machine. */
  void nats(AppName app, String... texts) {
    replicas.arrived(app, lines(texts));
  }

  // ---- what it takes to play a part ----

  /** An app of which these routers are the first in the order of placement. */
  AppName appOf(String... first) {
    return appsOf(1, first).getFirst();
  }

  /** So many apps of which these routers are the first in the order of placement. */
  List<AppName> appsOf(int count, String... first) {
    return IntStream.range(0, 100_000)
        .mapToObj(i -> new AppName("app-" + i))
        .filter(
            app ->
                peers.order(app.value()).stream()
                    .map(Member::node)
                    .limit(first.length)
                    .toList()
                    .equals(List.of(first)))
        .limit(count)
        .toList();
  }

  Future<Owner.Answer> watch(AppName app) {
    return replicas.watch(app, this);
  }

  /** Watches the app and comes to own it, since no other router knows of it; NATS is read. */
  BlockRing own(AppName app) {
    Future<Owner.Answer> answer = watch(app);
    for (String node : peers.present()) {
      says(node, knowsNothing(takeOne(node, AppMessage.Claim.class)));
    }
    replicas.confirmed(app);
    takeSent();
    return ring(answer);
  }

  /** Watches the app, which {@code owner} owns and has numbered up to {@code head}. */
  BlockRing follow(AppName app, String owner, long head) {
    Future<Owner.Answer> answer = watch(app);
    says(owner, new AppMessage.State(app, lineage(1, owner, 0), owner, head));
    takeSent();
    return ring(answer);
  }

  /** Stands by for {@code owner}, which has numbered up to {@code head}, and is in step. */
  void standBy(AppName app, String owner, long head) {
    says(owner, new AppMessage.Enlist(app, lineage(1, owner, 0), head));
    replicas.confirmed(app);
    pass(TIMING.settle());
    says(owner, new AppMessage.Enlisted(app, "1-" + owner));
    pass(TIMING.tick());
    takeSent();
  }

  /** As the owner: {@code node}, which stands by, has come in step. */
  void inStep(AppName app, String node, long head) {
    String epoch = status(app).epoch();
    says(node, new AppMessage.Ack(app, epoch, head, true, false));
    takeOne(node, AppMessage.Enlisted.class);
    says(node, new AppMessage.Ack(app, epoch, head, true, true));
  }

  static AppMessage.ClaimAnswer knowsNothing(AppMessage.Claim claim) {
    return new AppMessage.ClaimAnswer(claim.app(), claim.id(), Lineage.NONE, 0, "", false, false);
  }

  static BlockRing ring(Future<Owner.Answer> answer) {
    assertThat(answer.succeeded()).as("answered").isTrue();
    return answer.result().ring();
  }

  /** What is here of the app; there must be something. */
  Replica replica(AppName app) {
    return Objects.requireNonNull(replicas.find(app));
  }

  /** What operators see; there must be something. */
  AppStatus status(AppName app) {
    return replicas.status().stream().filter(s -> s.app().equals(app)).findFirst().orElseThrow();
  }

  /** The part that this router plays. */
  String role(AppName app) {
    return replicas.status().stream()
        .filter(status -> status.app().equals(app))
        .map(AppStatus::role)
        .findFirst()
        .orElse("none");
  }

  // ---- values ----

  static Lineage lineage(long counter, String node, long after) {
    return Lineage.NONE.then(new Term(counter, node, after));
  }

  static LogLine line(String machine, String text) {
    return new LogLine("ams", machine, text.getBytes(StandardCharsets.UTF_8), 1);
  }

  static List<Entry> lines(String... texts) {
    return Arrays.stream(texts).<Entry>map(text -> line("m1", text)).toList();
  }

  /** Lines of the term {@code epoch}, the first of which is number {@code first}. */
  static LogBatch batch(AppName app, String epoch, long first, String... texts) {
    return new LogBatch(app, epoch, first, lines(texts));
  }

  /** What {@code ring} holds: the text of each line, the cause of each mark. */
  static List<String> texts(BlockRing ring) {
    return RingSlices.from(ring, ring.oldest(), Integer.MAX_VALUE).stream()
        .flatMap(batch -> texts(batch.entries()).stream())
        .toList();
  }

  static List<String> texts(List<Entry> entries) {
    return entries.stream().map(FakeWorld::text).toList();
  }

  private static String text(Entry entry) {
    return switch (entry) {
      case LogLine line -> new String(line.payload(), StandardCharsets.UTF_8);
      case Mark mark -> mark.cause() + (mark.lines() == Mark.UNKNOWN ? "" : " " + mark.lines());
    };
  }

  // ---- what the protocol needs ----

  @Override
  public long nowMs() {
    return nowMs;
  }

  @Override
  public long wallMs() {
    return nowMs;
  }

  @Override
  public void send(String node, AppMessage message) {
    whenSent.accept(message);
    sent.add(new Sent(node, message));
  }

  @Override
  public void subscribe(AppName app) {
    assertThat(subscribed.add(app)).as("not yet subscribed").isTrue();
  }

  @Override
  public void unsubscribe(AppName app) {
    assertThat(subscribed.remove(app)).as("subscribed").isTrue();
  }

  @Override
  public void hurry(AppName app) {}

  @Override
  public void roleChanged(Role to, RoleCause cause) {
    roles.add(cause.labelWith(to));
  }

  @Override
  public void committed(LogBatch batch) {
    whenCommitted.accept(batch);
  }

  @Override
  public void refused(AppName app, boolean now) {
    assertThat(now ? refused.add(app) : refused.remove(app)).as("news").isTrue();
  }

  @Override
  public void failed(AppName app, RuntimeException cause) {
    whenFailed.accept(app, cause);
  }

  @Override
  public void replaced(BlockRing ring, long after) {
    replacedAfter.add(after);
  }
}
