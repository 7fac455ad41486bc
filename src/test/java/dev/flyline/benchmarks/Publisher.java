package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Publishes the lines of a load into NATS at an even pace, each app in turn, from a thread of its
 * own.
 */
final class Publisher implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 * 1024;
  private static final long TICK_NS = 1_000_000;

  private final Load load;
  private final List<List<LineTemplate>> templates; // by app and machine
  private final SocketChannel channel;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Thread thread;

  private volatile boolean stopped;
  private volatile long published;
  private volatile @Nullable IOException failure; // set when the thread ended before its time

  private Publisher(Load load, IntFunction<String> names, SocketChannel channel) {
    this.load = load;
    this.channel = channel;
    templates =
        IntStream.range(0, load.apps()).mapToObj(app -> templates(names.apply(app), load)).toList();
    thread = Thread.ofPlatform().daemon().name("publisher").unstarted(this::run);
  }

  private static List<LineTemplate> templates(String app, Load load) {
    return IntStream.range(0, load.wish().sources())
        .mapToObj(source -> LineTemplate.published(app, source, load.lineBytes()))
        .toList();
  }

  /** Starts to publish; {@code names} are those of the load's apps, by number. */
  static Publisher start(Load load, IntFunction<String> names, InetSocketAddress nats)
      throws IOException {
    SocketChannel channel = SocketChannel.open(nats);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    var publisher = new Publisher(load, names, channel);
    publisher.buffer.put("CONNECT {\"verbose\":false}\r\n".getBytes(US_ASCII));
    publisher.thread.start();
    return publisher;
  }

  private void run() {
    long startNs = System.nanoTime();
    long done = 0;
    try {
      while (!stopped) {
        long nowNs = System.nanoTime();
        long due = (long) ((nowNs - startNs) / 1e9 * load.linesPerSecond());
        while (done < due) {
          append(done++);
        }
        flush();
        published = done;
        LockSupport.parkNanos(TICK_NS);
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  private void append(long line) throws IOException {
    List<LineTemplate> sources = templates.get((int) (line % load.apps()));
    long seq = line / load.apps();
    LineTemplate template = sources.get((int) (seq % sources.size()));
    if (buffer.remaining() < template.length()) {
      flush();
    }
    template.appendTo(buffer, seq, System.nanoTime());
  }

  private void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }

  /** Lines published so far. */
  long published() {
    return published;
  }

  /** Publishes no more; the connection stays, so that nothing is lost in it. */
  void stop() throws IOException, InterruptedException {
    stopped = true;
    thread.join();
    if (failure != null) {
      throw new IOException("publishing failed", failure);
    }
  }

  @Override
  public void close() throws IOException {
    stopped = true;
    channel.close();
  }
}
