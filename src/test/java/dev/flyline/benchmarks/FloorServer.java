package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * The bare cost of fan-out on this machine: lines made on the spot, and one write for each viewer
 * and flush. No NATS, no parsing, no token; what a full socket does not take is lost. A program of
 * its own, so that the kernel accounts for it apart.
 */
final class FloorServer {

  /** As long as flyline lets lines gather on a busy app. */
  private static final long FLUSH_NS = 5_000_000;

  private static final int FLUSH_BYTES = 1 << 20;
  private static final int REQUEST_BYTES = 4 * 1024;
  private static final String UPGRADE =
      """
      HTTP/1.1 101 Switching Protocols\r
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
      \r
      """;

  private final Load load;
  private final List<LineTemplate> templates;
  private final List<List<SocketChannel>> viewers;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(FLUSH_BYTES);
  private final ByteBuffer request = ByteBuffer.allocate(REQUEST_BYTES);

  private FloorServer(Load load) {
    this.load = load;
    templates =
        IntStream.range(0, load.apps())
            .mapToObj(app -> LineTemplate.framed(load.app(app), 0, load.lineBytes()))
            .toList();
    viewers =
        IntStream.range(0, load.apps())
            .<List<SocketChannel>>mapToObj(_ -> new ArrayList<>())
            .toList();
  }

  /** Serves the load named by the second argument on the port given by the first, until ended. */
  static void main(String[] args) throws IOException {
    Load load = Load.ALL.stream().filter(l -> l.name().equals(args[1])).findFirst().orElseThrow();
    try (var listener = ServerSocketChannel.open()) {
      listener.bind(Target.local(Integer.parseInt(args[0])), 1024);
      new FloorServer(load).run(listener);
    }
  }

  private void run(ServerSocketChannel listener) throws IOException {
    int connected = 0;
    while (connected < load.viewers()) {
      if (accept(listener.accept())) {
        connected++;
      }
    }
    long startNs = System.nanoTime();
    long done = 0;
    while (true) {
      long due = (long) ((System.nanoTime() - startNs) / 1e9 * load.linesPerSecond());
      flush(done, due);
      done = due;
      LockSupport.parkNanos(FLUSH_NS);
    }
  }

  /** Answers any request that names an app with an upgrade; false for a mere look at the port. */
  private boolean accept(SocketChannel channel) throws IOException {
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (channel.read(request.clear()) <= 0) {
      channel.close();
      return false;
    }
    String path = new String(request.array(), 0, request.position(), US_ASCII).split(" ", 3)[1];
    channel.write(ByteBuffer.wrap(UPGRADE.getBytes(US_ASCII)));
    channel.configureBlocking(false);
    viewers.get(Integer.parseInt(path.replaceAll("\\D", ""))).add(channel);
    return true;
  }

  /** Writes the lines from {@code done} up to {@code due}, dealt to the apps in turn. */
  private void flush(long done, long due) throws IOException {
    long nowNs = System.nanoTime();
    for (long first = done; first < Math.min(due, done + load.apps()); first++) {
      int app = (int) (first % load.apps());
      buffer.clear();
      for (long line = first; line < due; line += load.apps()) {
        templates.get(app).appendTo(buffer, line / load.apps(), nowNs);
      }
      buffer.flip();
      for (SocketChannel viewer : viewers.get(app)) {
        viewer.write(buffer.rewind());
      }
    }
  }
}
