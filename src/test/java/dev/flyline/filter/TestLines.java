package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyline.log.LogLine;
import io.vertx.core.json.JsonObject;

/** Lines as Fly brings them, for tests of filters. */
final class TestLines {

  private TestLines() {}

  /** A line in Fly's envelope. */
  static LogLine fly(String level, String message) {
    return line(
        new JsonObject()
            .put("event", new JsonObject().put("provider", "app"))
            .put(
                "fly",
                new JsonObject()
                    .put("app", new JsonObject().put("instance", "3d8d7e").put("name", "shop"))
                    .put("region", "fra"))
            .put("host", "a1b2")
            .put("log", new JsonObject().put("level", level))
            .put("message", message)
            .put("timestamp", "2026-11-20T10:23:45.123456789Z")
            .encode());
  }

  /** A line with this payload. */
  static LogLine line(String payload) {
    return of("m1", payload, 0);
  }

  static LogLine of(String machine, String payload, long arrivedMs) {
    return new LogLine("fra", machine, payload.getBytes(UTF_8), arrivedMs);
  }
}
