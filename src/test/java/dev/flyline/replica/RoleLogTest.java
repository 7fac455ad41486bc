package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import org.junit.jupiter.api.Test;

/** How many changes of roles are logged. */
final class RoleLogTest {

  private final RoleLog roleLog = new RoleLog(0);

  private long logged(int changes, long nowMs) {
    long logged = 0;
    for (int i = 0; i < changes; i++) {
      boolean shown =
          roleLog.changed(
              new AppName("app-" + i),
              Role.STANDBY,
              Role.CLAIMING,
              RoleCause.OWNER_SILENT,
              nowMs + i);
      logged += shown ? 1 : 0;
    }
    return logged;
  }

  @Test
  void deathOfARouterWithManyApps_isLoggedInAFewLines() {
    assertThat(logged(1_000, 0)).isEqualTo(RoleLog.MOST);
  }

  @Test
  void nextWindow_isLoggedAgain() {
    logged(1_000, 0);

    assertThat(logged(3, RoleLog.WINDOW_MS)).isEqualTo(3);
  }
}
