package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What viewers who never read cost the kernel, of which the process cannot see anything. */
@Timeout(300)
final class NeverReadingViewersIT {

  private static final int VIEWERS = 100;
  private static final int SMALL_BUFFER = 4 * 1024;

  /** What the kernel may hold for one viewer. */
  private static final long MOST_BYTES = 512 * 1024;

  /** Some 6 MB: the kernel would hold 4 of them, if it were left to itself. */
  private static final int LINES = 6_000;

  private static final int LINES_AT_ONCE = 100;
  private static final String REST = "x".repeat(1_000);

  @Test
  void neverReadingViewers100_areBoundedInTheKernel() throws Exception {
    var stuck = new ArrayList<LogClient>();
    var transports = List.of(Transport.values());
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats);
        LogClient reader = router.live("busy", Transport.WEBSOCKET)) {
      for (int i = 0; i < VIEWERS; i++) {
        Transport transport = transports.get(i % transports.size());
        Ask ask = Ask.app("busy", transport).with("tail", 0).token(Tokens.of("busy"));
        stuck.add(router.open(ask.receiveBytes(SMALL_BUFFER)));
      }
      for (int n = 0; n < LINES; n += LINES_AT_ONCE) {
        for (int i = 0; i < LINES_AT_ONCE; i++) {
          nats.send(Lines.subject("busy", n + i), REST.getBytes(StandardCharsets.US_ASCII));
        }
        nats.flush();
        for (int i = 0; i < LINES_AT_ONCE; i++) { // all other viewers have had their turn as well
          reader.next(Duration.ofSeconds(30));
        }
      }
      List<Long> held = sendQueues(router.httpPort());
      assertThat(held).hasSizeGreaterThanOrEqualTo(VIEWERS);
      assertThat(held.stream().filter(bytes -> bytes > SMALL_BUFFER)).hasSize(VIEWERS);
      assertThat(held).allMatch(bytes -> bytes <= MOST_BYTES);
    } finally {
      stuck.forEach(LogClient::cut);
    }
  }

  /** The bytes that the kernel holds for each of the router's connections. */
  private static List<Long> sendQueues(int port) throws IOException {
    String local = String.format(":%04X", port);
    var queues = new ArrayList<Long>();
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      Path path = Path.of(table);
      for (String line : Files.exists(path) ? Files.readAllLines(path) : List.<String>of()) {
        String[] columns = line.strip().split("\\s+", -1);
        if (columns[1].endsWith(local) && !columns[2].endsWith(":0000")) {
          queues.add(Long.parseLong(columns[4].split(":", -1)[0], 16));
        }
      }
    }
    return queues;
  }
}
