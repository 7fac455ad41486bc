package dev.flyline.stream;

import dev.flyline.lane.Lane;
import dev.flyline.lane.Lanes;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** Every open stream of this router. */
public final class Streams {

  private final Lanes lanes;
  private final List<StreamLane> streamLanes;
  private final HistoryBudget history;
  private final Map<Transport, LongAdder> open = new EnumMap<>(Transport.class);

  public Streams(
      Lanes lanes,
      StreamConfig config,
      HistoryBudget history,
      Upstream upstream,
      Meters meters,
      InstantSource clock) {
    this.lanes = lanes;
    this.history = history;
    for (Transport transport : Transport.values()) {
      var count = new LongAdder();
      open.put(transport, count);
      meters.gauge(Meter.VIEWERS, transport.label(), count::sum);
    }
    meters.begin(Meter.FILTER_CHANGES, Stream.of("changed", "refused", "replaced"));
    this.streamLanes =
        lanes.all().stream()
            .map(lane -> new StreamLane(lane, config, history, upstream, meters, clock))
            .toList();
    lanes.all().forEach(lane -> lane.run(streamLanes.get(lane.index())::start));
  }

  /** Counts one more open stream, or with -1 one less; on any thread. */
  void count(Transport transport, int change) {
    LongAdder count = open.get(transport);
    if (count != null) {
      count.add(change);
    }
  }

  /** What each user may still read of history. */
  HistoryBudget history() {
    return history;
  }

  StreamLane of(EventLoop loop) {
    return streamLanes.get(lanes.of(loop).index());
  }

  /** Ends every stream, telling clients when to come back. Succeeds when all have been told. */
  public Future<Void> restart() {
    return Future.all(streamLanes.stream().map(Streams::restart).toList()).mapEmpty();
  }

  private static Future<Void> restart(StreamLane streamLane) {
    Promise<Void> done = Promise.promise();
    Lane lane = streamLane.lane();
    lane.run(
        () -> {
          streamLane.restart();
          lane.loop().execute(done::complete); // after the writes that have been made
        });
    return done.future();
  }

  /** How many streams are open; on any thread. */
  public int size() {
    return streamLanes.stream().mapToInt(StreamLane::size).sum();
  }
}
