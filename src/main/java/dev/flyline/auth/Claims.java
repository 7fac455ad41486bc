package dev.flyline.auth;

import dev.flyline.auth.Refusal.Reason;
import dev.flyline.log.AppName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The claims of one token (RFC 7519), read type by type.
 *
 * <p>Nothing is converted: a claim that is not of its type is a reason to refuse the token, since
 * its maker and we do not mean the same. Within the list of apps, what cannot be an app's name is
 * passed over, because a platform may list there what it likes.
 */
final class Claims {

  /**
   * The last second of the year 9999. A later date is a token that is good for ever, most often by
   * counting milliseconds.
   */
  private static final long LAST_SECOND = 253_402_300_799L;

  private final Map<String, Object> claims;

  Claims(Map<String, Object> claims) {
    this.claims = claims;
  }

  /**
   * Why these claims cannot be judged, or null if every one that is used has its type.
   *
   * @param appsPath where the apps are listed
   */
  @Nullable Reason flaw(String appsPath) {
    if (!claims.containsKey("exp")) {
      return Reason.NO_EXPIRY;
    }
    boolean typed =
        date("exp").isPresent()
            && (!claims.containsKey("nbf") || date("nbf").isPresent())
            && (!claims.containsKey("iat") || date("iat").isPresent())
            && (!claims.containsKey("sub") || claims.get("sub") instanceof String)
            && listsApps(appsPath);
    return typed ? null : Reason.CLAIMS;
  }

  private boolean listsApps(String path) {
    return switch (at(claims, path)) {
      case null -> true;
      case String _ -> true;
      case List<?> _ -> true;
      case Object other -> other.equals(StrictJson.NULL);
    };
  }

  /** The date {@code name}, rounded down to a second; empty if it is missing or not a date. */
  Optional<Instant> date(String name) {
    if (!(claims.get(name) instanceof Number number)) {
      return Optional.empty();
    }
    double seconds = Math.floor(number.doubleValue()); // exact within the bounds
    return Math.abs(seconds) <= LAST_SECOND
        ? Optional.of(Instant.ofEpochSecond((long) seconds))
        : Optional.empty();
  }

  /** Whether the claim {@code name} is the string {@code value}. */
  boolean is(String name, String value) {
    return value.equals(claims.get(name));
  }

  /** Whether the claim {@code name} is the string {@code value} or a list with it. */
  boolean has(String name, String value) {
    return is(name, value) || (claims.get(name) instanceof List<?> list && list.contains(value));
  }

  /**
   * The user. A token without one stands for all tokens of the same apps: their holders share the
   * limits of one user, and nobody else's.
   */
  String user(Set<AppName> apps) {
    if (claims.get("sub") instanceof String sub && !sub.isEmpty()) {
      return sub;
    }
    return new TreeSet<>(apps)
        .stream().map(AppName::value).collect(Collectors.joining(",", "-", ""));
  }

  /** The app names in the claim at {@code path}: one string, or the strings of a list. */
  Set<AppName> apps(String path) {
    return switch (at(claims, path)) {
      case String name -> AppName.parse(name).map(Set::of).orElse(Set.of());
      case List<?> names ->
          names.stream()
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .flatMap(name -> AppName.parse(name).stream())
              .collect(Collectors.toUnmodifiableSet());
      case null, default -> Set.of();
    };
  }

  /**
   * What stands at a dotted path. A claim that has the whole path as its name comes first, because
   * names with dots in them are usual: {@code https://example.com/apps}.
   */
  private static @Nullable Object at(Map<?, ?> object, String path) {
    var whole = object.get(path);
    if (whole != null) {
      return whole;
    }
    for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (object.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
        var found = at(inner, path.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }
}
