package dev.flyline.cli;

import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * What the programs and the platform of an imagined app write: request lines, key=value text, JSON,
 * ANSI colours, stack traces, proxy errors. One happening may be several lines.
 */
final class FlyTexts {

  /**
   * One message and how Fly marks it.
   *
   * @param provider who wrote it: {@code app}, {@code runner}, {@code health} or {@code proxy}
   * @param level what Fly says; for apps nearly always {@code info}, whatever the text says
   * @param status the HTTP status that the proxy answered; 0 for anybody else
   */
  record Text(String provider, String level, String message, int status) {

    static Text app(String message) {
      return new Text("app", "info", message, 0);
    }
  }

  private static final List<String> PATHS =
      List.of("/", "/cart", "/v1/baskets/7", "/search?q=blue+kettle", "/assets/main.css", "/login");
  private static final List<String> METHODS = List.of("GET", "GET", "GET", "POST", "PUT", "DELETE");
  private static final List<String> TASKS =
      List.of("send-receipt", "resize-image", "sync-stock", "rebuild-index", "expire-sessions");
  private static final List<String> NAMES = List.of("Zoë", "Łukasz", "さくら", "Ana", "Ömer");

  private static final List<List<String>> TRACES =
      List.of(
          List.of(
              "java.util.concurrent.TimeoutException: no answer from inventory in 2000 ms",
              "\tat store.stock.Inventory.ask(Inventory.java:77)",
              "\tat store.checkout.Reserve.apply(Reserve.java:31)",
              "\tat java.base/java.lang.VirtualThread.run(VirtualThread.java:456)",
              "Caused by: java.io.IOException: Broken pipe",
              "\t... 12 more"),
          List.of(
              "Traceback (most recent call last):",
              "  File \"/srv/worker/mail.py\", line 58, in deliver",
              "    smtp.send(message)",
              "ValueError: recipient must not be empty"),
          List.of(
              "TypeError: Cannot read properties of undefined (reading 'price')",
              "    at totalOf (/srv/web/basket.js:19:31)",
              "    at async handle (/srv/web/server.js:104:12)"));

  private final RandomGenerator random;

  FlyTexts(RandomGenerator random) {
    this.random = random;
  }

  /** The lines of what happens next, in order; at least one. */
  List<Text> next() {
    int dice = random.nextInt(100);
    if (dice < 35) {
      return List.of(Text.app(request()));
    }
    if (dice < 55) {
      return List.of(Text.app(keyValue()));
    }
    if (dice < 70) {
      return List.of(Text.app(json()));
    }
    if (dice < 82) {
      return List.of(Text.app(coloured()));
    }
    if (dice < 86) {
      return pick(TRACES).stream().map(Text::app).toList();
    }
    if (dice < 90) {
      return List.of(Text.app(plain()));
    }
    return List.of(dice < 96 ? platform() : proxy());
  }

  private String request() {
    int status = pick(List.of(200, 200, 200, 200, 204, 302, 404, 422, 500));
    return "%d %s %s %dms %dB"
        .formatted(status, pick(METHODS), pick(PATHS), latency(), random.nextInt(80, 90_000));
  }

  private String keyValue() {
    String level = pick(List.of("debug", "info", "info", "info", "warn", "error"));
    return "level=%s task=%s attempt=%d took=%dms note=\"%s\""
        .formatted(
            level,
            pick(TASKS),
            random.nextInt(1, 4),
            latency(),
            level.equals("error") ? "gave up" : "queue at " + random.nextInt(200));
  }

  private String json() {
    String level = pick(List.of("debug", "info", "info", "warn", "error"));
    return ("{\"level\":\"%s\",\"event\":\"%s\",\"duration_ms\":%d,"
            + "\"customer\":{\"id\":%d,\"name\":\"%s\"}}")
        .formatted(level, pick(TASKS), latency(), random.nextInt(1, 5000), pick(NAMES));
  }

  private String coloured() {
    return switch (random.nextInt(4)) {
      case 0 -> "\u001b[32m✔\u001b[0m " + pick(TASKS) + " \u001b[2m" + latency() + "ms\u001b[0m";
      case 1 -> "\u001b[1;33mWARN\u001b[0m cache hit rate is down to " + random.nextInt(60) + " %";
      case 2 -> "\u001b[31mERROR\u001b[39m " + pick(TASKS) + ": \u001b[4mconnection reset\u001b[0m";
      default -> "\u001b[38;5;39mINFO\u001b[0m " + pick(METHODS) + " \u001b[1m" + pick(PATHS);
    };
  }

  private String plain() {
    return switch (random.nextInt(4)) {
      case 0 -> "";
      case 1 -> "Welcome back, " + pick(NAMES) + " ☕";
      case 2 -> "garbage collection took " + latency() + " ms";
      default -> "listening on port 3000";
    };
  }

  private Text platform() {
    return switch (random.nextInt(4)) {
      case 0 -> new Text("runner", "info", "Pulling container image", 0);
      case 1 -> new Text("runner", "info", "Machine started in " + latency() + "ms", 0);
      case 2 -> new Text("runner", "error", "Process appears to have been OOM killed!", 0);
      default -> new Text("health", "warn", "Health check on port 3000 is now failing.", 0);
    };
  }

  private Text proxy() {
    int status = pick(List.of(502, 503, 504));
    String message =
        "instance answered too late, tried %d times (%s)"
            .formatted(random.nextInt(1, 9), "status " + status);
    return new Text("proxy", "error", message.toLowerCase(Locale.ROOT), status);
  }

  /** Mostly short, sometimes very long. */
  private int latency() {
    return (int) Math.exp(random.nextDouble() * 8);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }
}
