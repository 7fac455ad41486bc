package dev.flyline.filter;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flyline.log.LogLine;
import org.jspecify.annotations.Nullable;

/**
 * A line as filters see it: its message, and the fields of Fly's envelope and of a message that is
 * JSON itself. Each is found when the first test asks for it, and once. Used anew for each line, by
 * one thread.
 *
 * <p>The message is the envelope's {@code message} if that is a string, else the whole payload.
 */
final class LineView {

  private static final byte[] MESSAGE = "message".getBytes(US_ASCII);
  private static final byte[] NOTHING = {};
  private static final LogLine NO_LINE = new LogLine("", "", NOTHING, 0);

  private final JsonMembers members = new JsonMembers();
  private final JsonLevel payloadLevel = new JsonLevel();
  private final JsonLevel messageLevel = new JsonLevel();
  private final TextStart start = new TextStart();
  private LogLine line = NO_LINE;
  private boolean read;
  private boolean object; // the payload is one
  private byte[] message = NOTHING;
  private int from;
  private int to;
  private boolean nested; // the message is a part of the payload
  private int messageObject; // 1 if it is one, -1 if not, 0 if nobody has asked
  private @Nullable String text; // set when somebody has asked
  private byte[] resolved = NOTHING; // scratch for a message with escapes

  /** Looks at {@code next} from now on. */
  LineView of(LogLine next) {
    line = next;
    read = false;
    messageObject = 0;
    text = null;
    return this;
  }

  LogLine line() {
    return line;
  }

  byte[] messageBytes() {
    read();
    return message;
  }

  int messageFrom() {
    read();
    return from;
  }

  int messageTo() {
    read();
    return to;
  }

  /** The message; what is no UTF-8 in it is U+FFFD. */
  String messageText() {
    read();
    if (text == null) {
      text = new String(message, from, to - from, UTF_8);
    }
    return text;
  }

  /** The message; if it is longer than {@code limit} bytes, its beginning and an ellipsis. */
  String messageText(int limit) {
    read();
    return to - from <= limit ? messageText() : new String(message, from, limit, UTF_8) + '…';
  }

  /** Looks for a field of the envelope; false if it has none of this path. */
  boolean findInEnvelope(byte[] path, JsonValue found) {
    read();
    return object && found.find(line.payload(), 0, line.payload().length, path, 0);
  }

  /** Looks for a field of the message; false if that is no object or has none of this path. */
  boolean findInMessage(byte[] path, JsonValue found) {
    return isMessageObject() && found.find(message, from, to, path, 0);
  }

  /** Looks for a field in the envelope and then in the message. */
  boolean find(byte[] path, JsonValue found) {
    return findInEnvelope(path, found) || (nested && findInMessage(path, found));
  }

  /** Whether the message is a JSON object. */
  boolean isMessageObject() {
    read();
    if (messageObject == 0) {
      members.over(message, from, to);
      messageLevel.clear();
      while (members.next()) {
        messageLevel.look(members);
      }
      messageObject = members.isWhole() ? 1 : -1;
    }
    return messageObject > 0;
  }

  /** What the envelope says of the level; nothing if there is no envelope. */
  @Nullable JsonLevel payloadLevel() {
    read();
    return nested ? payloadLevel : null;
  }

  /** What the message says of the level as JSON; nothing if it is no JSON object. */
  @Nullable JsonLevel messageLevel() {
    return isMessageObject() ? messageLevel : null;
  }

  /** The message's first bytes, to look for a level in. */
  TextStart start() {
    read();
    return start.of(message, from, to);
  }

  private void read() {
    if (read) {
      return;
    }
    read = true;
    byte[] payload = line.payload();
    int begin = -1;
    int end = -1;
    members.over(payload, 0, payload.length);
    payloadLevel.clear();
    while (members.next()) {
      if (members.isNamed(MESSAGE, 0)) {
        begin = members.valueFrom();
        end = members.valueTo();
      } else {
        payloadLevel.look(members);
      }
    }
    object = members.isWhole();
    nested = object && begin >= 0 && payload[begin] == '"';
    message = payload;
    from = nested ? begin + 1 : 0;
    to = nested ? end - 1 : payload.length;
    if (nested && JsonMembers.isEscaped(payload, from, to)) {
      resolve();
    }
  }

  private void resolve() {
    if (resolved.length < to - from) {
      resolved = new byte[Math.max(to - from, 512)];
    }
    to = JsonEscapes.resolve(message, from, to, resolved);
    from = 0;
    message = resolved;
  }
}
