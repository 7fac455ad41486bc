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

  /** Returns the parts of {@code subject}, or empty if it is not a log subject. */
  public static Optional<LogSubject> parse(String subject) {
    if (!subject.startsWith(PREFIX)) {
      return Optional.empty();
    }
    int appEnd = subject.indexOf('.', PREFIX.length());
    int regionEnd = appEnd < 0 ? -1 : subject.indexOf('.', appEnd + 1);
    if (regionEnd <= appEnd + 1
        || regionEnd == subject.length() - 1
        || subject.indexOf('.', regionEnd + 1) >= 0) {
      return Optional.empty();
    }
    return AppName.parse(subject.substring(PREFIX.length(), appEnd))
        .map(
            app ->
                new LogSubject(
                    app,
                    subject.substring(appEnd + 1, regionEnd),
                    subject.substring(regionEnd + 1)));
  }

  /** The subject as NATS spells it. */
  @Override
  public String toString() {
    return PREFIX + app + '.' + region + '.' + machine;
  }
}
