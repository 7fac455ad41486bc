package dev.flyline.ingest;

import dev.flyline.bus.LogBus;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.ingest.nats.IngestConfig;
import dev.flyline.ingest.nats.NatsSource;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import dev.flyline.peer.PeerLinks;
import dev.flyline.replica.AppStatus;
import dev.flyline.replica.RoleCause;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.InstantSource;
import java.util.List;

/**
 * Reads from NATS what is watched, shares it with the other routers, and publishes what is
 * committed on the event bus (see {@link LogBus}). One instance; its state is spread over the
 * lanes.
 */
public final class IngestVerticle extends VerticleBase {

  private final NatsSource source;
  private final PeerLinks links;
  private final List<IngestLane> ingestLanes;

  /**
   * Makes the reading side of a router; {@link #start} connects it.
   *
   * @param bus where committed lines are published
   * @param links the way to the other routers, made for {@code lanes}
   */
  public IngestVerticle(
      Lanes lanes,
      LogBus bus,
      PeerLinks links,
      IngestConfig config,
      FeedConfig rings,
      RingBudget budget,
      Upstream upstream,
      Meters meters,
      InstantSource clock) {
    this.links = links;
    this.source = new NatsSource(config, links.peers().self(), upstream, this::look, meters);
    this.ingestLanes =
        lanes.all().stream()
            .map(
                lane ->
                    new IngestLane(
                        lane,
                        bus,
                        source,
                        links,
                        links.peers(),
                        config,
                        rings,
                        budget,
                        upstream,
                        meters,
                        clock))
            .toList();
    upstream.onChange(state -> ingestLanes.forEach(lane -> lane.upstream(state.connected())));
    upstream.onRefusal(
        (apps, refused) -> ingestLanes.forEach(lane -> lane.refusal(List.copyOf(apps), refused)));
    meters.begin(Meter.ROLE_CHANGES, RoleCause.labels());
    meters.gauge(Meter.NATS_CONNECTED, () -> upstream.state().connected() ? 1 : 0);
    meters.gauge(Meter.NATS_LAST_MESSAGE, source::quietSeconds);
    meters.gauge(Meter.NATS_REFUSED, upstream::refusedApps);
    meters.gauge(Meter.SUBSCRIPTIONS, () -> ingestLanes.stream().mapToLong(IngestLane::size).sum());
  }

  /** Lines of some apps stand in their queues: each lane looks into its own; on any thread. */
  private void look() {
    ingestLanes.forEach(lane -> lane.intake().look());
  }

  /** Who keeps the logs of the apps that are at home on {@code lane}. */
  public Owner owner(Lane lane) {
    return ingestLanes.get(lane.index()).owner();
  }

  /** Begins to connect to NATS, and retries without end. Succeeds before NATS is connected. */
  @Override
  public Future<?> start() {
    ingestLanes.forEach(IngestLane::start);
    links.start(ingestLanes);
    source.start();
    return Future.succeededFuture();
  }

  /** Begins to hand over what is owned here; {@link #isIdle} tells when that is done. */
  public void handOver() {
    links.stop();
  }

  /** Whether no other router would miss this one. */
  public Future<Boolean> isIdle() {
    if (links.peers().present().isEmpty()) {
      return Future.succeededFuture(true);
    }
    return Future.all(ingestLanes.stream().map(IngestLane::isIdle).toList())
        .map(all -> all.<Boolean>list().stream().allMatch(idle -> idle));
  }

  /** What operators see of every app that this router has to do with. */
  public Future<List<AppStatus>> status() {
    return Future.all(ingestLanes.stream().map(IngestLane::status).toList())
        .map(all -> all.<List<AppStatus>>list().stream().flatMap(List::stream).toList());
  }

  /** Leaves NATS; nothing is read, numbered or handed over any more. */
  @Override
  public Future<?> stop() {
    source.close();
    ingestLanes.forEach(IngestLane::stop);
    return Future.succeededFuture();
  }
}
