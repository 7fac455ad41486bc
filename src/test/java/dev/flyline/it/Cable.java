package dev.flyline.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

/** A port that leads to a router's and that can be cut and mended, as networks are. */
final class Cable implements AutoCloseable {

  private final ServerSocket near;
  private final int farPort;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean cut;
  private volatile CountDownLatch held = new CountDownLatch(0);

  private Cable(ServerSocket near, int farPort) {
    this.near = near;
    this.farPort = farPort;
  }

  /** A cable to the port of loopback. */
  static Cable to(int farPort) {
    try {
      var near = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
      var cable = new Cable(near, farPort);
      Thread.ofVirtual().start(cable::accept);
      return cable;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return near.getLocalPort();
  }

  /** Breaks every connection; new ones break as soon as they are made. */
  void cut() {
    cut = true;
    open.forEach(Cable::close);
  }

  void mend() {
    cut = false;
  }

  /** Lets nothing through, and tells nobody, until {@link #release}. */
  void hold() {
    held = new CountDownLatch(1);
  }

  void release() {
    held.countDown();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = near.accept();
        if (cut) {
          close(client);
        } else {
          join(client);
        }
      }
    } catch (IOException _) {
      // closed: the test is over
    }
  }

  private void join(Socket client) throws IOException {
    var router = new Socket(InetAddress.ofLiteral("127.0.0.1"), farPort);
    open.add(client);
    open.add(router);
    if (cut) { // it was cut meanwhile, and did not see these two
      close(client);
    }
    Thread.ofVirtual().start(() -> carry(client, router));
    Thread.ofVirtual().start(() -> carry(router, client));
  }

  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      byte[] buffer = new byte[64 * 1024];
      int count = from.getInputStream().read(buffer);
      while (count >= 0) {
        held.await();
        to.getOutputStream().write(buffer, 0, count);
        count = from.getInputStream().read(buffer);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    } catch (IOException _) {
      // cut, or closed by one end: the other end is closed as well
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      near.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    cut();
    release();
  }
}
