package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.Map;

/** The servers that can be measured; a router in each form of its streams. */
enum Server {
  NATS("nats-server"),
  FLYLINE("flyline"),
  SSE("flyline SSE"),
  V1("flyline.v1"),
  FLOOR("floor");

  private final String title;

  Server(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }

  Target start(Processes processes, Load load, Map<String, String> settings)
      throws IOException, InterruptedException {
    return switch (this) {
      case NATS -> NatsTarget.start(processes);
      case FLYLINE -> FlylineTarget.start(processes, settings, Format.VERBATIM);
      case SSE -> FlylineTarget.start(processes, settings, Format.SSE);
      case V1 -> FlylineTarget.start(processes, settings, Format.V1);
      case FLOOR -> FloorTarget.start(processes, load);
    };
  }
}
