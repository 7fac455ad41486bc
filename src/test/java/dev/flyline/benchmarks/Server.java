package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.Map;

/** The servers that can be measured. */
enum Server {
  NATS("nats-server"),
  FLYLINE("flyline"),
  FLOOR("floor");

  private final String title;

  Server(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  Target start(Processes processes, Load load) throws IOException, InterruptedException {
    return switch (this) {
      case NATS -> NatsTarget.start(processes);
      case FLYLINE -> FlylineTarget.start(processes, Map.of());
      case FLOOR -> FloorTarget.start(processes, load);
    };
  }
}
