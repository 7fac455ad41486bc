package dev.flyline.ingest.nats;

import io.nats.client.Connection;
import io.nats.client.impl.SocketDataPort;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket out of which messages go to their {@link Reader} at once, past the client, which gets
 * the rest; and that is read at most once in two milliseconds as long as little comes at a time.
 *
 * <p>Of many apps each of which is quiet, NATS sends lines one by one. Were each read as it comes,
 * each would wake this thread and then an event loop. So they are left in the socket's buffer for a
 * moment and come together, also to all who follow. A line after a quiet time is read at once, and
 * so is a backlog.
 *
 * <p>Made by the client, by the name of this class; read by its one reader.
 */
public class PacedPort extends SocketDataPort {

  private static final long PACE_NS = TimeUnit.MILLISECONDS.toNanos(2);

  /** Bytes; who reads so many at once saves no more by waiting. TLS brings 16 KiB at most. */
  private static final int BACKLOG = 8 * 1024;

  /** Gets the messages: the client's connection listener, if it wants to. */
  interface Reader {

    /** Whose messages are whose on one connection. */
    MessageParser.Receiver receiver();

    /** Everything that has been read has been given to the receiver. */
    void brought();
  }

  private static final Reader NOBODY =
      new Reader() {
        @Override
        public MessageParser.Receiver receiver() {
          return _ -> null;
        }

        @Override
        public void brought() {}
      };

  private @Nullable Reader reader; // set at the first read, as is the parser
  private @Nullable MessageParser parser;
  private long readNs; // set at the first read: the last one counts as long ago
  private boolean waits; // what was read last came soon after what was read before

  /** Not connected yet. */
  public PacedPort() {}

  /**
   * Reads once, and keeps the messages of it.
   *
   * @return how many bytes were none; 0 if all were, and -1 at the end
   */
  @Override
  public int read(byte[] dst, int off, int len) throws IOException {
    MessageParser messages = parser();
    if (waits) {
      pause(PACE_NS - (nowNs() - readNs));
    }
    byte[] buffer = messages.buffer();
    int filled = messages.filled();
    int count = super.read(buffer, filled, Math.min(len, buffer.length - filled));
    if (count < 0) {
      return count;
    }
    long nowNs = nowNs();
    waits = nowNs - readNs < 2 * PACE_NS && count < BACKLOG;
    readNs = nowNs;
    int rest = messages.parse(count, dst, off);
    if (rest < count) {
      reader().brought();
    }
    return rest;
  }

  /** The time of a clock that only goes forward, in nanoseconds. */
  long nowNs() {
    return System.nanoTime();
  }

  /** Lets so much time pass, or less, which is no harm. */
  void pause(long ns) {
    LockSupport.parkNanos(ns);
  }

  private MessageParser parser() {
    MessageParser known = parser;
    if (known == null) {
      known = new MessageParser(reader().receiver());
      parser = known;
      readNs = nowNs() - 2 * PACE_NS;
    }
    return known;
  }

  private Reader reader() {
    Reader known = reader;
    if (known == null) {
      Connection of = connection;
      var listener = of == null ? null : of.getOptions().getConnectionListener();
      known = listener instanceof Reader reads ? reads : NOBODY;
      reader = known;
    }
    return known;
  }
}
