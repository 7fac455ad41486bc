package dev.flyline.stream;

import dev.flyline.bus.Lane;
import dev.flyline.bus.Lanes;
import dev.flyline.bus.Upstream;
import dev.flyline.metrics.Meters;
import io.netty.channel.EventLoop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.InstantSource;
import java.util.List;

/** Every open stream of this router. */
public final class Streams {

  private final Lanes lanes;
  private final List<StreamLane> streamLanes;

  public Streams(
      Lanes lanes, StreamConfig config, Upstream upstream, Meters meters, InstantSource clock) {
    this.lanes = lanes;
    this.streamLanes =
        lanes.all().stream()
            .map(lane -> new StreamLane(lane, config, upstream, meters, clock))
            .toList();
    lanes.all().forEach(lane -> lane.run(streamLanes.get(lane.index())::start));
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
