package dev.flyline.it;

import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * Bytes that come over time, read in whole units: a unit that is not complete when the deadline
 * passes stays where it is, so a later call can go on.
 */
abstract class ByteReader {

  private byte[] buffer = new byte[2048];
  private int from;
  private int to;

  /**
   * Reads at least one byte into {@code into}, or returns -1 at the end.
   *
   * @throws java.net.SocketTimeoutException if none comes before the deadline
   */
  abstract int fill(byte[] into, int offset, int length, Deadline deadline) throws IOException;

  /** Waits for {@code count} bytes; false if the end comes first. */
  final boolean has(int count, Deadline deadline) throws IOException {
    while (to - from < count) {
      if (!grow(deadline)) {
        return false;
      }
    }
    return true;
  }

  /** Waits for {@code count} bytes, without which the stream would be broken. */
  final void need(int count, Deadline deadline) throws IOException {
    if (!has(count, deadline)) {
      throw new EOFException("the stream ended in the middle of a unit");
    }
  }

  /** How many bytes can be had without waiting. */
  final int available() {
    return to - from;
  }

  /** The byte {@code index} places ahead, which {@link #has} has waited for. */
  final int peek(int index) {
    return buffer[from + index] & 0xff;
  }

  final byte[] take(int count) {
    byte[] taken = Arrays.copyOfRange(buffer, from, from + count);
    skip(count);
    return taken;
  }

  final void move(byte[] into, int offset, int count) {
    System.arraycopy(buffer, from, into, offset, count);
    skip(count);
  }

  final void skip(int count) {
    from += count;
  }

  /** The distance to the first {@code a} or {@code b}, or -1 if the end comes before one. */
  final int find(char a, char b, Deadline deadline) throws IOException {
    int seen = 0;
    while (true) {
      for (; seen < to - from; seen++) {
        byte at = buffer[from + seen];
        if (at == a || at == b) {
          return seen;
        }
      }
      if (!grow(deadline)) {
        return -1;
      }
    }
  }

  /** The next line without its LF, or empty at the end. */
  final Optional<byte[]> line(Deadline deadline) throws IOException {
    int end = find('\n', '\n', deadline);
    if (end < 0) {
      if (available() > 0) {
        throw new EOFException("the stream ended in the middle of a line");
      }
      return Optional.empty();
    }
    byte[] line = take(end);
    skip(1);
    return Optional.of(line);
  }

  private boolean grow(Deadline deadline) throws IOException {
    if (from == to) {
      from = 0;
      to = 0;
    } else if (to == buffer.length) {
      int kept = to - from;
      byte[] roomier = kept > buffer.length / 2 ? new byte[buffer.length * 2] : buffer;
      System.arraycopy(buffer, from, roomier, 0, kept);
      buffer = roomier;
      from = 0;
      to = kept;
    }
    int read = fill(buffer, to, buffer.length - to, deadline);
    if (read > 0) {
      to += read;
    }
    return read >= 0;
  }
}
