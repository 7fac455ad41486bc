package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.log.AppName;
import io.vertx.core.http.HttpServerRequest;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The app that a request for lines names: {@code /v1/apps/{app}/logs}, {@code /logs?app=}, or
 * {@code /logs} alone with a token of one app.
 *
 * <p>The path is judged as it was sent: normalising it would turn {@code ../b} or {@code %62} into
 * another app's name.
 */
final class RequestedApp {

  private static final String PREFIX = "/v1/apps/";
  private static final String SUFFIX = "/logs";

  /** How many of a token's apps are named to a client that must choose one. */
  private static final int NAMED_APPS = 20;

  private RequestedApp() {}

  /** Whether {@code request} is for lines at all. */
  static boolean isAskedFor(HttpServerRequest request) {
    String path = path(request);
    return path.equals(SUFFIX)
        || (path.startsWith(PREFIX)
            && path.endsWith(SUFFIX)
            && path.length() > PREFIX.length() + SUFFIX.length());
  }

  private static String path(HttpServerRequest request) {
    String path = request.path();
    return path == null ? "" : path;
  }

  /** The app; empty if none is named, or none that could be one. */
  static Optional<AppName> of(HttpServerRequest request, Grant grant) {
    String path = path(request);
    if (!path.equals(SUFFIX)) {
      return AppName.parse(path.substring(PREFIX.length(), path.length() - SUFFIX.length()));
    }
    String asked = parameter(request);
    if (asked != null) {
      return AppName.parse(asked);
    }
    return grant.apps().size() == 1 ? grant.apps().stream().findFirst() : Optional.empty();
  }

  private static @Nullable String parameter(HttpServerRequest request) {
    try {
      return request.getParam("app");
    } catch (IllegalArgumentException notWellFormed) {
      return "";
    }
  }

  /** Why {@link #of} is empty. The names that it lists are the token's own. */
  static String missing(HttpServerRequest request, Grant grant) {
    if (!path(request).equals(SUFFIX) || parameter(request) != null || grant.apps().isEmpty()) {
      return "the app's name must match ^[a-z0-9][a-z0-9-]{0,62}$";
    }
    String names =
        grant.apps().stream()
            .map(AppName::value)
            .sorted()
            .limit(NAMED_APPS)
            .collect(Collectors.joining(", "));
    int more = grant.apps().size() - NAMED_APPS;
    return "the token is for several apps, name one: ?app= "
        + names
        + (more > 0 ? " and " + more + " more" : "");
  }
}
