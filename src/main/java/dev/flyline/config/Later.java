package dev.flyline.config;

import java.util.Set;

/** The settings documented for later versions: using one early is refused, and not as unknown. */
final class Later {

  private static final Set<String> KEYS =
      Set.of(
          "auth.jwks.url",
          "auth.apps.file",
          "auth.apps.url",
          "cluster.host",
          "cluster.port",
          "cluster.peers",
          "cluster.tls.cert.file",
          "cluster.tls.key.file",
          "cluster.tls.ca.file",
          "fly.api.token",
          "fly.api.token.file",
          "fly.api.url");

  private Later() {}

  /** Whether {@code key} belongs to a later version. */
  static boolean has(String key) {
    return KEYS.contains(key);
  }

  /** Takes the one setting of the clusters to come that has a value today: {@code off}. */
  static void readCluster(Settings settings) {
    String cluster =
        settings.text("cluster", "off", "how routers find each other; this version knows only off");
    if (!cluster.equals("off")) {
      settings.problem("cluster", "this version does not have clusters yet; only off is possible");
    }
  }
}
