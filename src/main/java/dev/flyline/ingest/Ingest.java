package dev.flyline.ingest;

import dev.flyline.bus.Batches;
import dev.flyline.bus.Lane;
import dev.flyline.bus.Lanes;
import dev.flyline.bus.Upstream;
import dev.flyline.feed.FeedConfig;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Reads from NATS what is watched, numbers it, and puts it on the bus. */
public final class Ingest {

  private final NatsSource source;
  private final List<IngestLane> ingestLanes;

  /**
   * Makes the reading side of a router; {@link #start} connects it.
   *
   * @param node the router's name, part of every epoch
   */
  public Ingest(
      Lanes lanes,
      Batches batches,
      IngestConfig config,
      FeedConfig rings,
      RingBudget budget,
      Upstream upstream,
      Meters meters,
      InstantSource clock,
      String node) {
    this.source = new NatsSource(config, node, upstream, meters);
    var terms = new AtomicLong();
    this.ingestLanes =
        lanes.all().stream()
            .map(
                lane ->
                    new IngestLane(
                        lane, source, batches, config, rings, budget, meters, clock, node, terms))
            .toList();
    meters.gauge(Meter.SUBSCRIPTIONS, () -> ingestLanes.stream().mapToLong(IngestLane::size).sum());
  }

  /** Who numbers the apps that are at home on {@code lane}. */
  public Owner owner(Lane lane) {
    return ingestLanes.get(lane.index());
  }

  /** Begins to connect to NATS, and goes on trying for ever. */
  public void start() {
    ingestLanes.forEach(IngestLane::start);
    source.start();
  }

  /** Leaves NATS. */
  public void close() {
    source.close();
  }
}
