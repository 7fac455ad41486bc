package dev.flyline.ingest.nats;

import io.nats.client.Connection;
import io.nats.client.Consumer;
import io.nats.client.ErrorListener;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What NATS or its client complains of. Lost lines are told by counts, not here. */
final class NatsErrors implements ErrorListener {

  private static final Logger log = LoggerFactory.getLogger(NatsErrors.class);

  @Override
  public void errorOccurred(Connection connection, String error) {
    log.debug("NATS says: {}", error); // NatsSource has read it as well, and tells what it means
  }

  /** Whether {@code error}, a complaint of NATS, says that it refuses the credentials. */
  static boolean isAboutCredentials(String error) {
    String text = error.toLowerCase(Locale.ROOT);
    return text.contains("authorization violation") || text.contains("authentication");
  }

  @Override
  public void exceptionOccurred(Connection connection, Exception exception) {
    log.debug("NATS client: {}", exception.toString());
  }

  @Override
  public void slowConsumerDetected(Connection connection, Consumer consumer) {
    log.warn("the NATS client's own queue is full");
  }
}
