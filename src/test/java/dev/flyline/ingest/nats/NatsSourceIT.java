package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import dev.flyline.it.SideBySide;
import dev.flyline.it.TestNats;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.Upstream;
import dev.flyline.metrics.Meters;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nothing ticks here: whoever takes lines learns of them in time, or never. */
@Timeout(300)
@SideBySide
final class NatsSourceIT {

  private static final AppName APP = new AppName("shop");
  private static final String SUBJECT = "logs.shop.fra.1";
  private static final int LINES = 2_000;

  private final AtomicInteger stored = new AtomicInteger();
  private final AtomicBoolean faulty = new AtomicBoolean();
  private final LinkedBlockingQueue<Integer> told = new LinkedBlockingQueue<>();

  /** One line after the other, each when the one before has been told of. */
  @Test
  void everyLine_isToldOfThoughNoneFollows() throws Exception {
    try (TestNats nats = TestNats.start()) {
      NatsSource source = connect(nats);
      try {
        for (int line = 1; line <= LINES; line++) {
          nats.publish(SUBJECT, "{\"message\":\"x\"}".getBytes(US_ASCII));
          awaitTold(line);
        }
      } finally {
        source.close();
      }
    }
  }

  /** Many together come in bundles, of which the last one is told as well. */
  @Test
  void lastOfManyLines_isToldOf() throws Exception {
    try (TestNats nats = TestNats.start()) {
      NatsSource source = connect(nats);
      try {
        for (int line = 1; line <= LINES; line++) {
          nats.publish(SUBJECT, "{\"message\":\"x\"}".getBytes(US_ASCII));
        }
        awaitTold(LINES);
      } finally {
        source.close();
      }
    }
  }

  /** The client's reader would end, and no app would get a line before NATS has been missed. */
  @Test
  void faultOfWhoeverTakesALine_costsThatLine() throws Exception {
    try (TestNats nats = TestNats.start()) {
      NatsSource source = connect(nats);
      try {
        faulty.set(true);
        nats.publish(SUBJECT, "{\"message\":\"x\"}".getBytes(US_ASCII));
        nats.publish(SUBJECT, "{\"message\":\"y\"}".getBytes(US_ASCII));
        awaitTold(2); // the mark and the line
      } finally {
        source.close();
      }
    }
  }

  private void awaitTold(int count) throws InterruptedException {
    Integer seen = 0;
    while (seen < count) {
      seen = told.poll(10, TimeUnit.SECONDS);
      assertThat(seen).as("told of line " + count).isNotNull();
    }
  }

  private NatsSource connect(TestNats nats) throws InterruptedException {
    var settings = Settings.of(Map.of("nats.url", nats.url()));
    var upstream = new Upstream();
    var connected = new CountDownLatch(1);
    upstream.onChange(
        state -> {
          if (state.connected()) {
            connected.countDown();
          }
        });
    var source =
        new NatsSource(
            IngestConfig.from(settings),
            "test",
            upstream,
            () -> told.add(stored.get()),
            new Meters());
    source.start();
    assertThat(connected.await(20, TimeUnit.SECONDS)).isTrue();
    var failure = new AtomicReference<Throwable>();
    var confirmed = new CountDownLatch(1);
    source
        .subscribe(APP, this::stored)
        .onFailure(failure::set)
        .onComplete(_ -> confirmed.countDown());
    assertThat(confirmed.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(failure.get()).isNull();
    return source;
  }

  private void stored(Entry line) {
    if (faulty.getAndSet(false)) {
      throw new IllegalStateException("made by a test");
    }
    assertThat(line).isNotNull();
    stored.incrementAndGet();
  }
}
