package dev.flyline.config;

import java.util.Locale;

/** Where a setting's value comes from, strongest first. */
public enum Source {
  /** A command line flag, {@code --nats-url}. */
  FLAG,
  /** An environment variable, {@code FLYLINE_NATS_URL}. */
  ENVIRONMENT,
  /** A line of the properties file, {@code nats.url}. */
  FILE,
  /** Not given: the default holds, if there is one. */
  DEFAULT;

  /** What every environment variable of flyline begins with. */
  static final String PREFIX = "FLYLINE_";

  /** How this source spells the setting {@code key}. */
  public String spell(String key) {
    return switch (this) {
      case FLAG -> "--" + key.replace('.', '-');
      case ENVIRONMENT -> PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_');
      case FILE, DEFAULT -> key;
    };
  }

  /** The key of the environment variable {@code name}, which begins with {@link #PREFIX}. */
  static String keyOfVariable(String name) {
    return name.substring(PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '.');
  }
}
