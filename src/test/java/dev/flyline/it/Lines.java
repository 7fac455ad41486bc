package dev.flyline.it;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** Numbered lines: what they say, and from which region and machine they come. */
final class Lines {

  private static final List<String> REGIONS = List.of("ams", "fra", "iad");
  private static final AtomicInteger APPS = new AtomicInteger();

  private Lines() {}

  /** The name of an app that no other test uses. */
  static String newApp() {
    return "app-" + APPS.incrementAndGet();
  }

  /** What line {@code n} says. */
  static String message(int n) {
    return "line " + n;
  }

  static List<String> messages(int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(Lines::message).toList();
  }

  /** The messages of those lines that come from {@code region}. */
  static List<String> messagesFrom(String region, int first, int last) {
    return IntStream.rangeClosed(first, last)
        .filter(n -> region(n).equals(region))
        .mapToObj(Lines::message)
        .toList();
  }

  static String payload(int n) {
    return "{\"message\":\"" + message(n) + "\"}";
  }

  static String region(int n) {
    return REGIONS.get(n % REGIONS.size());
  }

  /** One of two machines. */
  static String machine(int n) {
    return "machine" + n % 2;
  }

  static String subject(String app, int n) {
    return "logs." + app + '.' + region(n) + '.' + machine(n);
  }

  /** Publishes lines {@code first} to {@code last} of {@code app}. */
  static void publish(TestNats nats, String app, int first, int last) {
    for (int n = first; n <= last; n++) {
      nats.send(subject(app, n), payload(n).getBytes(StandardCharsets.UTF_8));
    }
    nats.flush();
  }

  /** Publishes lines while somebody watches, so that they are history when this returns. */
  static List<Seen.Line> history(
      TestNats nats, TestRouter router, String app, int first, int last) {
    try (LogClient watcher = router.live(app, Transport.FLYLINE_V1)) {
      publish(nats, app, first, last);
      return watcher.lines(last - first + 1);
    }
  }
}
