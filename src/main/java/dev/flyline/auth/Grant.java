package dev.flyline.auth;

import dev.flyline.log.AppName;
import java.time.Instant;
import java.util.Set;

/**
 * What a token allows: which apps, until when.
 *
 * @param user whose streams count together against a limit; never empty
 * @param apps the apps its bearer may see; empty for a good token that names none
 * @param expires the first instant at which nothing is allowed any more
 */
public record Grant(String user, Set<AppName> apps, Instant expires) implements Verdict {

  /** Keeps a copy of {@code apps}; a user must have a name. */
  public Grant {
    if (user.isEmpty()) {
      throw new IllegalArgumentException("user: must not be empty");
    }
    apps = Set.copyOf(apps);
  }

  /** Whether {@code app} may be seen, as long as the grant has not expired. */
  public boolean allows(AppName app) {
    return apps.contains(app);
  }
}
