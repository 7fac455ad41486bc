package dev.flyline.stream;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Everything a client can say to the router on a {@code flyline.v1} WebSocket. */
sealed interface ClientMessage {

  /**
   * Renews the grant.
   *
   * @param token null if the message brings none, or something that is no string
   */
  record Auth(@Nullable String token) implements ClientMessage {}

  /** Stops the lines. */
  record Pause() implements ClientMessage {}

  /** Goes on with the lines from where they stopped. */
  record Resume() implements ClientMessage {}

  /**
   * Changes the filter.
   *
   * @param app the app of which the lines are; null for the only one of the stream
   */
  record Filter(String expression, @Nullable String app) implements ClientMessage {}

  /** Anything that the protocol does not know; it ends the stream as a bad request. */
  record Unknown() implements ClientMessage {}

  /** Reads a text message. Total: whatever a client sends is a message of some kind. */
  static ClientMessage parse(String text) {
    JsonObject message;
    String type;
    try {
      message = new JsonObject(text);
      type = message.getString("type");
    } catch (DecodeException | ClassCastException e) {
      return new Unknown();
    }
    return switch (type) {
      case "auth" -> new Auth(string(message, "token"));
      case "pause" -> new Pause();
      case "resume" -> new Resume();
      case "filter" -> filter(message);
      case null, default -> new Unknown();
    };
  }

  private static ClientMessage filter(JsonObject message) {
    String expression = string(message, "filter");
    String app = string(message, "app");
    if (expression == null || (app == null && message.containsKey("app"))) {
      return new Unknown();
    }
    return new Filter(expression, app);
  }

  private static @Nullable String string(JsonObject message, String name) {
    return message.getValue(name) instanceof String text ? text : null;
  }
}
