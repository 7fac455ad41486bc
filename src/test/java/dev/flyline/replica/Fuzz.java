package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Position;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * One life of a router among {@link RandomPeers}, all from one seed. After every step it looks at
 * what must hold whatever the others say.
 */
final class Fuzz {

  /** Rings small enough to be looked at whole, and to let go of lines. */
  private static final RingLimits LIMITS = new RingLimits(60, 128 << 10, Duration.ofMinutes(15));

  /** What may wait to be committed: what an owner lets wait, a ring's worth, and a message. */
  private static final long MAX_PENDING = Owning.MAX_PENDING + LIMITS.bytes() + (1 << 20);

  private static final int STEPS = 1_000;

  /** After a freeze a router concludes nothing for 45 s; then it asks, waits, and claims. */
  private static final int SETTLE_TICKS = FakeWorld.TIMING.ticks(Duration.ofSeconds(80));

  private final Random random;
  private final FakeWorld world = new FakeWorld(LIMITS, "b", "c", "d");
  private final List<AppName> apps =
      List.of(world.appOf("me"), world.appOf("b", "me"), world.appOf("c", "b"));
  private final RandomPeers others;
  private final Map<AppName, BlockRing> rings = new HashMap<>();
  private final Map<AppName, Long> heads = new HashMap<>();
  private final List<Awaited> awaited = new ArrayList<>();
  private final List<String> story = new ArrayList<>();
  private final boolean tells;
  private long received;
  private long ticks;
  private long arrivals;
  private long sent;
  final Map<String, Integer> roles = new HashMap<>(); // how often each part was played
  int highestRatio;

  private record Awaited(String what, Future<?> future) {}

  Fuzz(long seed, boolean tells) {
    this.random = new Random(seed * 0x9E3779B97F4A7C15L + 17);
    this.others = new RandomPeers(random, apps);
    this.tells = tells;
    world.whenCommitted = this::inOrder;
  }

  List<String> story() {
    return story;
  }

  long received() {
    return received;
  }

  /** Lives through it; throws {@link IllegalStateException} for what must not be. */
  void run() {
    for (int i = 0; i < STEPS; i++) {
      int most = bound();
      step();
      check(most);
      if (i % 50 == 0) {
        for (AppName app : apps) {
          roles.merge(world.role(app), 1, Integer::sum);
        }
      }
    }
    settle();
  }

  // ---- what happens ----

  private void step() {
    int kind = random.nextInt(100);
    if (kind < 62) {
      receive();
    } else if (kind < 76) {
      tell("tick");
      tick();
    } else if (kind < 84) {
      AppName app = anyApp();
      tell("NATS " + app);
      arrivals++;
      world.replicas.arrived(app, others.entries());
    } else if (kind < 89) {
      confirm();
    } else if (kind < 97) {
      ask(anyApp());
    } else {
      disturb();
    }
  }

  private AppName anyApp() {
    return apps.get(random.nextInt(apps.size()));
  }

  private void tell(String what) {
    if (tells) {
      story.add(world.nowMs + " " + what);
    }
  }

  private void receive() {
    RandomPeers.Said said = others.next();
    tell(said.from() + " says " + said.message());
    received++;
    if (random.nextInt(4) > 0) {
      world.peers.heard(said.from(), random.nextInt(100) == 0);
    }
    world.replicas.received(said.from(), said.message());
  }

  private void tick() {
    ticks++;
    world.nowMs += FakeWorld.TIMING.tick().toMillis();
    world.peers.tick(world.nowMs);
    world.replicas.tick();
  }

  private void confirm() {
    AppName app = anyApp();
    if (world.subscribed.contains(app)) {
      tell("confirmed " + app);
      world.replicas.confirmed(app);
    }
  }

  private void ask(AppName app) {
    int kind = random.nextInt(8);
    switch (kind) {
      case 0, 1, 2 -> await("watch", world.watch(app));
      case 3 -> {
        tell("unwatch " + app);
        rings.remove(app); // nothing is told until it is watched again
        world.replicas.unwatch(app);
      }
      case 4, 5 -> await("recent", world.replicas.recent(app));
      case 6 -> await("older", world.replicas.older(app, random.nextInt(100)));
      default -> await("newer", world.replicas.newer(app));
    }
  }

  private void await(String what, Future<?> future) {
    tell(what);
    awaited.add(new Awaited(what + " at " + world.nowMs, future));
  }

  private void disturb() {
    int kind = random.nextInt(7);
    tell("disturb " + kind);
    switch (kind) {
      case 0 -> world.freeze(random.nextBoolean() ? 1_500 : 1_500 + random.nextInt(60_000));
      case 1 -> world.peers.refused(random.nextBoolean() ? "b" : "c");
      case 2 -> world.replicas.natsLost();
      case 3 -> world.replicas.natsBack();
      case 4 -> world.members("b", random.nextBoolean() ? "c" : "y-0", "d");
      case 5 -> world.members("b", "c", "d");
      default -> world.replicas.expire(random.nextInt(4) == 0 ? world.nowMs : 0);
    }
  }

