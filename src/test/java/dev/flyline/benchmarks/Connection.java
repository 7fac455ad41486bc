package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A viewer's way to its stream: connects, asks, and reads the head of the answer, without waiting
 * for any of it. Belongs to the thread of a {@link ReaderLoop} from its start on.
 */
final class Connection {

  private static final int RESPONSE_BYTES = 32 * 1024;

  /** What a viewer that reads nothing lets the kernel keep for it. */
  private static final int SLOW_BUFFER_BYTES = 16 * 1024;

  private static final String END = "\r\n\r\n";

  private final Viewer viewer;
  private final Wish.Pace pace;
  private final Handshake handshake;
  private final CompletableFuture<Connection> opened = new CompletableFuture<>();
  private byte @Nullable [] request; // until it is sent
  private @Nullable ByteBuffer response; // while its head is read
  private @Nullable SocketChannel channel; // from the start on
  private @Nullable SelectionKey key; // from the start on
  private long startNs;
  private boolean open;

  Connection(Viewer viewer, Wish.Pace pace, Handshake handshake) {
    this.viewer = viewer;
    this.pace = pace;
    this.handshake = handshake;
    request = handshake.request(viewer.number(), viewer.app());
  }

  /** Begins to connect; returns whether the stream is open already. */
  boolean start(Selector selector) throws IOException {
    startNs = System.nanoTime();
    SocketChannel socket = SocketChannel.open();
    channel = socket;
    socket.configureBlocking(false);
    socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (pace != Wish.Pace.FULL) {
      socket.setOption(StandardSocketOptions.SO_RCVBUF, SLOW_BUFFER_BYTES);
    }
    LocalPorts.bind(socket);
    boolean connected = socket.connect(handshake.server());
    key = socket.register(selector, SelectionKey.OP_CONNECT, this);
    return connected && proceed();
  }

  /** Does what can be done now; returns whether the stream is open. */
  boolean proceed() throws IOException {
    SocketChannel socket = socket();
    byte[] asked = request;
    if (asked != null) {
      if (socket.finishConnect()) {
        write(socket, asked);
        request = null;
        response = ByteBuffer.allocate(RESPONSE_BYTES);
        key().interestOps(SelectionKey.OP_READ);
      }
      return false;
    }
    return readHead(socket);
  }

  private boolean readHead(SocketChannel socket) throws IOException {
    ByteBuffer buffer = response;
    if (buffer == null || socket.read(buffer) < 0) {
      throw new IOException("the server closed the connection instead of answering");
    }
    String text = US_ASCII.decode(buffer.duplicate().flip()).toString();
    int end = text.indexOf(END);
    if (end < 0) {
      if (!buffer.hasRemaining()) {
        throw new IOException("the answer's head does not end");
      }
      return false;
    }
    handshake.check(text);
    write(socket, handshake.opening(viewer.number(), viewer.app()));
    buffer.flip().position(end + END.length());
    open = true;
    return true;
  }

  /** A socket that is new takes a few hundred bytes at once. */
  private static void write(SocketChannel socket, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      socket.write(buffer);
    }
  }

  /** What came with the head of the answer; once. */
  ByteBuffer early() {
    ByteBuffer early = response;
    response = null;
    return early == null ? ByteBuffer.allocate(0) : early.compact();
  }

  /** Tells a server that it lives: an answer to all pings so far, which nobody has to ask for. */
  void tellAlive() throws IOException {
    if (open && handshake.upgrades()) {
      int _ = socket().write(WebSocket.pong());
    }
  }

  /** Whether the stream has begun. */
  boolean isOpen() {
    return open;
  }

  Viewer viewer() {
    return viewer;
  }

  Wish.Pace pace() {
    return pace;
  }

  /** When it began to connect. */
  long startNs() {
    return startNs;
  }

  /** Done when the stream is open, or failed. */
  CompletableFuture<Connection> opened() {
    return opened;
  }

  SocketChannel socket() {
    if (channel == null) {
      throw new IllegalStateException("not started");
    }
    return channel;
  }

  SelectionKey key() {
    if (key == null) {
      throw new IllegalStateException("not started");
    }
    return key;
  }

  void close() throws IOException {
    open = false;
    if (channel != null) {
      channel.close();
    }
  }
}
