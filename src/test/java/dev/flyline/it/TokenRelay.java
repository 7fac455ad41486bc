package dev.flyline.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Stands in front of a router for a browser's EventSource, which can send no token: adds it to
 * every request, and passes on everything else, a refused connection too.
 */
final class TokenRelay implements AutoCloseable {

  private final ServerSocket server;
  private final int router;
  private final String token;

  TokenRelay(int router, String token) throws IOException {
    this.server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
    this.router = router;
    this.token = token;
    Thread.ofVirtual().start(this::accept);
  }

  String url() {
    return "http://127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = server.accept();
        Thread.ofVirtual().start(() -> relay(client));
      }
    } catch (IOException _) {
      // closed
    }
  }

  /** One request a connection. */
  private void relay(Socket client) {
    try (client;
        var to = new Socket(InetAddress.ofLiteral("127.0.0.1"), router)) {
      String head = head(client);
      int line = head.indexOf("\r\n") + 2;
      String more = "Authorization: Bearer " + token + "\r\nConnection: close\r\n";
      String rest = head.substring(line).replaceAll("(?im)^connection:.*\r\n", "");
      to.getOutputStream()
          .write((head.substring(0, line) + more + rest).getBytes(StandardCharsets.ISO_8859_1));
      to.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // one of the two has gone, and so does the other
    }
  }

  private static String head(Socket client) throws IOException {
    var head = new ByteArrayOutputStream();
    while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = client.getInputStream().read();
      if (next < 0) {
        throw new IOException("no request");
      }
      head.write(next);
    }
    return head.toString(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
