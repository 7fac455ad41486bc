package dev.flyline.config;

import java.util.List;

/** Every problem of the settings at once; its message has one line for each. */
public final class ConfigException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  /** Lists {@code problems}, of which there must be one at least. */
  public ConfigException(List<String> problems) {
    super(String.join("\n", problems));
    this.problems = List.copyOf(problems);
    if (this.problems.isEmpty()) {
      throw new IllegalArgumentException("problems: must not be empty");
    }
  }

  /** One sentence per problem, each naming its setting as it was given. */
  public List<String> problems() {
    return problems;
  }
}
