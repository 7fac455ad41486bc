package dev.flyline.it;

import java.util.List;

/** What the router itself says in a verbatim form: {@code {"flyline":<frame>}}. */
final class FlylineMessage {

  static final String START = "{\"flyline\":";

  /** A line that would else look like the router's word. */
  private static final String LINE = START + "{\"type\":\"line\",\"payload\":";

  private FlylineMessage() {}

  static List<Seen> parse(String message) {
    if (message.startsWith(LINE)) {
      return List.of(Seen.Line.verbatim(message.substring(LINE.length(), message.length() - 2)));
    }
    if (!message.endsWith("}")) {
      throw new AssertionError("not the router's message: " + message);
    }
    return Frames.parse(message.substring(START.length(), message.length() - 1));
  }
}
