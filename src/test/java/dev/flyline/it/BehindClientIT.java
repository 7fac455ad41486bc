package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A client that reads slower than its app logs is behind, and is heard all the same: each of these
 * sends something while its socket is full, and only then reads.
 */
@Timeout(300)
@SideBySide
final class BehindClientIT {

  /** Some 10 MB: more than the kernel's buffers and the router's queue of one client hold. */
  private static final int FLOOD_LINES = 30_000;

  private static final String LINE = "x".repeat(300);
  private static final int SMALL_BUFFER = 8 * 1024;
  private static final long POLL_NS = 10_000_000;
  private static final Duration SHORT = Duration.ofSeconds(4);
  private static final Duration READ_IN = Duration.ofSeconds(90);

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();
  private final String user = "user-of-" + app;

  @Test
  void auth_isHeardInTime() throws Exception {
    withGrants(
        (grant, pace) -> {
          Instant expires = expiry(grant);
          pace.within(grant.minusSeconds(1));
          try (LogClient client = behind(Transport.FLYLINE_V1, expires)) {
            client.send(auth(expires.plusSeconds(300)));
            pace.anyTime();
            awaitPast(expires.plusSeconds(2));
            kit.nats().publish(Lines.subject(app, 1), "the last line");
            awaitLine(client, "the last line");
          }
        });
  }

  /** The case that was found: 100 KB/s of 700 KB/s, a token renewed in time, a planned stop. */
  @Test
  void clientThatReadsASeventh_staysBeyondItsFirstToken_andIsToldOfTheStop() throws Exception {
    try (TestRouter leaving = TestRouter.start(kit.nats(), Map.of("drain", "3s"));
        var flood = new Flood()) {
      Instant expires = Instant.now().plus(SHORT);
      try (LogClient client = behind(leaving, Transport.FLYLINE_V1, expires)) {
        Thread.ofVirtual().start(flood);
        client.send(auth(later()));
        readSlowly(client, expires.plusSeconds(2));
        var stop = leaving.stop();
        assertThat(client.await(Seen.Bye.class, READ_IN).code()).isEqualTo("restart");
        assertThat(client.see(READ_IN)).isEqualTo(new Seen.End(1012));
        stop.await(30, TimeUnit.SECONDS);
      }
    }
  }

  /** Takes 100 KB a second until then; an end fails the test. */
  private static void readSlowly(LogClient client, Instant until) {
    while (Instant.now().isBefore(until)) {
      for (int bytes = 0; bytes < 5_000; ) {
        bytes += client.next(READ_IN).payload().length();
      }
      LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
    }
  }

  /** Publishes 700 KB a second until it is closed. */
  private final class Flood implements Runnable, AutoCloseable {
    private volatile boolean over;

