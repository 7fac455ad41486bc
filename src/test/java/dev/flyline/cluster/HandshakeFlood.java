package dev.flyline.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** Strangers who open connection after connection, say the same in each, and prove nothing. */
final class HandshakeFlood implements AutoCloseable {

  private static final int READ_MS = 200;

  private final InetSocketAddress target;
  private final byte[] words;
  private final boolean waits;
  private final AtomicBoolean ended = new AtomicBoolean();
  private final AtomicLong opened = new AtomicLong();
  private final List<Thread> strangers = new ArrayList<>();

  private HandshakeFlood(InetSocketAddress target, byte[] words, boolean waits) {
    this.target = target;
    this.words = words.clone();
    this.waits = waits;
  }

  /**
   * Starts a flood.
   *
   * @param addresses where it comes from, a thread each
   * @param words what each connection says first
   * @param waits whether each waits for an answer, so that the handshake goes on
   */
  static HandshakeFlood start(
      String host, int port, List<String> addresses, byte[] words, boolean waits) {
    var flood =
        new HandshakeFlood(new InetSocketAddress(InetAddress.ofLiteral(host), port), words, waits);
    for (String address : addresses) {
      var from = InetAddress.ofLiteral(address);
      flood.strangers.add(Thread.ofPlatform().daemon().start(() -> flood.pour(from)));
    }
    return flood;
  }

  private void pour(InetAddress from) {
    while (!ended.get()) {
      try (var socket = new Socket()) {
        socket.bind(new InetSocketAddress(from, 0));
        socket.connect(target, READ_MS);
        opened.incrementAndGet();
        socket.getOutputStream().write(words);
        if (waits) {
          socket.setSoTimeout(READ_MS);
          int _ = socket.getInputStream().read();
        }
      } catch (IOException _) {
        // refused, or left without an answer: the next one
      }
    }
  }

  /** How many connections there were. */
  long opened() {
    return opened.get();
  }

  @Override
  public void close() {
    ended.set(true);
    try {
      for (Thread stranger : strangers) {
        stranger.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }
}
