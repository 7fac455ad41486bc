package dev.flyline.it;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Many viewers of lines that say when they were sent, on the test's thread: how long the lines
 * take.
 */
final class FloodViewers implements AutoCloseable {

  private static final String MARK = "at-";
  private static final int DIGITS = 19;
  private static final byte[] START = MARK.getBytes(StandardCharsets.US_ASCII);

  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
  private int broken;

  FloodViewers() throws IOException {
    selector = Selector.open();
  }

  /** How long lines took. */
  record Delays(double p50Ms, double p99Ms) {

    static Delays of(long[] ns) {
      Arrays.sort(ns);
      return new Delays(ns[ns.length / 2] / 1e6, ns[ns.length * 99 / 100] / 1e6);
    }
  }

  /** What a line says: when it is sent. */
  static String line() {
    return MARK + "%019d".formatted(System.nanoTime());
  }

  void open(int port, Ask ask) throws IOException {
    var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    SocketChannel channel = SocketChannel.open(address);
    channel.write(ByteBuffer.wrap(ask.request().getBytes(StandardCharsets.ISO_8859_1)));
    buffer.clear();
    while (!text().contains("\r\n\r\n")) {
      if (channel.read(buffer) < 0) {
        throw new IOException("closed: " + text());
      }
    }
    if (!text().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("refused: " + text());
    }
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ);
  }

  private String text() {
    return new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
  }

  /** Reads until {@code lines} lines have come to the viewers together. */
  Delays read(int lines, Deadline deadline) throws IOException {
    long[] delays = new long[lines];
    int count = 0;
    while (count < lines) {
      if (deadline.passed()) {
        throw new IOException(count + " of " + lines + " lines came in time");
      }
      selector.select(100);
      for (SelectionKey key : selector.selectedKeys()) {
        count = read(key, delays, count);
      }
      selector.selectedKeys().clear();
    }
    return Delays.of(delays);
  }

  private int read(SelectionKey key, long[] delays, int before) throws IOException {
    buffer.clear();
    if (((SocketChannel) key.channel()).read(buffer) < 0) {
      broken++;
      key.cancel();
      return before;
    }
    long nowNs = System.nanoTime();
    int count = before;
    for (int i = 0; i + START.length + DIGITS <= buffer.position(); i++) {
      if (Arrays.equals(buffer.array(), i, i + START.length, START, 0, START.length)
          && count < delays.length) {
        int from = i + START.length;
        String digits = new String(buffer.array(), from, DIGITS, StandardCharsets.US_ASCII);
        delays[count++] = nowNs - Long.parseLong(digits);
      }
    }
    return count;
  }

  /** How many streams have ended. */
  int broken() {
    return broken;
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
