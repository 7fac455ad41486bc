package dev.flyline.web;

import dev.flyline.config.Settings;
import java.util.List;
import java.util.Map;

/**
 * Where the router listens, to which pages, and how many viewers it takes.
 *
 * @param httpHost the address for viewers
 * @param httpPort the port for viewers; 0 for any free one
 * @param opsHost the address for metrics and health
 * @param opsPort the port for metrics and health; 0 for any free one
 * @param corsOrigins the origins of other sites' pages that may use it, or {@code *}
 * @param maxViewers open streams in all
 * @param maxViewersPerUser open streams of one user
 * @param maxViewersPerApp open streams of one app
 * @param edge what strangers may take, and which proxies are believed
 */
public record WebConfig(
    String httpHost,
    int httpPort,
    String opsHost,
    int opsPort,
    List<String> corsOrigins,
    int maxViewers,
    int maxViewersPerUser,
    int maxViewersPerApp,
    EdgeConfig edge) {

  private static final int MAX_PORT = 65_535;
  private static final int MOST_VIEWERS = 10_000_000;

  /** Keeps a copy of {@code corsOrigins}. */
  public WebConfig {
    corsOrigins = List.copyOf(corsOrigins);
  }

  /** Reads the settings; whatever is wrong with them is among the settings' problems. */
  static WebConfig from(Settings settings) {
    return from(settings, Map.of());
  }

  /** Likewise; {@code environment} tells whether the router runs on Fly. */
  public static WebConfig from(Settings settings, Map<String, String> environment) {
    return new WebConfig(
        settings.text("http.host", "::", "address that viewers connect to; :: is all, IPv4 too"),
        settings.integer("http.port", 8080, 0, MAX_PORT, "port that viewers connect to; 0: any"),
        settings.text("ops.host", "::", "address of metrics and health"),
        settings.integer("ops.port", 9091, 0, MAX_PORT, "port of metrics and health; 0: any"),
        corsOrigins(settings),
        settings.integer("limit.viewers", 20_000, 1, MOST_VIEWERS, "open streams on one router"),
        settings.integer("limit.per.user", 20, 1, MOST_VIEWERS, "open streams of one user"),
        settings.integer("limit.per.app", 200, 1, MOST_VIEWERS, "open streams of one app"),
        EdgeConfig.from(settings, environment));
  }

  private static List<String> corsOrigins(Settings settings) {
    var key = "cors.origins";
    var origins =
        settings.list(
            key,
            "",
            "origins of other sites' pages that may use this router, comma separated, or * for"
                + " all; nothing: its own page only");
    var bad =
        origins.stream()
            .filter(origin -> !origin.equals(Origins.ANY) && Origins.normalize(origin).isEmpty())
            .toList();
    bad.forEach(
        origin ->
            settings.problem(
                key, "must be like https://example.com, without a path, not " + origin));
    return origins.stream().filter(origin -> !bad.contains(origin)).toList();
  }
}
