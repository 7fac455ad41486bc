package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Viewers that do not read cost the router no memory and the others no line, and when they read
 * again they are told to the line what they have missed.
 */
@Timeout(900)
@SideBySide
final class SlowViewerIT {

  private static final String APP = "busy";
  private static final int VIEWERS = 200;
  private static final int SLOW = 20;
  private static final int LINES = 40_000;
  private static final int LINES_PER_TICK = 20;
  private static final int TICK_MS = 10;
  private static final int LINE_BYTES = 300;
  private static final int SMALL_BUFFER = 8 * 1024;

  /** The lines of one ring and, as much again, their encodings. */
  private static final long RING_BYTES = 2 * (8L << 20);

  private static final long HEAP_GROWTH = 32L << 20;

  /** Less than half of what a ring holds. */
  private static final int FAR_BEHIND = 4_000;

  private final AtomicIntegerArray reached = new AtomicIntegerArray(VIEWERS - SLOW);

  @Test
  void viewersThatNeverRead_costNoMemoryAndNobodyElsesLines() throws Exception {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats, Map.of("history.total.bytes", "64 MiB"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<LogClient> slow = open(router, SLOW, SMALL_BUFFER);
      List<LogClient> quick = open(router, VIEWERS - SLOW, 0);
      nats.awaitReader(APP);
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < quick.size(); i++) {
        int reader = i;
        readers.add(threads.submit(() -> assertMissesNothing(quick.get(reader), reader)));
      }

      publish(nats, 1, LINES / 2); // from here on the ring is full
      long heapBefore = liveHeap();
      publish(nats, LINES / 2 + 1, LINES);
      assertThat(router.metric("flyline_ring_bytes")).isBetween(1.0, (double) RING_BYTES);
      for (Future<?> reader : readers) {
        reader.get(5, TimeUnit.MINUTES);
      }
      assertThat(liveHeap() - heapBefore).as("growth of the live heap").isLessThan(HEAP_GROWTH);

      for (LogClient client : slow) {
        readers.add(threads.submit(() -> assertIsToldWhatItMissed(client)));
      }
      for (Future<?> reader : readers) {
        reader.get(5, TimeUnit.MINUTES);
      }
    }
  }

  private static List<LogClient> open(TestRouter router, int count, int receiveBytes) {
    var clients = new ArrayList<LogClient>();
    for (int i = 0; i < count; i++) {
      Ask ask = Ask.app(APP, Transport.inTurn(i)).token(Tokens.of(APP)).with("tail", 0);
      clients.add(router.open(ask.receiveBytes(receiveBytes)));
    }
    return clients;
  }

  /** The line that the reader who is furthest behind has got. */
  private int slowest() {
    int slowest = LINES;
    for (int i = 0; i < reached.length(); i++) {
      slowest = Math.min(slowest, reached.get(i));
    }
    return slowest;
  }

  /**
   * Publishes so many lines a second, on a schedule; fewer where a machine that does other work too
   * lets those who read fall behind, so that what they miss is never for want of processor time.
   */
  private void publish(TestNats nats, int first, int last) throws Exception {
    var next = new AtomicInteger(first);
    try (ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
      Future<?> ticks =
          clock.scheduleAtFixedRate(
              () -> {
                if (next.get() - slowest() > FAR_BEHIND) {
                  return;
                }
                for (int i = 0; i < LINES_PER_TICK; i++) {
                  int n = next.getAndIncrement();
                  nats.send(Lines.subject(APP, n), line(n));
                }
                if (next.get() > last) {
                  throw new Finished();
                }
              },
              0,
              TICK_MS,
              TimeUnit.MILLISECONDS);
      awaitFinished(ticks);
    }
    nats.flush();
  }

  private static void awaitFinished(Future<?> ticks) throws Exception {
    try {
      ticks.get(5, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof Finished)) {
        throw e;
      }
    }
  }

  /** Ends a schedule. */
  private static final class Finished extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private static byte[] line(int n) {
    String start = "{\"message\":\"" + n + ' ';
    String padding = "x".repeat(LINE_BYTES - start.length() - 2);
    return (start + padding + "\"}").getBytes(StandardCharsets.US_ASCII);
  }

  private static int number(Seen.Line line) {
    String message = line.message();
    assertThat(message.length()).as(message).isGreaterThan(200);
    return Integer.parseInt(message.substring(0, message.indexOf(' ')));
  }

  private void assertMissesNothing(LogClient client, int reader) {
    try (client) {
      for (int n = 1; n <= LINES; n++) {
        if (number(client.next()) != n) {
          throw new AssertionError("line " + n + " was missed; gaps: " + client.gaps());
        }
        reached.set(reader, n);
      }
      assertThat(client.gaps()).isEmpty();
    }
  }

  private static void assertIsToldWhatItMissed(LogClient client) {
    try (client) {
      int lines = 0;
      int last = 0;
      long missedBefore = 0;
      while (last < LINES) {
        int n = number(client.next());
        lines++;
        long missed = missed(client);
        assertThat((long) n)
            .as("line after %s", client.gaps())
            .isEqualTo(last + 1 + missed - missedBefore);
        last = n;
        missedBefore = missed;
      }
      assertThat(client.gaps()).isNotEmpty().allMatch(gap -> gap.cause().equals("slow"));
      assertThat(lines + missed(client)).isEqualTo(LINES);
      client.gaps().forEach(SlowViewerIT::assertCountsItsRange);
    }
  }

  private static void assertCountsItsRange(Seen.Hole gap) {
    gap.range()
        .ifPresent(
            range -> assertThat(gap.count()).hasValue(range.to().seq() - range.from().seq() + 1));
  }

  private static long missed(LogClient client) {
    return client.gaps().stream().mapToLong(gap -> gap.count().orElseThrow()).sum();
  }

  private static long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
