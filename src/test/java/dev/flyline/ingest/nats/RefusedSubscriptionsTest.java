package dev.flyline.ingest.nats;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose subscription NATS means when it refuses one, and when it is asked again. */
@Timeout(10)
final class RefusedSubscriptionsTest {

  private static final String LIMIT = "-ERR 'maximum subscriptions exceeded'";

  private final RefusedSubscriptions refusals = new RefusedSubscriptions();
  private final Set<AppName> wanted = new LinkedHashSet<>();
  private long nowMs = 1_000_000;

  private static AppName app(String name) {
    return new AppName(name);
  }

  private static List<AppName> apps(String... names) {
    return List.of(names).stream().map(AppName::new).toList();
  }

  private void ask(String... names) {
    for (AppName app : apps(names)) {
      wanted.add(app);
      refusals.asked(app);
    }
  }

  private void forbid(String name) {
    refusals.complain("-ERR 'Permissions Violation for Subscription to \"logs." + name + ".>\"'");
  }

  private RefusedSubscriptions.Answer answer() {
    return refusals.settle(wanted, true, nowMs);
  }

  private List<AppName> retryAfter(long ms) {
    nowMs += ms;
    return refusals.retry(nowMs, 100);
  }

  @Test
  void permissionsViolation_meansTheAppThatItNames() {
    ask("a", "b", "c");
    forbid("b");
    assertThat(answer().refused()).containsExactly(app("b"));
    assertThat(refusals.size()).isEqualTo(1);
  }

  @Test
  void limit_meansTheLastThatWereAsked() {
    ask("a", "b", "c", "d");
    refusals.complain(LIMIT);
    refusals.complain(LIMIT);
    assertThat(answer().refused()).containsExactly(app("c"), app("d"));
  }

  @Test
  void limitAndPermissions_areToldApart() {
    ask("a", "b", "c", "d");
    forbid("d");
    refusals.complain(LIMIT);
    assertThat(answer().refused()).containsExactlyInAnyOrder(app("c"), app("d"));
  }

  @Test
  void limit_whereRoomWasMadeMeanwhile_makesSuspects_whoAreTriedQuietly() {
    ask("a", "b");
    refusals.forget(app("x"));
    ask("c");
    refusals.complain(LIMIT);
    assertThat(answer().refused()).isEmpty();
    assertThat(refusals.size()).isZero();
    assertThat(retryAfter(1)).containsExactlyElementsOf(apps("a", "b", "c"));

    refusals.complain(LIMIT);
    RefusedSubscriptions.Answer answer = answer();
    assertThat(answer.refused()).containsExactly(app("c"));
    assertThat(answer.tried()).containsExactlyInAnyOrder(app("a"), app("b"));
    assertThat(answer.accepted()).isEmpty(); // they were never told to be refused
  }

  @Test
  void limitAfterAReconnect_makesEverybodyASuspect() {
    ask("a", "b", "c");
    answer();
    refusals.lost(wanted);
    refusals.complain(LIMIT);
    assertThat(answer().refused()).isEmpty();
    assertThat(retryAfter(1)).hasSize(3);
  }

  @Test
  void refusedApp_isTriedLessAndLessOften_andToldOnce() {
    ask("a");
    forbid("a");
    assertThat(answer().refused()).hasSize(1);
    long waitMs = 1_000;
    for (int i = 0; i < 12; i++) {
      assertThat(retryAfter(waitMs - 1)).isEmpty();
      assertThat(retryAfter(1)).containsExactly(app("a"));
      forbid("a");
      assertThat(answer().refused()).isEmpty();
      waitMs = Math.min(60_000, 2 * waitMs);
    }
    retryAfter(waitMs);
    assertThat(answer().accepted()).containsExactly(app("a"));
    assertThat(refusals.size()).isZero();
    assertThat(refusals.isDue()).isFalse();
  }

  @Test
  void subscriptionTakenAway_isRefusedWithoutBeingAsked() {
    ask("a", "b");
    answer();
    refusals.complain("Permissions Violation for Subscription to \"logs.a.>\" (sid \"2\")");
    assertThat(refusals.settle(wanted, false, nowMs).refused()).containsExactly(app("a"));
  }

  @Test
  void refusedApp_isStillRefusedAfterAReconnect_untilNatsHasAnswered() {
    ask("a");
    forbid("a");
    answer();
    refusals.lost(wanted);
    assertThat(refusals.settle(wanted, false, nowMs).accepted()).isEmpty();
    assertThat(refusals.size()).isEqualTo(1);
    assertThat(answer().accepted()).containsExactly(app("a"));
  }

  @Test
  void otherComplaints_areNobodysRefusal() {
    ask("a");
    for (String text :
        List.of(
            "-ERR 'Stale Connection'",
            "-ERR 'Slow Consumer'",
            "-ERR 'Permissions Violation for Publish to \"logs.a.x\"'",
            "-ERR 'Permissions Violation for Subscription to \"_INBOX.>\"'",
            "-ERR 'Permissions Violation for Subscription to \"logs.A..>\"'")) {
      refusals.complain(text);
    }
    assertThat(answer().refused()).isEmpty();
  }

  @Test
  void appThatIsNotWantedAnyMore_isForgotten() {
    ask("a");
    forbid("a");
    answer();
    wanted.remove(app("a"));
    assertThat(refusals.forget(app("a"))).isTrue();
    assertThat(refusals.forget(app("a"))).isFalse();
    forbid("a"); // on its way
    assertThat(answer().refused()).isEmpty();
    assertThat(refusals.isDue()).isFalse();
  }
}
