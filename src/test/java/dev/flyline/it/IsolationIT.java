package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every viewer gets the lines of its own app, all of them, in order, none twice, and no other. */
@Timeout(300)
final class IsolationIT {

  private static final int APPS = 50;
  private static final int VIEWERS_OF_EACH = 4;
  private static final int LINES_OF_EACH = 400;

  @Test
  void viewers_getExactlyTheirAppsLines() throws Exception {
    try (TestNats nats = TestNats.start();
        TestRouter router = TestRouter.start(nats);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<String> apps = IntStream.range(0, APPS).mapToObj(i -> "tenant-" + i).toList();
      var readers = new ArrayList<Future<?>>();
      for (int i = 0; i < APPS * VIEWERS_OF_EACH; i++) {
        String app = apps.get(i % APPS);
        LogClient client = router.live(app, Transport.inTurn(i));
        readers.add(threads.submit(() -> assertGetsExactlyItsLines(client, app)));
      }
      publish(nats, apps);

      for (Future<?> reader : readers) {
        reader.get(90, TimeUnit.SECONDS);
      }
      assertThat(nats.subscriptions("logs.")).hasSize(APPS);
    }
  }

  private static void assertGetsExactlyItsLines(LogClient client, String app) {
    try (client) {
      assertThat(client.messages(LINES_OF_EACH)).isEqualTo(linesOf(app));
      assertThat(client.next().message()).as("nothing twice before the last").isEqualTo("last");
      assertThat(client.gaps()).isEmpty();
    }
  }

  private static List<String> linesOf(String app) {
    return IntStream.rangeClosed(1, LINES_OF_EACH).mapToObj(n -> app + " line " + n).toList();
  }

  /** Publishes all apps' lines in an order that mixes the apps and keeps each app's own. */
  private static void publish(TestNats nats, List<String> apps) {
    var turns = new ArrayList<Integer>();
    IntStream.range(0, APPS).forEach(i -> turns.addAll(Collections.nCopies(LINES_OF_EACH, i)));
    Collections.shuffle(turns, new Random(3));
    int[] sent = new int[APPS];
    for (int turn : turns) {
      int n = ++sent[turn];
      String app = apps.get(turn);
      send(nats, Lines.subject(app, n), app + " line " + n);
    }
    apps.forEach(app -> send(nats, Lines.subject(app, 0), "last"));
    nats.flush();
  }

  private static void send(TestNats nats, String subject, String message) {
    String payload = "{\"message\":\"" + message + "\"}";
    nats.send(subject, payload.getBytes(StandardCharsets.UTF_8));
  }
}
