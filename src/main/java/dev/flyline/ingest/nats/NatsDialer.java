package dev.flyline.ingest.nats;

import io.nats.client.ConnectionListener;
import io.nats.client.Options;
import java.time.Duration;

/**
 * How this router connects to NATS. The client's own defaults give up after some minutes, and take
 * minutes to see that the other side is gone.
 */
final class NatsDialer {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration PING = Duration.ofSeconds(10);
  private static final int PINGS_OUT = 2;

  private final IngestConfig config;
  private final String node;
  private final NatsCredentials credentials;
  private final Backoff backoff;

  NatsDialer(IngestConfig config, String node, NatsCredentials credentials, Backoff backoff) {
    this.config = config;
    this.node = node;
    this.credentials = credentials;
    this.backoff = backoff;
  }

  /** Options of the next attempt, with the token form that is its turn. */
  Options options(ConnectionListener listener) {
    var builder =
        new Options.Builder()
            .servers(config.servers().toArray(String[]::new))
            .connectionName("flyline/" + node)
            .ignoreDiscoveredServers()
            .maxReconnects(-1)
            .reconnectDelayHandler(_ -> Duration.ofMillis(backoff.jitteredMs()))
            .connectionTimeout(CONNECT)
            .pingInterval(PING)
            .maxPingsOut(PINGS_OUT)
            .dataPortType(PacedPort.class.getName())
            .connectionListener(listener)
            .errorListener(new NatsErrors());
    credentials.apply(builder);
    return builder.build();
  }
}
