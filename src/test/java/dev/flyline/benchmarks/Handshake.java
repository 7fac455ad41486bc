package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * How the viewers of a load open their streams at a server.
 *
 * @param upgrades whether the stream is a WebSocket
 * @param path the request's path and query
 * @param headers further header lines, each ended by CR LF
 * @param opening text messages to send once the connection is a WebSocket
 */
record Handshake(
    InetSocketAddress server,
    boolean upgrades,
    Words<String> path,
    Words<String> headers,
    Words<List<String>> opening) {

  private static final String UPGRADE =
      """
      Upgrade: websocket\r
      Connection: Upgrade\r
      Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
      Sec-WebSocket-Version: 13\r
      """;

  /** Something that a viewer says, by its number and its app's. */
  interface Words<T> {
    T of(int viewer, int app);
  }

  /** A server that takes no more than a path. */
  static Handshake plain(InetSocketAddress server, Words<String> path) {
    return new Handshake(server, true, path, (_, _) -> "", (_, _) -> List.of());
  }

  byte[] request(int viewer, int app) {
    String request =
        "GET "
            + path.of(viewer, app)
            + " HTTP/1.1\r\nHost: "
            + server.getHostString()
            + ":"
            + server.getPort()
            + "\r\n"
            + (upgrades ? UPGRADE : "")
            + headers.of(viewer, app)
            + "\r\n";
    return request.getBytes(US_ASCII);
  }

  /** What is sent after the answer. */
  byte[] opening(int viewer, int app) {
    var bytes = new ByteArrayOutputStream();
    opening.of(viewer, app).forEach(text -> bytes.writeBytes(WebSocket.clientText(text)));
    return bytes.toByteArray();
  }

  /** Throws unless the head of the answer is the one wanted. */
  void check(String head) throws IOException {
    if (!head.startsWith(upgrades ? "HTTP/1.1 101 " : "HTTP/1.1 200 ")) {
      throw new IOException("refused: " + head.lines().findFirst().orElseThrow());
    }
  }
}
