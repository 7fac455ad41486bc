package dev.flyline.cli;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;

/** A connection to NATS that lines are published to. */
final class NatsPublisher implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Connection connection;

  private NatsPublisher(Connection connection) {
    this.connection = connection;
  }

  /** Connects to the server at {@code url}, which may hold a name and a password. */
  static NatsPublisher connect(String url) throws InterruptedException {
    try {
      var options =
          new Options.Builder()
              .server(url)
              .connectionName("flyline generate")
              .connectionTimeout(PATIENCE)
              .errorListener(new ErrorListener() {}) // jnats' own one writes to standard error
              .build();
      return new NatsPublisher(Nats.connect(options));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailure("cannot connect to NATS at " + withoutPassword(url), e);
    }
  }

  /** Publishes {@code line}; waits while the connection can take no more. */
  void publish(FlyLines.Line line) {
    try {
      connection.publish(line.subject().toString(), line.bytes());
    } catch (IllegalStateException e) {
      throw new CommandFailure("NATS takes no more lines: " + e.getMessage(), e);
    }
  }

  /** Waits until the server has all lines. */
  void flush() throws InterruptedException {
    try {
      connection.flush(PATIENCE);
    } catch (TimeoutException e) {
      throw new CommandFailure("NATS did not take the last lines", e);
    }
  }

  /** Disconnects. */
  @Override
  public void close() {
    try {
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static String withoutPassword(String url) {
    return url.replaceAll("[^/@,]+@", "");
  }
}
