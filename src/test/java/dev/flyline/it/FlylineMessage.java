package dev.flyline.it;

import java.util.List;

/** What the router itself says in a verbatim form: {@code {"flyline":<frame>}}. */
final class FlylineMessage {

  static final String START = "{\"flyline\":";

  private FlylineMessage() {}

  static List<Seen> parse(String message) {
    if (!message.endsWith("}")) {
      throw new AssertionError("not the router's message: " + message);
    }
    return Frames.parse(message.substring(START.length(), message.length() - 1));
  }
}
