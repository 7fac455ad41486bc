package dev.flyline.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;

/**
 * The values that one source gives, by the settings' present names.
 *
 * @param values by dotted key; an empty value counts as not given
 */
record Layer(Source source, Map<String, String> values) {

  /** Other spellings that are taken as well: the longer reading of the documented short forms. */
  private static final Map<String, String> ALIASES =
      Map.of(
          "limit.viewers.per.user", "limit.per.user",
          "limit.viewers.per.app", "limit.per.app");

  Layer {
    var given = new TreeMap<String, String>();
    values.forEach(
        (key, value) -> {
          if (!value.isBlank()) {
            given.putIfAbsent(ALIASES.getOrDefault(key, key), value.strip());
          }
        });
    values = given;
  }

  /**
   * The layer of the variables in {@code environment} that begin with {@code FLYLINE_}, without
   * those that an orchestrator has {@link Injected}.
   */
  static Layer ofEnvironment(Map<String, String> environment) {
    var values = new TreeMap<String, String>();
    Set<String> injected = Injected.of(environment);
    environment.forEach(
        (name, value) -> {
          if (name.startsWith(Source.PREFIX) && !injected.contains(name)) {
            values.put(Source.keyOfVariable(name), value);
          }
        });
    return new Layer(Source.ENVIRONMENT, values);
  }

  /** The layer of a properties file in UTF-8; throws for one that cannot be read. */
  static Layer ofFile(Path file) throws IOException {
    var properties = new Properties();
    try (var reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    } catch (IllegalArgumentException | UncheckedIOException e) {
      throw new IOException("not a properties file", e);
    }
    var values = new TreeMap<String, String>();
    properties.stringPropertyNames().forEach(key -> values.put(key, properties.getProperty(key)));
    return new Layer(Source.FILE, values);
  }
}
