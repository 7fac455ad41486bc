package dev.flyline.it;

import dev.flyline.log.Position;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.List;
import java.util.Optional;

/**
 * Server-sent events, read as a browser does (WHATWG HTML, "Interpreting an event stream"), and
 * then strictly: events that the contract does not name fail the test.
 */
final class SseSource implements SeenSource {

  private static final String END = ":end";

  private final ByteReader body;
  private boolean skipLf; // the line before ended in CR, so an LF now belongs to it
  private String lastEventId = "";
  private String id = "";
  private String event = "";
  private final StringBuilder data = new StringBuilder();
  private boolean hasId;
  private boolean hasComment;
  private Optional<Integer> retryMs = Optional.empty();

  SseSource(ByteReader body) {
    this.body = body;
  }

  /** What a browser would send as Last-Event-ID. */
  String lastEventId() {
    return lastEventId;
  }

  /** The last {@code retry:}. */
  Optional<Integer> retryMs() {
    return retryMs;
  }

  @Override
  public List<Seen> read(Deadline deadline) throws IOException {
    while (true) {
      Optional<String> line = line(deadline);
      if (line.isEmpty()) {
        return List.of(new Seen.End(Seen.End.COMPLETE));
      }
      if (line.get().isEmpty()) {
        List<Seen> seen = dispatch();
        if (!seen.isEmpty()) {
          return seen;
        }
      } else {
        field(line.get());
      }
    }
  }

  private Optional<String> line(Deadline deadline) throws IOException {
    while (true) {
      int end = body.find('\n', '\r', deadline);
      if (end < 0) {
        if (body.available() > 0 || data.length() > 0) {
          throw new ProtocolException("the stream ended in the middle of an event");
        }
        return Optional.empty();
      }
      boolean belongsToCr = skipLf && end == 0 && body.peek(0) == '\n';
      skipLf = body.peek(end) == '\r';
      byte[] line = body.take(end);
      body.skip(1);
      if (!belongsToCr) {
        return Optional.of(Utf8.strict(line));
      }
    }
  }

  private void field(String line) throws ProtocolException {
    int colon = line.indexOf(':');
    if (colon == 0) {
      hasComment = true;
      return;
    }
    String name = colon < 0 ? line : line.substring(0, colon);
    String value = colon < 0 ? "" : line.substring(colon + 1);
    if (value.startsWith(" ")) {
      value = value.substring(1);
    }
    switch (name) {
      case "data" -> data.append(value).append('\n');
      case "event" -> event = value;
      case "id" -> {
        id = value;
        hasId = true;
      }
      case "retry" -> retryMs = Optional.of(Integer.parseInt(value));
      default -> throw new ProtocolException("not a field: " + line);
    }
  }

  private List<Seen> dispatch() throws ProtocolException {
    lastEventId = id;
    List<Seen> seen = event();
    event = "";
    data.setLength(0);
    hasId = false;
    hasComment = false;
    return seen;
  }

  private List<Seen> event() throws ProtocolException {
    Optional<Position> at = hasId ? Optional.of(position()) : Optional.empty();
    if (data.length() == 0) {
      return hasId || hasComment ? List.of(new Seen.Ping(at)) : List.of();
    }
    String text = data.substring(0, data.length() - 1);
    return switch (event) {
      case "" ->
          List.of(
              Seen.Line.of(
                  at.orElseThrow(() -> new ProtocolException("a line without id: " + text)), text));
      case "hello", "gap", "notice", "bye", "expiring" -> Frames.parse(text);
      default -> throw new ProtocolException("not an event: " + event);
    };
  }

  private Position position() throws ProtocolException {
    return position(id).orElseThrow(() -> new ProtocolException("not a position: " + id));
  }

  /** The position that an id says, which may be that of a stream's end. */
  static Optional<Position> position(String id) {
    return Position.parse(id.endsWith(END) ? id.substring(0, id.length() - END.length()) : id);
  }
}
