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
    return phase != Phase.SERVING;
  }

  /** Whether new viewers are to be refused. */
  public boolean refusing() {
    return phase == Phase.REFUSING;
  }

  JsonObject readyOrNot() {
    return new JsonObject().put("status", draining() ? "not_ready" : "ready");
  }

  JsonObject readiness() {
    var values = new JsonObject();
    details.forEach((name, value) -> values.put(name, value.get()));
    return new JsonObject().put("status", draining() ? "draining" : "ready").put("details", values);
  }
}
