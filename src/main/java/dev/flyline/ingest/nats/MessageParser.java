package dev.flyline.ingest.nats;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Takes the messages out of what a NATS server sends; everything else is left to the client.
 *
 * <p>The client's own way of a message is a queue, a second thread, and five objects; of a thousand
 * apps each with a line now and then that was a fifth of what a router does with it. Here a line is
 * its payload, copied once.
 *
 * <p>Belongs to the thread that reads the connection. The protocol:
 * https://docs.nats.io/reference/reference-protocols/nats-protocol
 */
final class MessageParser {

  /** Bytes; what is read at once. A server sends at most 64 KiB at a time to a busy client. */
  private static final int BUFFER = 64 * 1024;

  /** Bytes of a line that announces a message; a server's own limit for those it reads is 4,096. */
  static final int MAX_HEADER = 16 * 1024;

  /** Bytes of a message, the most that a server can be told to allow. */
  static final int MAX_PAYLOAD = 64 << 20;

  private static final int MOST_TOKENS = 6;

  /** Bytes of a complaint that are looked at. */
  private static final int MAX_COMPLAINT = 1024;

  /** Knows who wants which subject. */
  interface Receiver {

    /** Who wants {@code subject}, which is good for this call alone; null if nobody. */
    @Nullable Target target(ByteBuffer subject);

    /** The server complains: {@code -ERR} and {@code text}, which goes to the client as well. */
    default void complaint(String text) {}
  }

  /** Wants messages. */
  interface Target {

    /** Whether it wants the one that comes now; if not, its payload is not kept. */
    default boolean takes() {
      return true;
    }

    /** Takes the payload of one, which is its own from here on. */
    void message(byte[] payload);
  }

  private final Receiver receiver;
  private final byte[] buffer = new byte[BUFFER];
  private final ByteBuffer subject = ByteBuffer.wrap(buffer); // of the message that begins
  private int end; // of what waits for more of its line
  private final int[] tokenFrom = new int[MOST_TOKENS];
  private final int[] tokenTo = new int[MOST_TOKENS];
  private int tokens;

  private boolean passing; // within a line that is the client's
  private final StringBuilder complaint = new StringBuilder(); // the line, if it is one
  private @Nullable Target target; // of the message being read
  private byte @Nullable [] payload;
  private int size; // of the message's payload, what the server calls headers included
  private int left; // of it, yet to come
  private int skipped; // of its beginning: headers
  private int trailer; // bytes of the line's end after it, yet to come

  /** Begins with a connection's first byte. */
  MessageParser(Receiver receiver) {
    this.receiver = receiver;
  }

  /** Where to put what is read next, from {@link #filled} on. */
  byte[] buffer() {
    return buffer;
  }

  int filled() {
    return end;
  }

  /**
   * Takes {@code count} bytes that have been put into the buffer.
   *
   * @param rest gets what is no message, at most {@code count} bytes
   * @param at where in {@code rest}
   * @return how many bytes it got
   * @throws IOException if that is not what a NATS server may send
   */
  int parse(int count, byte[] rest, int at) throws IOException {
    end += count;
    int passed = at;
    int pos = 0;
    while (pos < end) {
      if (left > 0) {
        pos += take(pos);
      } else if (trailer > 0) {
        finish(buffer[pos++]);
      } else if (passing || !beginsMessage(buffer[pos])) {
        byte b = buffer[pos++];
        rest[passed++] = b;
        listen(b);
        passing = b != '\n';
      } else {
        int newline = newline(pos);
        if (newline < 0) {
          break;
        }
        begin(pos, newline);
        pos = newline + 1;
      }
    }
    keep(pos);
    return passed - at;
  }

  /** Keeps a line that begins with a minus; no other begins so. */
  private void listen(byte b) {
    if (!passing) {
      complaint.setLength(0);
    }
    if (b == '\n') {
      if (!complaint.isEmpty()) {
        receiver.complaint(complaint.toString().strip());
        complaint.setLength(0);
      }
    } else if (passing ? !complaint.isEmpty() && complaint.length() < MAX_COMPLAINT : b == '-') {
      complaint.append((char) (b & 0xff));
    }
  }

  /** The others that a server sends begin with I, P, + and -. */
  private static boolean beginsMessage(byte b) {
    return b == 'M' || b == 'H' || b == 'm' || b == 'h';
  }

  private int newline(int from) {
    for (int i = from; i < end; i++) {
      if (buffer[i] == '\n') {
        return i;
      }
    }
    return -1;
  }

  private void keep(int from) throws IOException {
    end -= from;
    if (end > MAX_HEADER) {
      throw new IOException("NATS announces a message in more than " + MAX_HEADER + " bytes");
    }
    if (end > 0 && from > 0) {
      System.arraycopy(buffer, from, buffer, 0, end);
    }
  }

  /** {@code MSG subject sid [reply] size}, or {@code HMSG subject sid [reply] headers size}. */
  private void begin(int from, int newline) throws IOException {
    split(from, newline > from && buffer[newline - 1] == '\r' ? newline - 1 : newline);
    boolean headers = isOp(0, "HMSG");
    int least = headers ? 5 : 4;
    if (!(headers || isOp(0, "MSG")) || tokens < least || tokens > least + 1) {
      throw new IOException("NATS announces a message in a way that is none");
    }
    size = number(tokens - 1);
    skipped = headers ? number(tokens - 2) : 0;
    if (skipped > size) {
      throw new IOException("NATS announces a message with more headers than bytes");
    }
    left = size;
    trailer = 2;
    Target to = receiver.target(subject.clear().limit(tokenTo[1]).position(tokenFrom[1]));
    target = to != null && to.takes() ? to : null;
    payload = target == null ? null : new byte[size - skipped];
  }

  private void split(int from, int to) {
    tokens = 0;
    int pos = from;
    while (pos < to) {
      if (isBlank(buffer[pos])) {
        pos++;
        continue;
      }
      int begin = pos;
      while (pos < to && !isBlank(buffer[pos])) {
        pos++;
      }
      if (tokens < MOST_TOKENS) {
        tokenFrom[tokens] = begin;
        tokenTo[tokens] = pos;
      }
      tokens++;
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }

  private boolean isOp(int token, String op) {
    int length = tokenTo[token] - tokenFrom[token];
    if (length != op.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if ((buffer[tokenFrom[token] + i] & ~0x20) != op.charAt(i)) { // any case
        return false;
      }
    }
    return true;
  }

  private int number(int token) throws IOException {
    long value = 0;
    for (int i = tokenFrom[token]; i < tokenTo[token]; i++) {
      int digit = buffer[i] - '0';
      value = value * 10 + digit;
      if (digit < 0 || digit > 9 || value > MAX_PAYLOAD) {
        throw new IOException("NATS announces a message of a size that cannot be");
      }
    }
    return (int) value;
  }

  /** Takes what is there of a payload, and says how much it was. */
  private int take(int from) {
    int count = Math.min(left, end - from);
    int done = size - left;
    byte[] into = payload;
    if (into != null) {
      int over = Math.max(0, skipped - done); // headers
      if (over < count) {
        System.arraycopy(buffer, from + over, into, done + over - skipped, count - over);
      }
    }
    left -= count;
    return count;
  }

  private void finish(byte b) throws IOException {
    trailer--;
    if (b != (trailer == 1 ? '\r' : '\n')) {
      throw new IOException("NATS sends a message that is longer than announced");
    }
    if (trailer == 0 && target != null && payload != null) {
      Target to = target;
      byte[] of = payload;
      target = null;
      payload = null;
      to.message(of);
    }
  }
}
