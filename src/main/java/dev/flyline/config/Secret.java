package dev.flyline.config;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/** A value that must not be seen: printing it, or a record that holds it, shows {@code ***}. */
public final class Secret {

  /** What stands wherever a secret would. */
  public static final String MASK = "***";

  private final String value;

  /** Wraps {@code value}, which must not be empty. */
  public Secret(String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("secret: must not be empty");
    }
    this.value = value;
  }

  /** The value itself, for the one place that uses it. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  /** The same for all secrets, so that no hash of one can be printed. */
  @Override
  public int hashCode() {
    return Secret.class.hashCode();
  }

  @Override
  public String toString() {
    return MASK;
  }
}
