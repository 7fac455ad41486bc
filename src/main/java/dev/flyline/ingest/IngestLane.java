package dev.flyline.ingest;

import dev.flyline.bus.AppMessage;
import dev.flyline.bus.LogBus;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.ingest.nats.AppQueue;
import dev.flyline.ingest.nats.IngestConfig;
import dev.flyline.ingest.nats.Intake;
import dev.flyline.ingest.nats.NatsSource;
import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.peer.Outbox;
import dev.flyline.peer.PeerLinks;
import dev.flyline.replica.AppStatus;
import dev.flyline.replica.Liveness;
import dev.flyline.replica.Replicas;
import dev.flyline.replica.Role;
import dev.flyline.replica.RoleCause;
import dev.flyline.replica.Timing;
import dev.flyline.replica.World;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The world of the replicas that are at home on one event loop: brings them what NATS has for them,
 * takes what they send, and lets their time pass.
 *
 * <p>All state belongs to that event loop; of {@link Intake} the NATS client's thread touches a
 * part.
 */
final class IngestLane implements World, PeerLinks.Receiver {

  private static final Logger log = LoggerFactory.getLogger(IngestLane.class);

  /** Of faults one is logged in so long. */
  private static final long FAILURE_LOG_MS = 10_000;

  private final Lane lane;
  private final LogBus bus;
  private final NatsSource source;
  private final Outbox outbox;
  private final FeedConfig rings;
  private final Upstream upstream;
  private final Meters meters;
  private final InstantSource clock;
  private final Replicas replicas;
  private final Intake intake;
  private boolean stopped;
  private Lane.Periodic expiry = () -> {}; // set by start()
  private long failureLoggedMs = TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) - FAILURE_LOG_MS;

  IngestLane(
      Lane lane,
      LogBus bus,
      NatsSource source,
      PeerLinks links,
      Liveness peers,
      IngestConfig config,
      FeedConfig rings,
      RingBudget budget,
      Upstream upstream,
      Meters meters,
      InstantSource clock) {
    this.lane = lane;
    this.bus = bus;
    this.source = source;
    this.outbox = links.outbox(lane, this::askedAgain);
    this.rings = rings;
    this.upstream = upstream;
    this.meters = meters;
    this.clock = clock;
    this.replicas = new Replicas(this, peers, links.timing(), rings.limits(), budget);
    this.intake = new Intake(lane, config, meters, clock, replicas::arrived);
  }

  /** Starts what this lane does from time to time. */
  void start() {
    lane.run(
        () -> {
          replicas.natsLost();
          tickLater();
          expiry =
              lane.every(
                  expiryMs(),
                  () -> replicas.expire(clock.millis() - rings.limits().age().toMillis()));
        });
  }

  /** Lets no more time pass; on any thread. */
  void stop() {
    lane.run(
        () -> {
          stopped = true;
          expiry.cancel();
        });
  }

  /** Often enough for the age that lines may reach, since it is a look at every ring. */
  private long expiryMs() {
    return Math.clamp(rings.limits().age().toMillis() / 100, 1_000, 10_000);
  }

  /** Not a periodic timer: after a pause there is one tick, not one for each that was missed. */
  private void tickLater() {
    lane.in(
        Timing.DEFAULT.tick().toMillis(),
        () -> {
          if (stopped) {
            return;
          }
          tickLater();
          intake.tick();
          replicas.tick();
        });
  }

  /** Who keeps the logs of the apps that are at home here; to be called on this lane. */
  Owner owner() {
    return replicas;
  }

  /** What another router says about apps that are at home here; on any thread. */
  @Override
  public void received(String from, List<AppMessage> messages) {
    lane.run(
        () -> {
          replicas.received(from, messages);
          outbox.answered(from);
        });
  }

  private void askedAgain(String from, AppMessage question) {
    replicas.received(from, question);
  }

  /** Whether NATS is there; on any thread. */
  void upstream(boolean connected) {
    lane.run(connected ? replicas::natsBack : replicas::natsLost);
  }

  /** NATS refuses the subscriptions to some of {@code apps}, or no longer; on any thread. */
  void refusal(List<AppName> apps, boolean refused) {
    lane.run(() -> apps.forEach(app -> replicas.refused(app, refused)));
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
  public void send(String node, AppMessage message) {
    outbox.add(node, message);
  }

  @Override
  public void subscribe(AppName app) {
    AppQueue starting = intake.begin(app);
    source
        .subscribe(app, starting.arrivals())
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
    intake.hurry(app);
  }

  @Override
  public void unsubscribe(AppName app) {
    if (intake.end(app)) {
      source.unsubscribe(app);
    }
  }

  @Override
  public void roleChanged(Role to, RoleCause cause) {
    meters.count(Meter.ROLE_CHANGES, cause.labelWith(to));
  }

  @Override
  public void committed(LogBatch batch) {
    meters.add(Meter.LINES_KEPT, batch.size());
    bus.publish(batch);
  }

  @Override
  public void refused(AppName app, boolean refused) {
    upstream.owner(app, refused);
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

  /** The queues of the apps that are read here. */
  Intake intake() {
    return intake;
  }

  // ---- for those who look ----

  /** How many apps are read; on any thread. */
  int size() {
    return intake.size();
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
