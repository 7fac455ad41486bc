package dev.flyline.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A reverse proxy that names the router by its own address in {@code Host}, as proxies do by
 * default. One request per connection; what follows an upgrade passes through.
 */
final class HostRewriter implements AutoCloseable {

  private final ServerSocket near;
  private final int farPort;
  private final boolean passesUpgrades;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private HostRewriter(ServerSocket near, int farPort, boolean passesUpgrades) {
    this.near = near;
    this.farPort = farPort;
    this.passesUpgrades = passesUpgrades;
  }

  /** A proxy of the port of loopback; without upgrades it keeps {@code Host} but loses them. */
  static HostRewriter to(int farPort, boolean passesUpgrades) {
    try {
      var near = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"));
      var proxy = new HostRewriter(near, farPort, passesUpgrades);
      Thread.ofVirtual().start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return near.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = near.accept();
        open.add(client);
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException _) {
      // closed: the test is over
    }
  }

  private void serve(Socket client) {
    try (client;
        var router = new Socket(InetAddress.ofLiteral("127.0.0.1"), farPort)) {
      open.add(router);
      router.getOutputStream().write(rewritten(head(client.getInputStream())));
      Thread.ofVirtual().start(() -> pass(client, router));
      router.getInputStream().transferTo(client.getOutputStream());
    } catch (IOException _) {
      // one of the two has gone
    }
  }

  private static void pass(Socket from, Socket to) {
    try {
      from.getInputStream().transferTo(to.getOutputStream());
      to.shutdownOutput();
    } catch (IOException _) {
      // one of the two has gone
    }
  }

  private static String head(InputStream in) throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        throw new IOException("no request");
      }
      head.append((char) b);
    }
    return head.toString();
  }

  private byte[] rewritten(String head) {
    boolean upgrades = head.toLowerCase(Locale.ROOT).contains("\r\nupgrade:");
    String changed =
        passesUpgrades
            ? head.replaceFirst("(?i)\r\nHost: [^\r]*", "\r\nHost: 10.0.0.7:" + farPort)
            : head.replaceFirst("(?i)\r\nUpgrade: [^\r]*", "");
    if (!upgrades || !passesUpgrades) {
      changed = changed.replaceFirst("(?i)\r\nConnection: [^\r]*", "\r\nConnection: close");
    }
    return changed.getBytes(StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() {
    try {
      near.close();
      for (Socket socket : open) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
