package dev.flyline.it;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** Somebody else's web site: pages of another origin than the router's. */
final class TestSite implements AutoCloseable {

  private final HttpServer server;

  private TestSite(HttpServer server) {
    this.server = server;
  }

  static TestSite start() {
    try {
      var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
      var server = HttpServer.create(address, 0);
      server.start();
      return new TestSite(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers requests for {@code path}. */
  TestSite with(String path, String mediaType, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    server.createContext(
        path,
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", mediaType);
          exchange.sendResponseHeaders(200, bytes.length);
          try (var out = exchange.getResponseBody()) {
            out.write(bytes);
          }
        });
    return this;
  }

  String origin() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
