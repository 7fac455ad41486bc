package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.LoggerFactory;

/** What this package and the libraries log while it is open, as a rule at WARN and above. */
final class TestLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {

  private final BlockingQueue<ILoggingEvent> events = new LinkedBlockingQueue<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

  private final Logger own = (Logger) LoggerFactory.getLogger(TestLog.class.getPackageName());
  private final Level level;

  TestLog() {
    this(Level.WARN);
  }

  /** What is logged at {@code level} and above. */
  TestLog(Level level) {
    this.level = level;
    own.setLevel(level);
    setContext(root.getLoggerContext());
    start();
    root.addAppender(this);
  }

  /** Waits for a message that contains {@code text}; those before it are gone then. */
  String await(String text) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(80);
    while (true) {
      ILoggingEvent event = events.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      assertThat(event).as("logged: %s", text).isNotNull();
      if (event.getFormattedMessage().contains(text)) {
        return event.getFormattedMessage();
      }
    }
  }

  /** The messages that nobody has waited for yet. */
  List<String> rest() {
    return events.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (event.getLevel().isGreaterOrEqual(level)) {
      events.add(event);
    }
  }

  @Override
  public void close() {
    root.detachAppender(this);
    own.setLevel(null); // that of its parents
    stop();
  }
}
