package dev.flyline.stream;

import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

/** The connections of one event loop, to which it belongs, and their clock. */
final class StreamLane {

  private final Lane lane;
  private final StreamConfig config;
  private final Upstream upstream;
  private final HistoryBudget history;
  private final Meters meters;
  private final InstantSource clock;
  private final Wheel<StreamConnection> connections;
  private final Set<AppName> changed = new HashSet<>(); // whose viewers are told at the next tick
  private volatile int open; // for those who only look

  StreamLane(
      Lane lane,
      StreamConfig config,
      HistoryBudget history,
      Upstream upstream,
      Meters meters,
      InstantSource clock) {
    this.lane = lane;
    this.config = config;
    this.history = history;
    this.upstream = upstream;
    this.meters = meters;
    this.clock = clock;
    this.connections = new Wheel<>(StreamConfig.TICK.toMillis(), clock.millis());
  }

  void start() {
    lane.every(StreamConfig.TICK.toMillis(), this::tick);
    upstream.onChange(_ -> lane.run(this::tellAll));
    upstream.onOwner(app -> lane.run(() -> changed.add(app)));
  }

  /** What each user may still read of history. */
  HistoryBudget history() {
    return history;
  }

  void add(StreamConnection connection) {
    connections.add(connection);
    open = connections.size();
  }

  void remove(StreamConnection connection) {
    connections.remove(connection);
    open = connections.size();
  }

  /** Looks at {@code connection} at the next tick, whatever it has asked for. */
  void lookSoon(StreamConnection connection) {
    connections.hasten(connection);
  }

  private void tick() {
    connections.turn(clock.millis(), StreamConnection::tick);
    open = connections.size();
    if (!changed.isEmpty()) {
      Set<AppName> apps = Set.copyOf(changed);
      changed.clear();
      tell(apps::contains);
    }
  }

  private void tellAll() {
    tell(_ -> true);
  }

  /** Tells everybody how the log stream stands for those of {@code apps} that they see. */
  private void tell(Predicate<AppName> apps) {
    for (StreamConnection connection : connections.all()) {
      connection.tell(upstream, apps);
    }
  }

  /** Ends every stream, telling each another time to come back, spread over {@code drain}. */
  void restart() {
    long spreadMs = Math.max(1, config.drain().toMillis());
    for (StreamConnection connection : connections.all()) {
      connection.end(EndReason.RESTART, ThreadLocalRandom.current().nextLong(spreadMs));
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

  /** The time now, in milliseconds since 1970. */
  long nowMs() {
    return clock.millis();
  }

  void count(Meter meter) {
    meters.count(meter);
  }

  void count(Meter meter, String label) {
    meters.count(meter, label);
  }
}