    @Override
    public void run() {
      byte[] line = LINE.getBytes(StandardCharsets.US_ASCII);
      while (!over) {
        for (int i = 0; i < 117; i++) {
          kit.nats().send(Lines.subject(app, i), line);
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    }

    @Override
    public void close() {
      over = true;
    }
  }

  /** A client that lets its grant end learns so behind what was on its way to it. */
  @Test
  void end_reachesAClientThatTakesIt() throws Exception {
    withGrants(
        (grant, pace) -> {
          Instant expires = expiry(grant);
          pace.within(grant.minusSeconds(1));
          var clients = new EnumMap<Transport, LogClient>(Transport.class);
          try {
            for (Transport transport : Transport.values()) {
              clients.put(transport, open(kit.router(), transport, expires));
            }
            flood(kit.router());
            pace.anyTime();
            awaitPast(expires.plusSeconds(1));
            clients.forEach(BehindClientIT::assertExpired);
          } finally {
            clients.values().forEach(LogClient::close);
            awaitViewers(0);
          }
        });
  }

  private static void assertExpired(Transport transport, LogClient client) {
    assertThat(client.await(Seen.Bye.class, READ_IN).code())
        .as("%s", transport)
        .isEqualTo("expired");
    int code = transport.isWebSocket() ? 4401 : Seen.End.COMPLETE;
    assertThat(client.see(READ_IN)).as("%s", transport).isEqualTo(new Seen.End(code));
  }

  /** What needs a grant that ends when the client is behind, and not before. */
  @FunctionalInterface
  private interface Granted {
    void run(Duration grant, Attempts.Pace pace) throws Exception;
  }

  /** Tries ever longer grants until the machine is quick enough for one. */
  private static void withGrants(Granted granted) throws Exception {
    Attempts.untilTelling(
        new Attempts.Attempt() {
          private Duration grant = SHORT;

          @Override
          public void run(Attempts.Pace pace) throws Exception {
            Duration now = grant;
            grant = grant.multipliedBy(2);
            granted.run(now, pace);
          }
        });
  }

  private static Instant expiry(Duration grant) {
    return Instant.now().plus(grant);
  }

  /** The same when its router stops, which waits for nobody. */
  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE"})
  void restart_reachesAClientThatTakesIt(Transport transport) throws Exception {
    try (TestRouter leaving = TestRouter.start(kit.nats(), Map.of("drain", "3s"));
        LogClient client = behind(leaving, transport, later())) {
      var stop = leaving.stop();
      Ask other = Ask.app(app, Transport.TEXT).token(Tokens.of(app)).with("follow", "false");
      while (leaving.answer(other).status() == 200) {} // so the end has been said
      assertThat(client.await(Seen.Bye.class, READ_IN).code()).isEqualTo("restart");
      int code = transport.isWebSocket() ? 1012 : Seen.End.COMPLETE;
      assertThat(client.see(READ_IN)).isEqualTo(new Seen.End(code));
      stop.await(90, TimeUnit.SECONDS);
    }
  }

  @Test
  void pause_isHeard() throws IOException {
    try (LogClient client = behind(Transport.FLYLINE_V1, later())) {
      client.send("{\"type\":\"pause\"}");
      client.webSocket().send(WebSocketSource.PING, new byte[1]);
      client.await(Seen.Pong.class, READ_IN); // behind what was on its way
      client.webSocket().send(WebSocketSource.PING, new byte[1]);
      assertThat(client.see(READ_IN))
          .as("none of the lines that are left")
          .isEqualTo(new Seen.Pong());
      client.send("{\"type\":\"resume\"}");
      assertThat(client.next(READ_IN).payload()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void close_isHeardAndAnswered(Transport transport) throws IOException {
    try (LogClient client = behind(transport, later())) {
      client.webSocket().sendClose(1000);
      awaitViewers(0);
      assertThat(client.await(Seen.End.class, READ_IN)).isEqualTo(new Seen.End(1000));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "FLYLINE_V1"})
  void ping_isAnswered(Transport transport) throws IOException {
    try (LogClient client = behind(transport, later())) {
      client.webSocket().send(WebSocketSource.PING, new byte[] {1, 2, 3});
      client.await(Seen.Pong.class, READ_IN);
    }
  }

  /** While the client reads nothing one answer waits, the latest, however many pings there were. */
  @Test
  void pings_ofAFloodAreNotAllAnswered() throws IOException {
    try (LogClient client = behind(Transport.WEBSOCKET, later())) {
      var flood = new ByteArrayOutputStream();
      for (int i = 0; i < 10_000; i++) {
        flood.writeBytes(WebSocketSource.frame(WebSocketSource.PING, true, new byte[4]));
      }
      client.wire().send(flood.toByteArray());
      client.webSocket().sendClose(1000);
      awaitViewers(0); // so the kit.router() has come to the close behind all of them
      int pongs = 0;
      Seen seen = client.see(READ_IN);
      while (!(seen instanceof Seen.End)) {
        pongs += seen instanceof Seen.Pong ? 1 : 0;
        seen = client.see(READ_IN);
      }
      assertThat(pongs).isLessThan(10);
    }
  }

  /** A client of which the router can write nothing more. */
  private LogClient behind(Transport transport, Instant expires) {
    LogClient client = behind(kit.router(), transport, expires);
    awaitViewers(1);
    return client;
  }

  private LogClient behind(TestRouter router, Transport transport, Instant expires) {
    LogClient client = open(router, transport, expires);
    flood(router);
    return client;
  }

  private LogClient open(TestRouter router, Transport transport, Instant expires) {
    String token = Tokens.sign(Tokens.claims(user, expires, app));
    Ask ask = Ask.app(app, transport).token(token).with("tail", "0");
    return router.live(ask.receiveBytes(SMALL_BUFFER), app);
  }

  /** Publishes more than a client that reads nothing can be sent. */
  private void flood(TestRouter router) {
    byte[] line = LINE.getBytes(StandardCharsets.US_ASCII);
    try (LogClient other = router.live(app, Transport.WEBSOCKET)) {
      for (int n = 0; n < FLOOD_LINES; n += 1_000) {
        for (int i = 0; i < 1_000; i++) {
          kit.nats().send(Lines.subject(app, i), line);
        }
        kit.nats().publish(Lines.subject(app, n), "line " + n);
        while (!other.next().payload().equals("line " + n)) {}
      }
    }
  }

  private static Instant later() {
    return Instant.now().plusSeconds(300);
  }

  private String auth(Instant expires) {
    String token = Tokens.sign(Tokens.claims(user, expires, app));
    return new JsonObject().put("type", "auth").put("token", token).encode();
  }

  private static void awaitPast(Instant time) {
    while (Instant.now().isBefore(time)) {
      LockSupport.parkNanos(POLL_NS);
    }
  }

  private static void awaitViewers(int count) {
    var deadline = Deadline.in(READ_IN);
    while (viewers() != count) {
      assertThat(deadline.passed()).as("%s viewers, not %s", count, viewers()).isFalse();
      LockSupport.parkNanos(POLL_NS);
    }
  }

  private static double viewers() {
    List<String> metrics = kit.router().ops("/metrics").body().lines().toList();
    return metrics.stream()
        .filter(line -> line.startsWith("flyline_viewers{"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' ') + 1)))
        .sum();
  }

  private static void awaitLine(LogClient client, String text) {
    var deadline = Deadline.in(READ_IN);
    while (!client.next(Duration.ofMillis(deadline.leftMs())).payload().equals(text)) {}
  }
}
