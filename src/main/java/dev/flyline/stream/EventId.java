package dev.flyline.stream;

import dev.flyline.log.Position;
import java.util.Optional;

/**
 * What an {@code id:} of server-sent events says, and so what a browser sends back in {@code
 * Last-Event-ID}: a position, and whether the stream ended there because all was sent.
 *
 * <p>An EventSource reopens a stream that has ended, whatever the reason. Only its last id can tell
 * a client that has got everything from one whose connection broke halfway, and the position alone
 * cannot: a filter may have hidden the lines before it, and others have come since.
 *
 * @param ended whether nothing more is to be sent
 */
public record EventId(Position position, boolean ended) {

  private static final String END = ":end";

  /** Returns what {@code text} says, or empty if no router ever gave such an id. */
  static Optional<EventId> parse(String text) {
    boolean ended = text.endsWith(END);
    String position = ended ? text.substring(0, text.length() - END.length()) : text;
    return Position.parse(position).map(at -> new EventId(at, ended));
  }

  @Override
  public String toString() {
    return ended ? position + END : position.toString();
  }
}
