package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that misbehave harm themselves alone: others get their lines, and memory is bounded. */
@Timeout(600)
@SideBySide
final class HostileClientIT {

  private static final long HEAP_GROWTH = 48L << 20;

  /** Bytes; far more than what the router takes and what the kernel's buffers hold. */
  private static final long MOST_AFTER_THE_CLOSE = 256L << 20;

  @RegisterExtension
  private static final RouterKit kit = new RouterKit(Map.of("limit.viewers", "100"));

  private final String app = Lines.newApp();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "not json",
        "{",
        "[]",
        "17",
        "null",
        "{}",
        "{\"type\":\"nonsense\"}",
        "{\"type\":17}",
        "{\"type\":\"logs\",\"app\":\"a\",\"lines\":[]}",
        "\0",
        "{\"type\":\"auth\",\"token\":\"x\"} trailing"
      })
  void frame_thatTheProtocolDoesNotKnowEndsTheStream(String frame) {
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1);
        LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
      client.send(frame);
      assertThat(client.await(Seen.Bye.class).code()).isEqualTo("bad_request");
      assertThat(client.see()).isEqualTo(new Seen.End(4400));
      assertGetsLines(other);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\":\"auth\"}", "{\"type\":\"auth\",\"token\":17}"})
  void auth_withoutATokenEndsTheStream(String frame) {
    try (LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
      client.send(frame);
      assertThat(client.rest().getLast()).isIn(new Seen.End(4400), new Seen.End(4401));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void message_thatIsTooBigEndsTheStream(Transport transport) throws IOException {
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1);
        LogClient client = kit.router().live(app, transport)) {
      trySend(client, WebSocketSource.frame(WebSocketSource.TEXT, true, new byte[256 << 10]));
      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(1009));
      assertGetsLines(other);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void message_inEndlesslyManyPartsEndsTheStream(Transport transport) throws IOException {
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1);
        LogClient client = kit.router().live(app, transport)) {
      trySend(client, WebSocketSource.frame(WebSocketSource.TEXT, false, new byte[1_000]));
      byte[] part = WebSocketSource.frame(WebSocketSource.CONTINUATION, false, new byte[1_000]);
      for (int i = 0; i < 300 && trySend(client, part); i++) {}
      assertThat(client.rest().getLast()).isIn(new Seen.End(1009), new Seen.End(Seen.End.BROKEN));
      assertGetsLines(other);
    }
  }

  @Test
  void brokenWebSocketFrames_endTheStreamAlone() throws IOException {
    List<byte[]> broken =
        List.of(
            new byte[] {(byte) 0x81, 2, 'h', 'i'}, // not masked
            WebSocketSource.frame(3, true, new byte[0]), // a reserved opcode
            WebSocketSource.frame(0x41, true, new byte[0]), // a reserved bit
            WebSocketSource.frame(WebSocketSource.PING, false, new byte[0]), // a ping in parts
            WebSocketSource.frame(WebSocketSource.PING, true, new byte[126]), // a long ping
            WebSocketSource.frame(WebSocketSource.CONTINUATION, true, new byte[1]), // of nothing
            WebSocketSource.frame(WebSocketSource.CLOSE, true, new byte[1]), // half a code
            WebSocketSource.frame(WebSocketSource.TEXT, true, new byte[] {(byte) 0xff}));
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1)) {
      for (byte[] frame : broken) {
        try (LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
          trySend(client, frame);
          assertThat(client.rest().getLast()).isInstanceOf(Seen.End.class);
        }
      }
      assertGetsLines(other);
    }
  }

  /** The flood is sent and never read: pongs and answers have nowhere to go. */
  @ParameterizedTest
  @ValueSource(ints = {WebSocketSource.PING, WebSocketSource.TEXT, WebSocketSource.PONG})
  void flood_ofAWebSocketClientLeavesOthersAlone(int opcode) throws Exception {
    byte[] flood = flood(opcode);
    long heapBefore = liveHeap();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        LogClient other = kit.router().live(app, Transport.FLYLINE_V1)) {
      var floods = new ArrayList<LogClient>();
      var ends = new ArrayList<Future<?>>();
      for (int i = 0; i < 6; i++) {
        Transport transport = i % 2 == 0 ? Transport.WEBSOCKET : Transport.FLYLINE_V1;
        floods.add(
            kit.router().open(Ask.app(app, transport).token(Tokens.of(app)).receiveBytes(4096)));
        ends.add(threads.submit(() -> sendUntilCut(floods.getLast(), flood)));
      }
      for (int i = 0; i < 200; i++) {
        assertGetsLines(other);
      }
      assertThat(liveHeap() - heapBefore).isLessThan(HEAP_GROWTH);
      floods.forEach(LogClient::cut);
      for (Future<?> end : ends) {
        end.get(5, TimeUnit.MINUTES);
      }
    }
  }

  /** The close has been sent, and only the answer to it is waited for: seconds, not megabytes. */
  @Test
  void flood_afterTheCloseIsCut() {
    byte[] flood = flood(WebSocketSource.PONG);
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1);
        LogClient client = kit.router().live(app, Transport.FLYLINE_V1)) {
      client.send("{\"type\":\"auth\",\"token\":\"x.y.z\"}");
      assertThat(client.await(Seen.Bye.class).code()).isEqualTo("expired");
      long sent = 0;
      while (sent < MOST_AFTER_THE_CLOSE && trySend(client, flood)) {
        sent += flood.length;
      }
      assertThat(sent).isLessThan(MOST_AFTER_THE_CLOSE);
      assertGetsLines(other);
    }
  }

  private static byte[] flood(int opcode) {
    byte[] payload = "{\"type\":\"auth\",\"token\":\"x.y.z\"}".getBytes(StandardCharsets.US_ASCII);
    byte[] frame = WebSocketSource.frame(opcode, true, payload);
    byte[] flood = new byte[frame.length * 1_000];
    for (int i = 0; i < 1_000; i++) {
      System.arraycopy(frame, 0, flood, i * frame.length, frame.length);
    }
    return flood;
  }

  /** Sends until the router has closed, or takes no more and the test cuts the connection. */
  private static void sendUntilCut(LogClient client, byte[] flood) {
    for (int i = 0; i < 2_000 && trySend(client, flood); i++) {}
  }

  private static boolean trySend(LogClient client, byte[] bytes) {
    try {
      client.wire().send(bytes);
      return true;
    } catch (IOException _) {
      return false; // the kit.router() has closed, as it may
    }
  }

  @Test
  void viewers_thatReadAByteASecondLeaveOthersAlone() throws Exception {
    var clients = new ArrayList<LogClient>();
    var read = new AtomicInteger();
    try (var clock = Executors.newSingleThreadScheduledExecutor();
        LogClient other = kit.router().live(app, Transport.FLYLINE_V1)) {
      for (Transport transport : Transport.values()) {
        clients.add(
            kit.router().open(Ask.app(app, transport).token(Tokens.of(app)).receiveBytes(4096)));
      }
      Future<?> ticks =
          clock.scheduleAtFixedRate(
              () -> clients.forEach(c -> readAByte(c, read)), 0, 1, TimeUnit.SECONDS);
      long heapBefore = liveHeap();
      while (read.get() < 4 * clients.size()) {
        assertGetsLines(other);
      }
      assertThat(liveHeap() - heapBefore).isLessThan(HEAP_GROWTH);
      ticks.cancel(false);
      clients.forEach(LogClient::cut);
    }
  }

  private static void readAByte(LogClient client, AtomicInteger read) {
    try {
      client.wire().fill(new byte[1], 0, 1, Deadline.soon());
      read.incrementAndGet();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void halfOpenConnections_takeNobodysPlace() {
    var open = new ArrayList<Wire>();
    String request = Ask.app(app, Transport.FLYLINE_V1).token(Tokens.of(app)).request();
    long heapBefore = liveHeap();
    try (LogClient other = kit.router().live(app, Transport.FLYLINE_V1)) {
      for (int i = 0; i < 2_000; i++) {
        Wire wire = Wire.connect(kit.router().httpPort());
        open.add(wire);
        wire.send(request.substring(0, i % (request.length() - 3)));
      }
      assertGetsLines(other);
      try (LogClient newcomer = kit.router().live(app, Transport.SSE)) {
        assertGetsLines(newcomer);
      }
      assertThat(liveHeap() - heapBefore).isLessThan(HEAP_GROWTH);
    } catch (IOException e) {
      throw new AssertionError(e);
    } finally {
      open.forEach(Wire::cut);
    }
  }

  private final AtomicInteger published = new AtomicInteger();

  /** Publishes a line and sees it arrive: the router works for this client. */
  private void assertGetsLines(LogClient client) {
    int n = published.incrementAndGet();
    Lines.publish(kit.nats(), app, n, n);
    assertThat(client.next().message()).isEqualTo(Lines.message(n));
  }

  private static long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
