package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that reads many viewers' sockets through one buffer.
 *
 * <p>The client shares the machine with the server that it measures, so it must be cheap. It rests
 * after each round: in that time more sockets become readable, and a server's send need not wake
 * anybody, as it need not for a client at the other end of a network. The rest adds at most itself
 * to a delay.
 */
final class ReaderLoop implements AutoCloseable {

  private static final int BUFFER_BYTES = 256 * 1024;

  private final Selector selector = Selector.open();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final long restNs;
  private final Thread thread;
  private long count;

  // Written by the loop's thread, read by others.
  private volatile long lines;
  private volatile int closed;

  // Replaced by others when another stretch of time begins.
  private volatile Delays delays = new Delays();
  private volatile boolean stopped;

  ReaderLoop(String name, long restNs) throws IOException {
    this.restNs = restNs;
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void add(SocketChannel channel, Viewer viewer) throws IOException {
    channel.configureBlocking(false);
    channel.register(selector, SelectionKey.OP_READ, viewer);
    selector.wakeup();
  }

  private void run() {
    try {
      while (!stopped) {
        selector.select(this::read);
        lines = count;
        LockSupport.parkNanos(restNs);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read(SelectionKey key) {
    var viewer = (Viewer) key.attachment();
    try {
      viewer.prepare(buffer);
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        drop(key);
      } else {
        count += viewer.accept(buffer, System.nanoTime(), delays);
      }
    } catch (IOException _) { // reset by the server: the count of closed connections tells it
      drop(key);
    }
  }

  private void drop(SelectionKey key) {
    key.cancel();
    int more = closed + 1;
    closed = more;
  }

  long lines() {
    return lines;
  }

  int closed() {
    return closed;
  }

  /**
   * Begins another stretch of time; returns the delays of the one before, complete when stopped.
   */
  Delays nextDelays() {
    Delays before = delays;
    delays = new Delays();
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
