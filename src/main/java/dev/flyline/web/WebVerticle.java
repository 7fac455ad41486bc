package dev.flyline.web;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listener for viewers; one instance per event loop, and all share the port.
 *
 * <p>Vert.x hands each new connection to the next instance, which serves it on its own event loop
 * to the end. The endpoints of an instance therefore belong to that event loop.
 */
public final class WebVerticle extends VerticleBase {

  /** Servers that listen on the same random port name it by the same number. */
  private static final int SHARED_PORT_ID = 1;

  private final WebConfig config;
  private final ConnectionLimits limits;
  private final List<Endpoint> endpoints;
  private volatile @Nullable HttpServer server; // set when the port is open

  /** Serves {@code endpoints}; the first one that knows a path has it. */
  public WebVerticle(WebConfig config, ConnectionLimits limits, List<Endpoint> endpoints) {
    this.config = config;
    this.limits = limits;
    this.endpoints = List.copyOf(endpoints);
  }

  @Override
  public Future<?> start() {
    return HttpListener.listen(
            vertx,
            address(),
            new Connections(limits, Connections.Patience.DEFAULT),
            List.of(new HttpsRedirect(config.edge()), new Origins(config.corsOrigins())),
            endpoints)
        .onSuccess(listening -> server = listening);
  }

  private SocketAddress address() {
    String host = HttpListener.host(config.httpHost());
    return config.httpPort() == 0
        ? SocketAddress.sharedRandomPort(SHARED_PORT_ID, host)
        : SocketAddress.inetSocketAddress(config.httpPort(), host);
  }

  /** The port that is open: the configured one, or the one found free for all instances. */
  public int actualPort() {
    var listening = server;
    if (listening == null) {
      throw new IllegalStateException("not listening yet");
    }
    return listening.actualPort();
  }
}
