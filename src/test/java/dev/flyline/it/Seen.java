package dev.flyline.it;

import com.fasterxml.jackson.core.JsonToken;
import dev.flyline.log.Position;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whatever a client can see on a stream, whichever the transport. */
public sealed interface Seen {

  /** The stream's first word. */
  record Hello(
      String app,
      String node,
      String region,
      String epoch,
      long oldest,
      long head,
      Position at,
      Instant expires,
      Optional<String> filter)
      implements Seen {}

  /**
   * A line.
   *
   * @param at empty where the transport carries no positions
   * @param payload as the form tells it; for text/plain the whole line
   * @param plain the parts of a text/plain line
   */
  record Line(Optional<Position> at, String payload, Optional<Plain> plain) implements Seen {

    static Line of(Position at, String payload) {
      return new Line(Optional.of(at), payload, Optional.empty());
    }

    static Line verbatim(String payload) {
      return new Line(Optional.empty(), payload, Optional.empty());
    }

    /** What a person would read: the payload's {@code message}, or all of what is no object. */
    public String message() {
      return plain.map(Plain::message).orElseGet(() -> messageOf(payload));
    }

    private static String messageOf(String payload) {
      if (!payload.startsWith("{")) {
        return payload;
      }
      try (var json = Frames.JSON.createParser(payload)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          if (json.currentName().equals("message") && json.nextToken() == JsonToken.VALUE_STRING) {
            return json.getText();
          }
          json.nextToken();
          json.skipChildren();
        }
        return payload;
      } catch (IOException e) {
        throw new UncheckedIOException("not JSON: " + payload, e);
      }
    }
  }

  /** The parts of {@code <timestamp> <region> <machine> <level> <message>}. */
  record Plain(Instant time, String region, String machine, String level, String message) {

    private static final Pattern SHAPE =
        Pattern.compile("(\\S+) (\\S+) (\\S+) (\\S+)(?: (.*))?", Pattern.DOTALL);

    static Plain parse(String line) {
      Matcher parts = SHAPE.matcher(line);
      if (!parts.matches()) {
        throw new AssertionError("not a text/plain line: " + line);
      }
      String message = Optional.ofNullable(parts.group(5)).orElse("");
      return new Plain(
          Instant.parse(parts.group(1)), parts.group(2), parts.group(3), parts.group(4), message);
    }
  }

  /**
   * Positions that were not got.
   *
   * @param range empty where the transport carries no positions
   * @param count empty if the router does not know it
   */
  record Hole(Optional<Range> range, OptionalLong count, String cause) implements Seen {}

  /** From the first to the last missing position. */
  record Range(Position from, Position to) {}

  /** Something that a person should know. */
  record Notice(String code, String detail, Optional<Place> place) implements Seen {}

  /** Where a text of the client's is at fault. */
  record Place(long position, String hint) {}

  /** Proof of life; with a position if the transport's ping carries one. */
  record Ping(Optional<Position> at) implements Seen {}

  /** A WebSocket's answer to a ping. */
  record Pong() implements Seen {}

  /** The grant ends soon. */
  record Expiring(long inSeconds) implements Seen {}

  /** The router's last word. */
  record Bye(String code, boolean reconnect, OptionalLong afterMs) implements Seen {}

  /**
   * The end of the connection.
   *
   * @param code a WebSocket's close code, {@link #COMPLETE} for an HTTP answer that was ended
   *     properly, or {@link #BROKEN}
   */
  record End(int code) implements Seen {
    static final int COMPLETE = 1000;
    static final int BROKEN = 1006;
  }
}
