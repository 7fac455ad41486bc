package dev.flyline.web;

import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Closes connections on which no whole request comes for long: of clients that forgot them, lost
 * their network, or never meant to ask. Each would otherwise hold a file for good.
 *
 * <p>The time runs from the connection's opening, and again from the end of each answer, to the end
 * of the next request's head; so a client that sends a byte at a time does not gain any. While a
 * request is answered, as a stream is for hours, it does not run.
 *
 * <p>Belongs to the event loop of its listener.
 */
final class QuietConnections {

  /** Longer than proxies keep a connection for later, of which 90 s is common. */
  static final Duration LIMIT = Duration.ofMinutes(2);

  private final long limitNs;
  private final Map<HttpConnection, Long> waiting = new LinkedHashMap<>(); // longest first

  QuietConnections(Duration limit) {
    limitNs = limit.toNanos();
  }

  /** A client has connected. */
  void opened(HttpConnection connection) {
    connection.closeHandler(_ -> waiting.remove(connection));
    await(connection);
  }

  /** A request's head has come. */
  void asked(HttpServerRequest request) {
    HttpConnection connection = request.connection();
    waiting.remove(connection);
    // A stream takes its connection over, and so never comes back here.
    request.response().endHandler(_ -> await(connection));
  }

  private void await(HttpConnection connection) {
    waiting.remove(connection); // to the end, if it is there
    waiting.put(connection, System.nanoTime());
  }

  /** Closes those that have been quiet for too long; to be called from time to time. */
  void tick() {
    long nowNs = System.nanoTime();
    Iterator<Map.Entry<HttpConnection, Long>> entries = waiting.entrySet().iterator();
    while (entries.hasNext()) {
      Map.Entry<HttpConnection, Long> longest = entries.next();
      if (nowNs - longest.getValue() < limitNs) {
        return;
      }
      entries.remove(); // before closing, which would remove it too
      var _ = longest.getKey().close();
    }
  }
}
