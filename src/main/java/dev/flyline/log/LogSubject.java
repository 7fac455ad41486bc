package dev.flyline.log;

import java.util.Optional;

/**
 * The NATS subject of a log line: {@code logs.<app>.<region>.<machine>}.
 *
 * <p>The subject alone says whose line this is, so parsing is strict: a line whose subject does not
 * parse is counted and dropped, never guessed at.
 */
public record LogSubject(AppName app, String region, String machine) {

  private static final String PREFIX = "logs.";
  private static final int MAX_NAME = 64;

  /** Returns the parts of {@code subject}, or empty if it is not a log subject. */
  public static Optional<LogSubject> parse(String subject) {
    if (!subject.startsWith(PREFIX)) {
      return Optional.empty();
    }
    int appEnd = subject.indexOf('.', PREFIX.length());
    int regionEnd = appEnd < 0 ? -1 : subject.indexOf('.', appEnd + 1);
    if (regionEnd < 0) {
      return Optional.empty();
    }
    String region = subject.substring(appEnd + 1, regionEnd);
    String machine = subject.substring(regionEnd + 1);
    if (!isName(region) || !isName(machine)) {
      return Optional.empty();
    }
    return AppName.parse(subject.substring(PREFIX.length(), appEnd))
        .map(app -> new LogSubject(app, region, machine));
  }

  /** Whether {@code text} can be a region or a machine's id: {@code [A-Za-z0-9_-]{1,64}}. */
  public static boolean isName(String text) {
    if (text.isEmpty() || text.length() > MAX_NAME) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
      if (!letter && !(c >= '0' && c <= '9') && c != '-' && c != '_') {
        return false;
      }
    }
    return true;
  }

  /** The subject as NATS spells it. */
  @Override
  public String toString() {
    return PREFIX + app + '.' + region + '.' + machine;
  }
}
