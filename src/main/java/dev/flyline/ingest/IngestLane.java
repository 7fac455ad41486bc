package dev.flyline.ingest;

import dev.flyline.bus.Batches;
import dev.flyline.bus.Lane;
import dev.flyline.bus.LogBatch;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.log.AppName;
import dev.flyline.log.Lineage;
import dev.flyline.log.Term;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * Numbers the lines of the apps that are at home on one event loop and puts them on the bus.
 *
 * <p>All state belongs to that event loop. The NATS client's thread touches {@link Arrivals} and
 * {@link #ready} alone.
 */
final class IngestLane implements Owner {

  /** Apps whose place is remembered though nobody watches them; each costs some 300 bytes. */
  private static final int REMEMBERED = 50_000;

  private final Lane lane;
  private final NatsSource source;
  private final Batches batches;
  private final IngestConfig config;
  private final FeedConfig rings;
  private final RingBudget budget;
  private final Meters meters;
  private final InstantSource clock;
  private final String node;
  private final AtomicLong terms;
  private final Map<AppName, OwnedApp> watched = new LinkedHashMap<>();
  private final Map<AppName, OwnedApp> unwatched = new LinkedHashMap<>(); // longest ago first
  private final MpscUnboundedArrayQueue<OwnedApp> ready = new MpscUnboundedArrayQueue<>(64);
  private final AtomicInteger wakes = new AtomicInteger();
  private List<OwnedApp> due = new ArrayList<>();
  private boolean ticking;
  private volatile int reading; // for those who only look

  IngestLane(
      Lane lane,
      NatsSource source,
      Batches batches,
      IngestConfig config,
      FeedConfig rings,
      RingBudget budget,
      Meters meters,
      InstantSource clock,
      String node,
      AtomicLong terms) {
    this.lane = lane;
    this.source = source;
    this.batches = batches;
    this.config = config;
    this.rings = rings;
    this.budget = budget;
    this.meters = meters;
    this.clock = clock;
    this.node = node;
    this.terms = terms;
  }

  /** Starts what this lane does from time to time. */
  void start() {
    lane.context().setPeriodic(1_000, _ -> expire());
  }

  @Override
  public Future<Answer> watch(AppName app, Watcher watcher) {
    OwnedApp owned = watched.get(app);
    if (owned != null) {
      return Future.succeededFuture(new Answer(owned.ring(), owned.ring().head()));
    }
    OwnedApp starting = remembered(app);
    unwatched.remove(app);
    watched.put(app, starting);
    reading = watched.size();
    var arrivals =
        new Arrivals(config.queueLines(), config.queueBytes(), () -> arrived(starting), meters);
    LogBatch mark = starting.watch(arrivals, clock.millis());
    if (mark != null) {
      batches.publish(mark);
    }
    long head = starting.ring().head();
    Promise<Answer> promise = Promise.promise();
    source
        .subscribe(app, arrivals::offer)
        .onComplete(_ -> lane.run(() -> promise.complete(new Answer(starting.ring(), head))));
    return promise.future();
  }

  @Override
  public void unwatch(AppName app) {
    OwnedApp owned = watched.remove(app);
    if (owned != null) {
      reading = watched.size();
      source.unsubscribe(app);
      owned.unwatch(clock.millis());
      unwatched.put(app, owned);
    }
  }

  @Override
  public Future<BlockRing> recent(AppName app) {
    OwnedApp owned = watched.get(app);
    return Future.succeededFuture((owned != null ? owned : remembered(app)).ring());
  }

  /** Does nothing: the rings here are complete. */
  @Override
  public Future<Void> older(AppName app) {
    return Future.succeededFuture();
  }

  private OwnedApp remembered(AppName app) {
    return unwatched.computeIfAbsent(
        app,
        _ -> {
          var term = new Term(terms.incrementAndGet(), node, 0);
          var ring = new BlockRing(Lineage.NONE.then(term), 0, rings.limits(), budget);
          return new OwnedApp(app, term.epoch(), ring, System.nanoTime());
        });
  }

  /** Called on the NATS client's thread. */
  private void arrived(OwnedApp app) {
    ready.offer(app);
    if (wakes.getAndIncrement() == 0) {
      lane.loop().execute(this::wake);
    }
  }

  private void wake() {
    wakes.set(0);
    long nowNs = System.nanoTime();
    for (OwnedApp app = ready.poll(); app != null; app = ready.poll()) {
      if (app.isQuiet(nowNs, config.coalesce().toNanos())) {
        flush(app, nowNs);
      } else if (!app.isDue()) {
        app.due(true);
        due.add(app);
      }
    }
    tickLater();
  }

  /** One timer serves all busy apps: they are flushed together at the next tick. */
  private void tickLater() {
    if (!due.isEmpty() && !ticking) {
      ticking = true;
      var _ = lane.loop().schedule(this::tick, config.coalesce().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void tick() {
    ticking = false;
    List<OwnedApp> now = due;
    due = new ArrayList<>();
    long nowNs = System.nanoTime();
    for (OwnedApp app : now) {
      app.due(false);
      flush(app, nowNs);
    }
    tickLater();
  }

  /** Sends what has arrived; an app that has more than a few batches waits for the others. */
  private void flush(OwnedApp app, long nowNs) {
    Arrivals arrivals = app.arrivals();
    if (arrivals == null) {
      return; // released while the lines were on their way
    }
    app.flushed(nowNs);
    boolean more = drain(app, 4);
    if (more || arrivals.rest()) {
      app.due(true);
      due.add(app);
    }
  }

  /** Numbers and publishes at most {@code most} batches and says whether there may be more. */
  private boolean drain(OwnedApp app, int most) {
    for (int i = 0; i < most; i++) {
      LogBatch batch = app.next(clock.millis());
      if (batch == null) {
        return false;
      }
      batches.publish(batch);
      meters.add(Meter.LINES_KEPT, batch.size());
    }
    return true;
  }

  /** Lets go of lines that are too old, and of the longest unwatched apps if there are too many. */
  private void expire() {
    long beforeMs = clock.millis() - rings.limits().age().toMillis();
    watched.values().forEach(app -> app.ring().expire(beforeMs));
    unwatched.values().forEach(app -> app.ring().expire(beforeMs));
    Iterator<OwnedApp> longestAgo = unwatched.values().iterator();
    while (longestAgo.hasNext() && (unwatched.size() > REMEMBERED || budget.exceeded())) {
      OwnedApp app = longestAgo.next();
      app.ring().clear();
      if (unwatched.size() > REMEMBERED) {
        longestAgo.remove();
      }
    }
  }

  /** How many apps are read; on any thread. */
  int size() {
    return reading;
  }
}
