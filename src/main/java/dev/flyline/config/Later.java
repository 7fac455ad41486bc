package dev.flyline.config;

import java.util.Set;

/** The settings documented for later versions: using one early is refused, and not as unknown. */
final class Later {

  private static final Set<String> KEYS =
      Set.of(
          "auth.jwks.url",
          "auth.apps.file",
          "auth.apps.url",
          "fly.api.token",
          "fly.api.token.file",
          "fly.api.url");

  private Later() {}

  /** Whether {@code key} belongs to a later version. */
  static boolean has(String key) {
    return KEYS.contains(key);
  }
}
