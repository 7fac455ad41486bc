package dev.flyline.feed;

import dev.flyline.bus.LogBus;
import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.netty.channel.EventLoop;
import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** The apps that are viewed on this router. Immutable; what changes is in the lanes. */
public final class Feeds {

  private final Lanes lanes;
  private final List<FeedLane> feedLanes;

  /**
   * Makes the feeds of every lane and starts their clocks.
   *
   * @param bus where the owners publish
   * @param owners for each lane the owner of the apps that are at home there
   */
  public Feeds(
      Vertx vertx,
      Lanes lanes,
      LogBus bus,
      Function<Lane, Owner> owners,
      FeedConfig config,
      Meters meters,
      InstantSource clock) {
    this.lanes = lanes;
    meters.begin(Meter.GAPS_TOLD, Stream.of(GapCause.values()).map(GapCause::wireName));
    this.feedLanes =
        lanes.all().stream()
            .map(
                lane ->
                    new FeedLane(lane, this, vertx, bus, owners.apply(lane), config, meters, clock))
            .toList();
    lanes.all().forEach(lane -> lane.later(() -> feedLanes.get(lane.index()).start()));
  }

  /** The feeds of one event loop. */
  public FeedLane of(EventLoop loop) {
    return feedLanes.get(lanes.of(loop).index());
  }

  /** The feeds of every event loop, by index. */
  public List<FeedLane> all() {
    return feedLanes;
  }

  /** How many apps have a feed; on any thread. */
  public long size() {
    return feedLanes.stream().mapToLong(FeedLane::size).sum();
  }

  FeedLane home(AppName app) {
    return feedLanes.get(lanes.home(app).index());
  }
}
