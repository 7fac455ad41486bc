package dev.flyline.web;

import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The listener for whoever runs the router: metrics and health. One instance. */
public final class OpsVerticle extends VerticleBase {

  private final WebConfig config;
  private final ConnectionLimits limits;
  private final List<Endpoint> endpoints;
  private volatile @Nullable HttpServer server; // set when the port is open

  /** Serves metrics, health and {@code more}. */
  public OpsVerticle(WebConfig config, Meters meters, Health health, List<Endpoint> more) {
    this.config = config;
    this.limits = ConnectionLimits.forOperators(config, meters);
    var all = new ArrayList<Endpoint>(more);
    all.add(HealthEndpoint.forOperators(health));
    all.add(new MetricsEndpoint(meters));
    this.endpoints = List.copyOf(all);
  }

  @Override
  public Future<?> start() {
    return HttpListener.listen(
            vertx,
            SocketAddress.inetSocketAddress(config.opsPort(), HttpListener.host(config.opsHost())),
            new Connections(limits, Connections.Patience.DEFAULT),
            List.of(new Origins(List.of())),
            endpoints)
        .onSuccess(listening -> server = listening);
  }

  /** The port that is open: the configured one, or the one found free. */
  public int actualPort() {
    var listening = server;
    if (listening == null) {
      throw new IllegalStateException("not listening yet");
    }
    return listening.actualPort();
  }
}
