package dev.flyline.web;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * Whether this router takes viewers, and what there is to know about its parts.
 *
 * <p>A router that stops says so first, and goes on taking viewers until whoever routes them has
 * seen it: {@link Phase#DRAINING}; only then does it refuse them. Any thread may ask and set.
 */
public final class Health {

  /** How far along its life a router is; never goes back. */
  public enum Phase {
    /** Has not joined its cluster yet. */
    JOINING,
    /** Takes viewers. */
    SERVING,
    /** No longer ready, still takes those who come. */
    DRAINING,
    /** Answers 503. */
    REFUSING
  }

  private final Map<String, Supplier<String>> details = new ConcurrentSkipListMap<>();
  private volatile Phase phase = Phase.SERVING;

  /** Adds what {@code value} says to the ready answer, under {@code name}; never a secret. */
  public void detail(String name, Supplier<String> value) {
    details.put(name, value);
  }

  /** The router has not joined its cluster; this is for its beginning alone. */
  public void startJoining() {
    phase = Phase.JOINING;
  }

  /** Whether the router is to be sent viewers. */
  public boolean ready() {
    return phase == Phase.SERVING;
  }

  /** From now on the router is not ready. */
  public void startDraining() {
    if (phase == Phase.SERVING) {
      phase = Phase.DRAINING;
    }
  }

  /** From now on new viewers get {@link ApiError#draining}. */
  public void startRefusing() {
    phase = Phase.REFUSING;
  }

  /** Whether the router stops. */
  public boolean draining() {
    return phase == Phase.DRAINING || phase == Phase.REFUSING;
  }

  /** Whether new viewers are to be refused. */
  public boolean refusing() {
    return phase == Phase.REFUSING;
  }

  JsonObject readyOrNot() {
    return new JsonObject().put("status", ready() ? "ready" : "not_ready");
  }

  JsonObject readiness() {
    var values = new JsonObject();
    details.forEach((name, value) -> values.put(name, value.get()));
    String status =
        switch (phase) {
          case JOINING -> "joining";
          case SERVING -> "ready";
          case DRAINING, REFUSING -> "draining";
        };
    return new JsonObject().put("status", status).put("details", values);
  }
}
