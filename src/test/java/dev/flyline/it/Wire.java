package dev.flyline.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A TCP connection of which the test decides every byte sent, and when one is read. Nothing reads
 * in the background, so a test that does not read leaves the router with a full socket.
 */
final class Wire extends ByteReader implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final Socket socket;

  private Wire(Socket socket) {
    this.socket = socket;
  }

  static Wire connect(int port) {
    return connect(port, 0);
  }

  /** Connects with a receive buffer of {@code receiveBytes}, or the system's own for 0. */
  static Wire connect(int port, int receiveBytes) {
    try {
      return connect(
          new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port),
          receiveBytes,
          Deadline.in(CONNECT));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Wire connect(InetSocketAddress address, int receiveBytes, Deadline deadline)
      throws IOException {
    var socket = new Socket();
    try {
      if (receiveBytes > 0) {
        socket.setReceiveBufferSize(receiveBytes);
      }
      socket.setTcpNoDelay(true);
      socket.connect(address, (int) Math.max(1, deadline.leftMs()));
      return new Wire(socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  void send(String text) throws IOException {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Says that nothing more will be sent. */
  void finish() throws IOException {
    socket.shutdownOutput();
  }

  @Override
  int fill(byte[] into, int offset, int length, Deadline deadline) throws IOException {
    long leftMs = deadline.leftMs();
    if (leftMs == 0) {
      throw new SocketTimeoutException("nothing came in time");
    }
    socket.setSoTimeout((int) Math.min(leftMs, Integer.MAX_VALUE));
    return socket.getInputStream().read(into, offset, length);
  }

  /** Drops the connection as a lost network does: with a reset, and without a word. */
  void cut() {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException _) {
      // already closed
    }
    close();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
