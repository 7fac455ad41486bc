package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks that ended a router for want of memory, on a router's process with little of it. What
 * 34,596 requests did to 384 MB a third of them did to a third of it; {@code
 * -Dflyline.small.requests=35000 -Dflyline.small.heap=384} tries it as it was.
 */
@Timeout(180)
final class SmallRouterIT {

  private static final long MIB = 1 << 20;
  private static final int HALF_HEADS = 1_200;
  private static final int REQUESTS = Integer.getInteger("flyline.small.requests", 12_000);
  private static final int HEAP_MIB = Integer.getInteger("flyline.small.heap", 128);

  @TempDir private Path folder;

  /** Names of 100 machines in each request, new ones every time: each left 11 KB behind. */
  @Test
  void everNewMachines_leaveASmallRouterAlive() throws Exception {
    int senders = 4;
    try (TestNats nats = TestNats.start();
        ChildRouter router =
            ChildRouter.start(
                folder,
                nats,
                List.of("-Xmx" + HEAP_MIB + "m"),
                Map.of("FLYLINE_LIMIT_HISTORY_BYTES_PER_USER", "1 GiB"));
        var pool = Executors.newFixedThreadPool(senders)) {
      String token = Tokens.of("tenant");
      fill(nats, router, token);
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < senders; i++) {
        int sender = i;
        work.add(() -> askWithMachines(router, token, sender, REQUESTS / senders));
      }
      int served = 0;
      for (Future<Integer> done : pool.invokeAll(work)) {
        served += done.get();
      }
      assertThat(served).isEqualTo(REQUESTS);
      assertThat(router.isAlive()).isTrue();
      assertThat(router.get("/health/ready").status()).isEqualTo(200);
    }
  }

  /** Gives the app lines, so that there are blocks for something to be kept with. */
  private static void fill(TestNats nats, ChildRouter router, String token) throws IOException {
    Ask ask = Ask.app("tenant", Transport.FLYLINE_V1).with("tail", 0).token(token);
    try (LogClient client = LogClient.open(Wire.connect(router.httpPort()), ask, Deadline.soon())) {
      client.await(Seen.Hello.class);
      nats.awaitReader("tenant");
      for (int i = 0; i < 50; i++) {
        nats.send(Lines.subject("tenant", i), Lines.payload(i).getBytes(StandardCharsets.US_ASCII));
      }
      nats.flush();
      client.messages(50);
    }
  }

  private static int askWithMachines(ChildRouter router, String token, int sender, int count)
      throws IOException {
    try (Wire wire = Wire.connect(router.httpPort())) {
      for (int i = 0; i < count; i++) {
        String name = "a-machine-that-is-named-for-a-filter-%d-%06d-".formatted(sender, i);
        String machines =
            IntStream.range(0, 100).mapToObj(n -> name + n).collect(Collectors.joining(","));
        Ask ask = Ask.app("tenant", Transport.NDJSON).token(token).with("follow", "false");
        wire.send(ask.request().replaceFirst(" HTTP", "&machine=" + machines + " HTTP"));
        HttpAnswer answer =
            HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
        assertThat(answer.status()).isEqualTo(200);
      }
    }
    return count;
  }

  /** They ended a router on 2 GB within 16 s; its heap is what bin/flyline takes of those. */
  @Test
  void halfHeads1200_leaveARouterOf2GbAlive_andServing() throws Exception {
    byte[] half =
        ("GET / HTTP/1.1\r\nHost: a\r\n" + "a: b\r\n".repeat(90) + "x: " + "y".repeat(20_000))
            .getBytes(StandardCharsets.US_ASCII);
    var strangers = new ArrayList<Socket>();
    try (TestNats nats = TestNats.start();
        ChildRouter router = ChildRouter.start(folder, nats, List.of("-Xmx1228m"), Map.of())) {
      long before = router.residentBytes();
      for (int i = 0; i < HALF_HEADS; i++) {
        var stranger = new Socket();
        strangers.add(stranger);
        stranger.bind(new InetSocketAddress(InetAddress.ofLiteral("127.9.0." + (1 + i % 4)), 0));
        stranger.connect(
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), router.httpPort()));
        stranger.getOutputStream().write(half);
      }
      while (heard(router) < HALF_HEADS) {
        assertThat(router.isAlive()).isTrue(); // it accepts them on its own time
      }
      assertThat(router.get("/health/ready").status()).isEqualTo(200);
      assertThat(router.residentBytes() - before).isLessThan(256 * MIB);
      assertEnded(strangers);
      assertThat(router.isAlive()).isTrue();
      assertThat(router.get("/health/ready").status()).isEqualTo(200);
    } finally {
      for (Socket stranger : strangers) {
        stranger.close();
      }
    }
  }

  /** How many connections there have been, as far as the router knows. */
  private static double heard(ChildRouter router) throws IOException {
    return router.metric("flyline_connections") + router.metric("flyline_connections_closed_total");
  }

  private static void assertEnded(List<Socket> strangers) {
    var deadline = Deadline.in(Duration.ofSeconds(40));
    for (Socket stranger : strangers) {
      try {
        stranger.setSoTimeout((int) Math.max(1, deadline.leftMs()));
        assertThat(stranger.getInputStream().read()).isEqualTo(-1);
      } catch (IOException e) {
        assertThat(e).as("a reset is an end as well").hasMessageContaining("reset");
      }
    }
  }
}
