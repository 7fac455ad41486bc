package dev.flyline.ingest.nats;

import dev.flyline.config.Secret;
import dev.flyline.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where lines come from.
 *
 * @param user the organization's slug
 * @param token a read-only token, with or without the {@code FlyV1 } prefix
 * @param lineBytes a longer line is cut
 * @param queueLines lines of one app that wait for its event loop
 * @param queueBytes bytes of the same
 */
public record IngestConfig(
    List<String> servers,
    Optional<String> user,
    Optional<Secret> token,
    int lineBytes,
    int queueLines,
    long queueBytes,
    Duration coalesce) {

  /** Reads the settings {@code nats.*} and {@code limit.line.bytes}. */
  public static IngestConfig from(Settings s) {
    List<String> servers =
        s.list("nats.url", "nats://[fdaa::3]:4223", "NATS servers that carry the logs");
    servers.forEach(server -> checkServer(s, server));
    Optional<String> user = s.optionalText("nats.user", "user for NATS: the organization's slug");
    Optional<Secret> token =
        s.secret("nats.token", "read-only token for NATS, with or without the FlyV1 prefix");
    if (user.isPresent() != token.isPresent()) {
      s.problem("nats.user", "nats.user and nats.token go together; set both or neither");
    }
    long lineBytes =
        s.bytes("limit.line.bytes", "64 KiB", 256, 1 << 20, "a longer line is cut and marked");
    return new IngestConfig(
        servers, user, token, (int) lineBytes, 16_384, 4L << 20, Duration.ofMillis(5));
  }

  private static void checkServer(Settings s, String server) {
    try {
      URI uri = new URI(server);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (!List.of("nats", "tls").contains(scheme) || uri.getHost() == null) {
        s.problem(
            "nats.url", "must look like nats://host:port; an IPv6 address stands in brackets");
      } else if (uri.getUserInfo() != null) {
        s.problem("nats.url", "must not hold credentials; use nats.user and nats.token");
      }
    } catch (URISyntaxException e) {
      s.problem("nats.url", "must look like nats://host:port; an IPv6 address stands in brackets");
    }
  }
}
