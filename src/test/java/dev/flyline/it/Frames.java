package dev.flyline.it;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.flyline.log.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads flyline.v1 frames, strictly: a frame that the contract does not name fails the test. */
final class Frames {

  static final JsonFactory JSON = new JsonFactory();

  /** The fields of the frame at hand; lines as the bytes that stand in the frame. */
  private final Map<String, Object> fields = new HashMap<>();

  private final List<String> lines = new ArrayList<>();
  private final List<Long> seqs = new ArrayList<>();
  private final String json;

  private Frames(String json) {
    this.json = json;
  }

  static List<Seen> parse(String frame) {
    return parse(frame.getBytes(StandardCharsets.UTF_8));
  }

  /** What the frame says: one thing, or the lines of a {@code logs} frame. */
  static List<Seen> parse(byte[] frame) {
    var frames = new Frames(Utf8.strict(frame));
    try (var parser = JSON.createParser(frame)) {
      frames.read(parser, frame);
      return frames.seen();
    } catch (IOException | IllegalArgumentException e) {
      throw new AssertionError("not a frame: " + frames.json, e);
    }
  }

  private void read(JsonParser parser, byte[] bytes) throws IOException {
    expect(parser.nextToken() == JsonToken.START_OBJECT, "an object");
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      switch (parser.nextToken()) {
        case VALUE_STRING -> put(name, parser.getText());
        case VALUE_NUMBER_INT -> put(name, parser.getLongValue());
        case VALUE_TRUE -> put(name, true);
        case VALUE_FALSE -> put(name, false);
        case VALUE_NULL -> put(name, Optional.empty());
        case START_ARRAY -> readArray(name, parser, bytes);
        default -> expect(false, "known types of values");
      }
    }
    expect(parser.nextToken() == null, "nothing after the frame");
  }

  private void put(String name, Object value) {
    expect(fields.put(name, value) == null, "each field once");
  }

  private void readArray(String name, JsonParser parser, byte[] bytes) throws IOException {
    put(name, List.of());
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (name.equals("seqs")) {
        seqs.add(parser.getLongValue());
      } else if (parser.currentToken() == JsonToken.VALUE_STRING) {
        lines.add(parser.getText());
      } else {
        expect(parser.currentToken() == JsonToken.START_OBJECT, "objects and strings in lines");
        int start = (int) parser.currentTokenLocation().getByteOffset();
        parser.skipChildren();
        int end = (int) parser.currentLocation().getByteOffset();
        lines.add(new String(bytes, start, end - start, StandardCharsets.UTF_8));
      }
    }
  }

  private List<Seen> seen() {
    return switch (text("type")) {
      case "hello" -> List.of(hello());
      case "logs" -> logs();
      case "gap" -> List.of(gap());
      case "notice" -> List.of(new Seen.Notice(text("code"), text("detail"), place()));
      case "expiring" -> List.of(new Seen.Expiring(number("in")));
      case "ping" -> List.of(new Seen.Ping(Optional.of(position("at"))));
      case "bye" -> List.of(bye());
      default -> throw new IllegalArgumentException("unknown type");
    };
  }

  private Seen hello() {
    Instant expires = Instant.ofEpochSecond(number("expires"));
    return new Seen.Hello(
        text("app"),
        text("node"),
        text("region"),
        text("epoch"),
        number("oldest"),
        number("head"),
        position("at"),
        expires,
        fields.containsKey("filter") ? Optional.of(text("filter")) : Optional.empty());
  }

  private Optional<Seen.Place> place() {
    return fields.containsKey("position")
        ? Optional.of(new Seen.Place(number("position"), text("hint")))
        : Optional.empty();
  }

  private List<Seen> logs() {
    expect(!text("app").isEmpty() && !lines.isEmpty(), "an app and lines");
    expect(fields.containsKey("seq") != fields.containsKey("seqs"), "either seq or seqs");
    expect(!fields.containsKey("seqs") || seqs.size() == lines.size(), "a seq for each line");
    String epoch = text("epoch");
    var seen = new ArrayList<Seen>(lines.size());
    for (int i = 0; i < lines.size(); i++) {
      long seq = fields.containsKey("seq") ? number("seq") + i : seqs.get(i);
      seen.add(Seen.Line.of(new Position(epoch, seq), lines.get(i)));
    }
    return seen;
  }

  private Seen gap() {
    expect(fields.containsKey("count"), "a count, or null");
    OptionalLong count =
        fields.get("count") instanceof Long n ? OptionalLong.of(n) : OptionalLong.empty();
    return new Seen.Hole(
        Optional.of(new Seen.Range(position("from"), position("to"))), count, text("cause"));
  }

  private Seen bye() {
    OptionalLong afterMs =
        fields.get("after_ms") instanceof Long n ? OptionalLong.of(n) : OptionalLong.empty();
    return new Seen.Bye(text("code"), Boolean.TRUE.equals(fields.get("reconnect")), afterMs);
  }

  private Position position(String name) {
    return Position.parse(text(name)).orElseThrow(() -> new IllegalArgumentException(name));
  }

  private String text(String name) {
    expect(fields.get(name) instanceof String, name);
    return (String) fields.get(name);
  }

  private long number(String name) {
    expect(fields.get(name) instanceof Long, name);
    return (Long) fields.get(name);
  }

  private void expect(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("a frame must have " + what + ": " + json);
    }
  }
}
