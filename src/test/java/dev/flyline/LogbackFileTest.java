package dev.flyline;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.AsyncAppender;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.joran.spi.JoranException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What conf/logback.xml makes of a record. */
@Timeout(20)
final class LogbackFileTest {

  private final LoggerContext context = new LoggerContext();

  @BeforeEach
  void load() throws JoranException {
    context.setMDCAdapter(new LogbackMDCAdapter()); // else events cannot be kept for later
    var configurator = new JoranConfigurator();
    configurator.setContext(context);
    configurator.doConfigure(Path.of("conf", "logback.xml").toFile());
  }

  @AfterEach
  void stop() {
    context.stop();
  }

  @Test
  void record_isOneLine() {
    assertThat(line("a\r\nb\n  c\n", null)).endsWith("INFO  LogbackFileTest a | b | c\n");
    assertThat(line("failed", new IllegalStateException("why\nand how")))
        .contains("failed java.lang.IllegalStateException: why | and how | at dev.flyline.")
        .containsOnlyOnce("\n");
  }

  @Test
  void controlCharactersOfStrangers_areReplaced() {
    assertThat(line("junk \0\u001b[2J\u0007\u007f\u009b1m\t. \u00e9\u4f60", null))
        .endsWith(" junk ??[2J???1m?. \u00e9\u4f60\n");
    assertThat(line("refused", new IllegalStateException("bytes \0\0\u001b")))
        .contains("bytes ???");
  }

  /** What strangers send may be long, of any characters, and must not hold the log up. */
  @ParameterizedTest
  @ValueSource(strings = {" ", "|", " |", "\n", "\r\n", "\n ", "\t", "\u001b", "x ", " \nx"})
  void recordOfOneCharacterRepeated_takesTimeInProportion(String text) {
    String repeated = text.repeat(400_000 / text.length());

    assertThat(line(repeated + "end", null)).endsWith("end\n");
    assertThat(line("begin" + repeated, null)).contains("begin");
  }

  /** A reader of the log that stands still: neither waits nor loses what matters for a while. */
  @Test
  void floodOfLesserRecords_leavesWarningsAndErrorsTheirPlace() throws InterruptedException {
    var reader = new StuckReader();
    reader.setContext(context);
    reader.start();
    AsyncAppender queue = likeQueue(reader);
    var log = context.getLogger("test");
    log.setAdditive(false);
    log.addAppender(queue);

    IntStream.range(0, 20_000).forEach(_ -> log.info("lesser"));
    IntStream.range(0, 1_000).forEach(_ -> log.warn("matters"));
    IntStream.range(0, 1_000).forEach(_ -> log.error("matters"));
    reader.goOn();
    reader.awaitRead("matters", 2_000);
    assertThat(reader.count("lesser")).isPositive();
    queue.stop();
  }

  /** The file's queue before another reader: a queue takes no second one. */
  private AsyncAppender likeQueue(StuckReader reader) {
    AsyncAppender file = queue();
    var queue = new AsyncAppender();
    queue.setContext(context);
    queue.setQueueSize(file.getQueueSize());
    queue.setDiscardingThreshold(file.getDiscardingThreshold());
    queue.setNeverBlock(file.isNeverBlock());
    queue.addAppender(reader);
    queue.start();
    return queue;
  }

  private AsyncAppender queue() {
    return (AsyncAppender) context.getLogger("ROOT").getAppender("queue");
  }

  private String line(String message, @Nullable Throwable failure) {
    var console = (ConsoleAppender<ILoggingEvent>) queue().getAppender("stdout");
    var logger = context.getLogger(LogbackFileTest.class);
    var event =
        new LoggingEvent(
            LogbackFileTest.class.getName(), logger, Level.INFO, message, failure, null);
    return new String(console.getEncoder().encode(event), StandardCharsets.UTF_8);
  }

  /** Takes nothing until it is told to. */
  private static final class StuckReader extends AppenderBase<ILoggingEvent> {

    private final CountDownLatch goesOn = new CountDownLatch(1);
    private final Queue<String> read = new ConcurrentLinkedQueue<>();

    @Override
    protected void append(ILoggingEvent event) {
      try {
        goesOn.await();
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
      }
      read.add(event.getMessage());
    }

    void goOn() {
      goesOn.countDown();
    }

    long count(String message) {
      return List.copyOf(read).stream().filter(message::equals).count();
    }

    void awaitRead(String message, long wanted) throws InterruptedException {
      var tick = new CountDownLatch(1);
      for (int i = 0; i < 1_000 && count(message) < wanted; i++) {
        tick.await(5, TimeUnit.MILLISECONDS);
      }
      assertThat(count(message)).as("of %d records", read.size()).isEqualTo(wanted);
    }
  }
}
