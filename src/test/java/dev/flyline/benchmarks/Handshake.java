package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;
import java.util.function.IntFunction;

/**
 * How a viewer of a given app opens its WebSocket at a server.
 *
 * @param path the request's path, by app
 * @param headers further header lines, each ended by CR LF, by app
 * @param opening text messages to send once the connection is a WebSocket, by app
 */
record Handshake(
    InetSocketAddress server,
    IntFunction<String> path,
    IntFunction<String> headers,
    IntFunction<List<String>> opening) {

  /** So many connections leave one local address, since an address has no more than 64 Ki ports. */
  private static final int PER_ADDRESS = 20_000;

  private static final int RESPONSE_BYTES = 16 * 1024;
  private static final String END = "\r\n\r\n";

  /** An open WebSocket and what the server had sent on it already. */
  record Opened(SocketChannel channel, ByteBuffer received) {}

  /** Connects, upgrades and sends the opening messages; blocks. */
  Opened open(int viewer, int app) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(localAddress(viewer), 0));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(server);
      write(channel, request(app).getBytes(US_ASCII));
      ByteBuffer received = readResponse(channel);
      for (String message : opening.apply(app)) {
        write(channel, WebSocket.clientText(message));
      }
      return new Opened(channel, received);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  private static InetAddress localAddress(int viewer) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, (byte) (1 + viewer / PER_ADDRESS), 1});
  }

  private String request(int app) {
    return "GET "
        + path.apply(app)
        + " HTTP/1.1\r\nHost: "
        + server.getHostString()
        + ":"
        + server.getPort()
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        + headers.apply(app)
        + "\r\n";
  }

  private static void write(SocketChannel channel, byte[] bytes) throws IOException {
    var buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }

  /** Reads the response's head and returns what came after it. */
  private static ByteBuffer readResponse(SocketChannel channel) throws IOException {
    var buffer = ByteBuffer.allocate(RESPONSE_BYTES);
    while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
      String text = new String(buffer.array(), 0, buffer.position(), US_ASCII);
      int end = text.indexOf(END);
      if (end >= 0) {
        if (!text.startsWith("HTTP/1.1 101 ")) {
          throw new IOException("no upgrade: " + text.lines().findFirst().orElseThrow());
        }
        return buffer.flip().position(end + END.length());
      }
    }
    throw new IOException("the server closed the connection instead of upgrading it");
  }
}
