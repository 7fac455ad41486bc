package dev.flyline.stream.text;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.flyline.stream.JsonObjects;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a person wants to read of the JSON that Fly makes of a line.
 *
 * @param timestamp {@code timestamp}, null if there is no such string
 * @param level {@code log.level}, null if there is no such string
 * @param message {@code message}, null if there is no such string
 */
record FlyFields(@Nullable String timestamp, @Nullable String level, @Nullable String message) {

  private static final FlyFields NONE = new FlyFields(null, null, null);

  /** Interned names would stay for ever, and strangers choose them. */
  private static final JsonFactory JSON =
      JsonFactory.builder().disable(JsonFactory.Feature.INTERN_FIELD_NAMES).build();

  /** Reads what is there; of a payload that is not a JSON object nothing is. */
  static FlyFields read(byte[] payload) {
    if (!JsonObjects.isObject(payload)) {
      return NONE;
    }
    try (JsonParser json = JSON.createParser(payload)) {
      return read(json);
    } catch (IOException _) {
      return NONE; // over a limit of the parser's own
    }
  }

  private static FlyFields read(JsonParser json) throws IOException {
    String timestamp = null;
    String level = null;
    String message = null;
    json.nextToken();
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      switch (name) {
        case "timestamp" -> timestamp = text(json);
        case "message" -> message = text(json);
        case "log" -> level = level(json);
        default -> json.skipChildren();
      }
    }
    return new FlyFields(timestamp, level, message);
  }

  private static @Nullable String level(JsonParser json) throws IOException {
    if (json.currentToken() != JsonToken.START_OBJECT) {
      json.skipChildren();
      return null;
    }
    String level = null;
    for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
      json.nextToken();
      if (name.equals("level")) {
        level = text(json);
      } else {
        json.skipChildren();
      }
    }
    return level;
  }

  private static @Nullable String text(JsonParser json) throws IOException {
    if (json.currentToken() == JsonToken.VALUE_STRING) {
      return json.getText();
    }
    json.skipChildren();
    return null;
  }
}
