package dev.flyline.config;

import java.util.regex.Pattern;

/**
 * One setting as it was asked for, with the value that holds.
 *
 * @param key its dotted name
 * @param byDefault what holds when it is not given; empty for nothing
 * @param allowed the values it takes, in words; empty if any
 * @param help what it means
 * @param secret whether its value must not be seen
 * @param value what holds, masked if secret; empty for nothing
 * @param source where the value comes from
 */
public record Setting(
    String key,
    String byDefault,
    String allowed,
    String help,
    boolean secret,
    String value,
    Source source) {

  /** The name and password part of a URL: {@code nats://user:token@host}. */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/@,\\s]+@");

  /** Hides the value of a secret, and names and passwords in URLs. */
  public Setting {
    value =
        secret && !value.isEmpty()
            ? Secret.MASK
            : USER_INFO.matcher(value).replaceAll(Secret.MASK + "@");
  }

  /** The flag that sets it; a secret has none, since every user of a machine sees its flags. */
  public String flag() {
    return Source.FLAG.spell(key);
  }

  /** The environment variable that sets it. */
  public String variable() {
    return Source.ENVIRONMENT.spell(key);
  }
}
