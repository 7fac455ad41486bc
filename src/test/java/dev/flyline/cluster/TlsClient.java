package dev.flyline.cluster;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A client of a router's port that keeps what it has sent and received, as an eavesdropper would.
 */
final class TlsClient implements AutoCloseable {

  private static final int ROOM = 32 * 1024;
  private static final int PATIENCE_MS = 60_000;

  private final Socket socket;
  private final SSLEngine engine;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private final ByteBuffer in = ByteBuffer.allocate(ROOM).limit(0);

  private TlsClient(Socket socket, SSLEngine engine) {
    this.socket = socket;
    this.engine = engine;
  }

  /** Connects and goes through the client's part of the handshake as {@code identity}. */
  static TlsClient connect(int port, Identity identity) throws IOException {
    return connect(TestCluster.HOST, port, identity);
  }

  static TlsClient connect(String host, int port, Identity identity) throws IOException {
    var socket = new Socket(InetAddress.ofLiteral(host), port);
    socket.setSoTimeout(PATIENCE_MS);
    var client = new TlsClient(socket, identity.openingEngines().get());
    try {
      client.handshake();
      return client;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private void handshake() throws IOException {
    engine.beginHandshake();
    while (true) {
      switch (engine.getHandshakeStatus()) {
        case NEED_TASK -> engine.getDelegatedTask().run();
        case NEED_WRAP -> write(new byte[0]);
        case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> unwrap();
        case FINISHED, NOT_HANDSHAKING -> {
          return;
        }
      }
    }
  }

  /** Sends {@code plain}, or what the handshake has to say. */
  void write(byte[] plain) throws IOException {
    var from = ByteBuffer.wrap(plain);
    do {
      var to = ByteBuffer.allocate(ROOM);
      engine.wrap(from, to);
      sent.write(to.array(), 0, to.position());
      socket.getOutputStream().write(to.array(), 0, to.position());
    } while (from.hasRemaining());
  }

  /** The next plain bytes of the other side; fails when it refuses or ends. */
  byte[] read() throws IOException {
    while (true) {
      byte[] plain = unwrap();
      if (plain.length > 0) {
        return plain;
      }
      if (engine.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
        engine.getDelegatedTask().run();
      }
    }
  }

  private byte[] unwrap() throws IOException {
    while (true) {
      var to = ByteBuffer.allocate(ROOM);
      SSLEngineResult result = engine.unwrap(in, to);
      switch (result.getStatus()) {
        case OK -> {
          return Arrays.copyOf(to.array(), to.position());
        }
        case CLOSED -> throw new EOFException("closed by TLS");
        case BUFFER_OVERFLOW -> throw new AssertionError("a record of more than " + ROOM);
        case BUFFER_UNDERFLOW -> fill();
      }
    }
  }

  private void fill() throws IOException {
    in.compact();
    int count = socket.getInputStream().read(in.array(), in.position(), in.remaining());
    if (count < 0) {
      in.flip();
      throw new EOFException("closed");
    }
    received.write(in.array(), in.position(), count);
    in.position(in.position() + count).flip();
  }

  /** Every byte that this client has sent. */
  byte[] sent() {
    return sent.toByteArray();
  }

  /** Every byte that it has received. */
  byte[] received() {
    return received.toByteArray();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
