package dev.flyline.stream;

import dev.flyline.bus.Lane;
import dev.flyline.bus.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** The sessions of one event loop, to which it belongs, and their clock. */
final class StreamLane {

  private final Lane lane;
  private final StreamConfig config;
  private final Upstream upstream;
  private final Meters meters;
  private final InstantSource clock;
  private final List<StreamSession> sessions = new ArrayList<>();
  private volatile int open; // for those who only look

  StreamLane(
      Lane lane, StreamConfig config, Upstream upstream, Meters meters, InstantSource clock) {
    this.lane = lane;
    this.config = config;
    this.upstream = upstream;
    this.meters = meters;
    this.clock = clock;
  }

  void start() {
    lane.context().setPeriodic(StreamConfig.TICK.toMillis(), _ -> tick());
    upstream.onChange(state -> lane.run(() -> tell(state)));
  }

  void add(StreamSession session) {
    session.index = sessions.size();
    sessions.add(session);
    open = sessions.size();
  }

  void remove(StreamSession session) {
    if (session.index < 0) {
      return;
    }
    StreamSession last = sessions.removeLast();
    if (last != session) {
      sessions.set(session.index, last);
      last.index = session.index;
    }
    session.index = -1;
    open = sessions.size();
  }

  private void tick() {
    long nowMs = clock.millis();
    for (int i = sessions.size() - 1; i >= 0; i--) { // downwards: whoever ends swaps with the last
      sessions.get(i).tick(nowMs);
    }
  }

  private void tell(Upstream.State state) {
    for (StreamSession session : List.copyOf(sessions)) {
      session.notice(state);
    }
  }

  /** Ends every session, telling each another time to come back, spread over {@code drain}. */
  void restart() {
    long spreadMs = Math.max(1, config.drain().toMillis());
    for (StreamSession session : List.copyOf(sessions)) {
      session.end(EndReason.RESTART, ThreadLocalRandom.current().nextLong(spreadMs));
    }
  }

  int size() {
    return open;
  }

  Lane lane() {
    return lane;
  }

  StreamConfig config() {
    return config;
  }

  Upstream upstream() {
    return upstream;
  }

  void countStalled() {
    meters.count(Meter.VIEWERS_STALLED);
  }
}