  /** Nobody says anything any more, so that this router has to help itself. */
  private void settle() {
    tell("settle");
    List.of("b", "c", "d", "y-0").forEach(world::silence);
    for (int i = 0; i < SETTLE_TICKS; i++) {
      Set.copyOf(world.subscribed).forEach(world.replicas::confirmed);
      int most = bound();
      tick();
      check(most);
    }
    for (Awaited one : awaited) {
      must(one.future.isComplete(), one.what + " was never answered");
    }
    apps.forEach(world.replicas::unwatch);
    world.pass(FakeWorld.TIMING.lease().plus(FakeWorld.TIMING.hold()));
    world.pass(Duration.ofSeconds(70)); // an app counts as used for a minute
    for (int i = 0; i < 3; i++) {
      world.replicas.expire(Long.MAX_VALUE);
    }
    for (AppName app : apps) {
      must(world.replicas.find(app) == null, app + " is never forgotten, as " + world.role(app));
    }
    must(world.subscribed.isEmpty(), "still subscribed: " + world.subscribed);
  }

  // ---- what must hold ----

  /** How many messages the next step may send at most. */
  private int bound() {
    int most = 0;
    for (AppName app : apps) {
      Replica r = world.replicas.find(app);
      if (r != null) {
        int watchers = r.owning() == null ? 0 : r.owning().watchers().names().size();
        most += r.askers.size() + (r.localLog.pending().size() + 2) * (watchers + 3);
      }
    }
    return most + 20;
  }

  private void check(int most) {
    List<FakeWorld.Sent> said = world.takeSent();
    must(said.size() <= most, "said " + said.size() + " at once, at most " + most);
    sent += said.size();
    long reasons = received + apps.size() * ticks + arrivals + awaited.size();
    must(sent < 100 + 4 * reasons, "a storm: " + sent + " for " + reasons);
    highestRatio = (int) Math.max(highestRatio, received < 100 ? 0 : sent * 100 / reasons);
    for (FakeWorld.Sent one : said) {
      tell("  said to " + one.to() + " " + one.message());
      others.hear(one);
    }
    for (AppName app : apps) {
      Replica r = world.replicas.find(app);
      if (r != null) {
        check(r);
      }
    }
  }

  private void check(Replica r) {
    must(r.askers.size() <= 1_000, "too many wait");
    must(r.repair.heldBytes() <= Repair.HELD_BYTES, "too much held");
    must(
        r.localLog.pendingBytes() <= MAX_PENDING, "too much pending: " + r.localLog.pendingBytes());
    long last = r.localLog.head();
    long bytes = 0;
    for (LogBatch batch : r.localLog.pending()) {
      must(batch.firstSeq() == last + 1, "a hole in what is pending");
      last = batch.lastSeq();
      bytes += batch.bytes();
    }
    must(r.localLog.last() == last, "the last is " + r.localLog.last() + " and not " + last);
    must(r.localLog.pendingBytes() == bytes, "miscounted");
    BlockRing ring = r.localLog.ring();
    if (ring != null) {
      check(ring);
    }
  }

  private static void check(BlockRing ring) {
    must(Position.isEpoch(ring.epoch()), "epoch " + ring.epoch());
    must(Position.isEpoch(ring.edge().epoch()), "edge " + ring.edge());
    long seq = ring.oldest();
    while (seq <= ring.head()) {
      LogBatch batch = ring.batch(seq);
      if (batch == null) {
        throw new IllegalStateException("a hole at " + seq);
      }
      seq = batch.lastSeq() + 1;
    }
    must(seq == ring.head() + 1, "the head is " + ring.head() + " and not " + (seq - 1));
  }

  /** Committed lines follow each other, but in a new ring, or where the ring says so. */
  private void inOrder(LogBatch batch) {
    Replica r = world.replicas.find(batch.app());
    if (r == null) {
      throw new IllegalStateException("lines of a forgotten app");
    }
    BlockRing ring = r.localLog.opened();
    boolean same = rings.put(r.app, ring) == ring;
    long head = heads.getOrDefault(r.app, 0L);
    boolean told = batch.firstSeq() > head && ring.oldest() >= batch.firstSeq();
    must(!same || told || batch.firstSeq() == head + 1, head + " is followed by " + batch);
    heads.put(r.app, batch.lastSeq());
  }

  private static void must(boolean holds, String else_) {
    if (!holds) {
      throw new IllegalStateException(else_);
    }
  }
}
