package dev.flyline.ingest;

import dev.flyline.bus.Batches;
import dev.flyline.bus.Lane;
import dev.flyline.bus.LogBatch;
import dev.flyline.bus.PeerMessage;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.replica.AppStatus;
import dev.flyline.replica.Peers;
import dev.flyline.replica.Replicas;
import dev.flyline.replica.Timing;
import dev.flyline.replica.World;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The world of the replicas that are at home on one event loop: brings them what NATS has for them,
 * takes what they send, and lets their time pass.
 *
 * <p>All state belongs to that event loop. The NATS client's thread touches {@link Arrivals} and
 * {@link #ready} alone.
 */
final class IngestLane implements World {

  private static final Logger log = LoggerFactory.getLogger(IngestLane.class);

  /** What may wait is looked at once in so many ticks. */
  private static final int UNHURRIED_TICKS = 2;

  /** Of faults one is logged in so long. */
  private static final long FAILURE_LOG_MS = 10_000;

  private final Lane lane;
  private final NatsSource source;
  private final Batches batches;
  private final Outbox outbox;
  private final IngestConfig config;
  private final FeedConfig rings;
  private final Meters meters;
  private final InstantSource clock;
  private final Replicas replicas;
  private final Map<AppName, Reading> readings = new HashMap<>();
  private final MpscUnboundedArrayQueue<Reading> ready = new MpscUnboundedArrayQueue<>(64);
  private final Consumer<Reading> arrived = ready::offer; // on the NATS client's thread
  private final AtomicBoolean waking = new AtomicBoolean();
  private List<Reading> due = new ArrayList<>();
  private boolean ticking;
  private int unhurried; // apps whose lines may wait
  private int ticks;
  private long failureLoggedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) - FAILURE_LOG_MS;
  private volatile int reading; // for those who only look

  IngestLane(
      Lane lane,
      NatsSource source,
      Batches batches,
      PeerLinks links,
      Peers peers,
      IngestConfig config,
      FeedConfig rings,
      RingBudget budget,
      Meters meters,
      InstantSource clock) {
    this.lane = lane;
    this.source = source;
    this.batches = batches;
    this.outbox = links.outbox(lane, this::askedAgain);
    this.config = config;
    this.rings = rings;
    this.meters = meters;
    this.clock = clock;
    this.replicas = new Replicas(this, peers, links.timing(), rings.limits(), budget);
  }

  /** Starts what this lane does from time to time. */
  void start() {
    lane.run(
        () -> {
          replicas.natsLost();
          tickLater();
          lane.context()
              .setPeriodic(
                  expiryMs(),
                  _ -> replicas.expire(clock.millis() - rings.limits().age().toMillis()));
        });
  }

  /** Often enough for the age that lines may reach, since it is a look at every ring. */
  private long expiryMs() {
    return Math.clamp(rings.limits().age().toMillis() / 100, 1_000, 10_000);
  }

  /** Not a periodic timer: after a pause there is one tick, not one for each that was missed. */
  private void tickLater() {
    lane.context()
        .setTimer(
            Timing.DEFAULT.tick(),
            _ -> {
              tickLater();
              brought(); // who tells of them may not, if an app was unsubscribed at that moment
              if (++ticks % UNHURRIED_TICKS == 0) {
                takeUnhurried();
              }
              replicas.tick();
            });
  }

  /** Who keeps the logs of the apps that are at home here; to be called on this lane. */
  Owner owner() {
    return replicas;
  }

  /** What another router says about apps that are at home here; on any thread. */
  void received(String from, List<PeerMessage> messages) {
    lane.run(
        () -> {
          messages.forEach(message -> received(from, message));
          outbox.answered(from);
        });
  }

  private void received(String from, PeerMessage message) {
    if (unhurried > 0 && message instanceof PeerMessage.Lines lines) {
      Reading compared = readings.get(lines.app());
      if (compared != null && compared.isUnhurried()) {
        take(compared); // they are most likely the same
      }
    }
    replicas.received(from, message);
  }

  private void askedAgain(String from, PeerMessage question) {
    replicas.received(from, question);
  }

  /** Whether NATS is there; on any thread. */
  void upstream(boolean connected) {
    lane.run(connected ? replicas::natsBack : replicas::natsLost);
  }

  // ---- the world ----

  @Override
  public long nowMs() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public long wallMs() {
    return clock.millis();
  }

  @Override
  public void send(String node, PeerMessage message) {
    outbox.add(node, message);
  }

  @Override
  public void subscribe(AppName app) {
    var starting = new Reading(app, config, arrived, meters, System.nanoTime());
    readings.put(app, starting);
    reading = readings.size();
    source
        .subscribe(app, starting.arrivals()::offer)
        .onComplete(
            _ ->
                lane.run(
                    () -> {
                      if (!starting.isEnded()) {
                        replicas.confirmed(app);
                      }
                    }));
  }

  @Override
  public void hurry(AppName app) {
    Reading waited = readings.get(app);
    if (waited != null && waited.isUnhurried()) {
      unhurried(waited, false);
      flushSoon(waited);
    }
  }

  @Override
  public void unsubscribe(AppName app) {
    Reading ended = readings.remove(app);
    if (ended != null) {
      unhurried(ended, false);
      ended.end();
      reading = readings.size();
      source.unsubscribe(app);
    }
  }

  @Override
  public void committed(LogBatch batch) {
    batches.publish(batch);
    meters.add(Meter.LINES_KEPT, batch.size());
  }

  @Override
  public void failed(AppName app, RuntimeException cause) {
    meters.count(Meter.REPLICA_FAILURES);
    long nowMs = nowMs();
    if (nowMs - failureLoggedMs >= FAILURE_LOG_MS) { // it may be one that comes with every tick
      failureLoggedMs = nowMs;
      log.error("{}: a fault of flyline's own; please report it", app, cause);
    }
  }

  // ---- what arrives ----

  /**
   * Takes what stands in the queues, if anything does; on any thread. Called once for all that came
   * together, for a line at a time would make a turn of this lane each.
   */
  void brought() {
    if (!ready.isEmpty() && waking.compareAndSet(false, true)) {
      lane.loop().execute(this::take);
    }
  }

  private void take() {
    waking.set(false); // before looking: what comes from here on wakes again
    long nowNs = System.nanoTime();
    for (Reading app = ready.poll(); app != null; app = ready.poll()) {
      if (app.isQuiet(nowNs, config.coalesce().toNanos())) {
        flush(app, nowNs);
      } else if (!app.isDue()) {
        app.due(true);
        due.add(app);
      }
    }
    flushLater();
  }

  /** One timer serves all busy apps: they are flushed together at the next tick. */
  private void flushLater() {
    if (!due.isEmpty() && !ticking) {
      ticking = true;
      var _ =
          lane.loop().schedule(this::flushDue, config.coalesce().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void flushDue() {
    ticking = false;
    List<Reading> now = due;
    due = new ArrayList<>();
    long nowNs = System.nanoTime();
    for (Reading app : now) {
      app.due(false);
      flush(app, nowNs);
    }
    flushLater();
  }

  /** Takes what has arrived; an app that has more than a few batches waits for the others. */
  private void flush(Reading app, long nowNs) {
    app.flushed(nowNs);
    if (!app.isEnded() && (take(app, 4) || app.arrivals().rest(!app.isUnhurried()))) {
      app.due(true);
      due.add(app);
    }
  }

  /** Takes at most {@code most} batches and says whether there may be more. */
  private boolean take(Reading app, int most) {
    for (int i = 0; i < most; i++) {
      List<Entry> entries = app.next(clock.millis());
      if (entries.isEmpty()) {
        return false;
      }
      boolean hurried = replicas.arrived(app.app(), entries);
      if (app.isEnded()) {
        return false;
      }
      unhurried(app, !hurried);
    }
    return true;
  }

  // ---- what may wait ----

  private void unhurried(Reading app, boolean mayWait) {
    if (app.isUnhurried() != mayWait) {
      app.unhurried(mayWait);
      unhurried += mayWait ? 1 : -1;
    }
  }

  /** Takes what has waited; if the app is in a hurry from now on, it says so. */
  private void take(Reading app) {
    boolean more = take(app, 4);
    if (!app.isEnded() && (more || !app.isUnhurried())) {
      flushSoon(app);
    }
  }

  private void flushSoon(Reading app) {
    if (!app.isDue()) {
      app.due(true);
      due.add(app);
      flushLater();
    }
  }

  private void takeUnhurried() {
    if (unhurried > 0) {
      List.copyOf(readings.values()).stream().filter(Reading::isUnhurried).forEach(this::take);
    }
  }

  // ---- for those who look ----

  /** How many apps are read; on any thread. */
  int size() {
    return reading;
  }

  /** What operators see; on any thread. */
  Future<List<AppStatus>> status() {
    Promise<List<AppStatus>> promise = Promise.promise();
    lane.run(() -> promise.complete(replicas.status()));
    return promise.future();
  }

  /** Whether no other router would miss this lane; on any thread. */
  Future<Boolean> isIdle() {
    Promise<Boolean> promise = Promise.promise();
    lane.run(() -> promise.complete(replicas.isIdle()));
    return promise.future();
  }
}
