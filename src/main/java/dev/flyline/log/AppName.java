package dev.flyline.log;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The name of a Fly app, already checked.
 *
 * <p>A name becomes part of a NATS subject, where {@code *}, {@code >} and {@code .} would widen it
 * to other tenants. So there is no way to hold an {@code AppName} that does not match {@code
 * ^[a-z0-9][a-z0-9-]{0,62}$}.
 */
public record AppName(String value) implements Comparable<AppName> {

  /** The longest name, in characters. */
  public static final int MAX_LENGTH = 63;

  /** Throws {@link IllegalArgumentException} for a name that does not match. */
  public AppName {
    if (!isValid(value)) {
      throw new IllegalArgumentException("not an app name");
    }
  }

  /** Returns the app called {@code name}, or empty if that cannot be an app's name. */
  public static Optional<AppName> parse(String name) {
    return isValid(name) ? Optional.of(new AppName(name)) : Optional.empty();
  }

  /** The subject that matches every line of this app and of no other. */
  public String subject() {
    return "logs." + value + ".>";
  }

  private static boolean isValid(String name) {
    if (name.isEmpty() || name.length() > MAX_LENGTH || name.charAt(0) == '-') {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-')) {
        return false;
      }
    }
    return true;
  }

  // What a record would do, without its call of a method handle: apps are looked up for each line.

  @Override
  public boolean equals(@Nullable Object other) {
    return this == other || (other instanceof AppName that && value.equals(that.value));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public int compareTo(AppName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
