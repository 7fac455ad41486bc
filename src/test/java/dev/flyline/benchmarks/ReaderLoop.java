package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that opens many viewers' connections and reads them through one buffer.
 *
 * <p>The client shares the machine with the server that it measures, so it must be cheap. It rests
 * after each round: in that time more sockets become readable, and a server's send need not wake
 * anybody, as it need not for a client at the other end of a network. The rest adds at most itself
 * to a delay.
 */
final class ReaderLoop implements AutoCloseable {

  /** A stretch of time as viewers saw it; only the loop's thread writes to it. */
  record Stretch(Delays lines, Delays handshakes, Delays firstLines) {

    Stretch() {
      this(new Delays(), new Delays(), new Delays());
    }

    void add(Stretch other) {
      lines.add(other.lines);
      handshakes.add(other.handshakes);
      firstLines.add(other.firstLines);
    }
  }

  private static final int BUFFER_BYTES = 256 * 1024;

  /** More would queue at the server's door and make each handshake look slow. */
  private static final int HANDSHAKES_AT_ONCE = 64;

  private static final int DRIP_BYTES = 2 * 1024;
  private static final long DRIP_MS = 100;

  /** Servers close a WebSocket that is silent for longer. */
  private static final long ALIVE_NS = 15_000_000_000L;

  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long restNs;
  private final Thread thread;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final Deque<Connection> waiting = new ArrayDeque<>();
  private final List<Connection> slow = new ArrayList<>();
  private final Delays delaysOfSlow = new Delays(); // nobody looks at these
  private int handshaking;
  private long count;
  private long drippedNs;
  private long aliveNs = System.nanoTime();

  // Written by the loop's thread, read by others.
  private volatile long lines;
  private volatile int closed;

  // Replaced by others when another stretch of time begins.
  private volatile Stretch stretch = new Stretch();
  private volatile boolean stopped;

  ReaderLoop(String name, long restNs) throws IOException {
    this.restNs = restNs;
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Has the loop's thread do something soon. */
  void execute(Runnable task) {
    tasks.add(task);
    selector.wakeup();
  }

  /** Opens a connection as soon as fewer are being opened; on the loop's thread. */
  void open(Connection connection) {
    waiting.add(connection);
  }

  /** Closes a connection as its client does; on the loop's thread. */
  void leave(Connection connection) {
    try {
      connection.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** From now on slow viewers read as fast as the others. */
  void hurry() {
    execute(
        () -> {
          slow.removeIf(connection -> !connection.key().isValid());
          slow.forEach(connection -> connection.key().interestOps(SelectionKey.OP_READ));
          slow.clear();
        });
  }

  private void run() {
    try {
      while (!stopped) {
        selector.select(this::take, DRIP_MS);
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
          task.run();
        }
        while (handshaking < HANDSHAKES_AT_ONCE && !waiting.isEmpty()) {
          start(waiting.remove());
        }
        drip();
        tellAlive();
        lines = count;
        LockSupport.parkNanos(restNs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void start(Connection connection) {
    handshaking++;
    try {
      if (connection.start(selector)) {
        opened(connection);
      }
    } catch (IOException e) {
      failed(connection, e);
    }
  }

  private void take(SelectionKey key) {
    var connection = (Connection) key.attachment();
    if (connection.isOpen()) {
      read(connection, BUFFER_BYTES);
      return;
    }
    try {
      if (connection.proceed()) {
        opened(connection);
      }
    } catch (IOException e) {
      failed(connection, e);
    }
  }

  private void opened(Connection connection) {
    handshaking--;
    stretch.handshakes.record(System.nanoTime() - connection.startNs());
    connection.viewer().begin(connection.startNs());
    accept(connection, connection.early());
    if (connection.pace() != Wish.Pace.FULL) {
      connection.key().interestOps(0);
      slow.add(connection);
    }
    connection.opened().complete(connection);
  }

  private void failed(Connection connection, IOException e) {
    handshaking--;
    leave(connection);
    connection.opened().completeExceptionally(e);
  }

  private void drip() {
    if (!slow.isEmpty() && System.nanoTime() - drippedNs > DRIP_MS * 1_000_000) {
      drippedNs = System.nanoTime();
      for (Connection connection : slow) {
        if (connection.pace() == Wish.Pace.DRIP && connection.key().isValid()) {
          read(connection, DRIP_BYTES);
        }
      }
    }
  }

  private void tellAlive() {
    if (System.nanoTime() - aliveNs < ALIVE_NS) {
      return;
    }
    aliveNs = System.nanoTime();
    for (SelectionKey key : selector.keys()) {
      try {
        ((Connection) key.attachment()).tellAlive();
      } catch (IOException _) {
        // reset by the server, which the next read notices
      }
    }
  }

  private void read(Connection connection, int bytes) {
    connection.viewer().prepare(buffer);
    buffer.limit(Math.min(buffer.capacity(), buffer.position() + bytes));
    try {
      if (connection.socket().read(buffer) < 0) {
        drop(connection);
      } else {
        accept(connection, buffer);
      }
    } catch (IOException _) { // reset by the server: the count of closed connections tells it
      drop(connection);
    }
  }

  private void accept(Connection connection, ByteBuffer bytes) {
    Viewer viewer = connection.viewer();
    boolean isFirst = viewer.last() < 0;
    long nowNs = System.nanoTime();
    boolean isSlow = connection.pace() != Wish.Pace.FULL;
    count += viewer.accept(bytes, nowNs, isSlow ? delaysOfSlow : stretch.lines);
    if (isFirst && viewer.last() >= 0) {
      stretch.firstLines.record(nowNs - connection.startNs());
    }
  }

  private void drop(Connection connection) {
    leave(connection);
    int more = closed + 1;
    closed = more;
  }

  long lines() {
    return lines;
  }

  int closed() {
    return closed;
  }

  /** Begins another stretch of time; returns the one before, complete when stopped. */
  Stretch nextStretch() {
    Stretch before = stretch;
    stretch = new Stretch();
    return before;
  }

  /** Ends the thread; from then on its viewers' counts may be read. */
  void stop() {
    stopped = true;
    selector.wakeup();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException _) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }
}
