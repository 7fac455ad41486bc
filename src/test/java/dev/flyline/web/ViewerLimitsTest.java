package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import dev.flyline.web.ViewerLimits.Permit;
import dev.flyline.web.ViewerLimits.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many streams are admitted, and that every place comes back. */
@Timeout(30)
final class ViewerLimitsTest {

  private static final AppName SHOP = new AppName("shop");
  private static final AppName BLOG = new AppName("blog");

  private static ViewerLimits limits(int all, int perUser, int perApp) {
    return new ViewerLimits(new WebConfig("::", 0, "::", 0, List.of(), all, perUser, perApp));
  }

  private static Permit admitted(ViewerLimits limits, String user, AppName app) {
    var admission = limits.admit(user, app);
    assertThat(admission).isInstanceOf(Permit.class);
    return (Permit) admission;
  }

  private static void assertRefused(ViewerLimits limits, String user, AppName app, String code) {
    assertThat(limits.admit(user, app))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.error().status()).isEqualTo(429);
              assertThat(refused.error().code()).isEqualTo(code);
              assertThat(refused.error().headers()).containsKey("Retry-After");
            });
  }

  @Test
  void router_isFullForEverybody() {
    var limits = limits(2, 9, 9);
    admitted(limits, "a", SHOP);
    var second = admitted(limits, "b", BLOG);

    assertRefused(limits, "c", new AppName("third"), "too_many_viewers");
    second.release();
    admitted(limits, "c", new AppName("third"));
  }

  @Test
  void user_isFullForItselfAlone() {
    var limits = limits(9, 1, 9);
    admitted(limits, "a", SHOP);

    assertRefused(limits, "a", BLOG, "too_many_viewers_per_user");
    admitted(limits, "b", SHOP);
  }

  @Test
  void app_isFullForItselfAlone() {
    var limits = limits(9, 9, 1);
    admitted(limits, "a", SHOP);

    assertRefused(limits, "b", SHOP, "too_many_viewers_per_app");
    admitted(limits, "b", BLOG);
  }

  @Test
  void refusal_takesNoPlace() {
    var limits = limits(2, 1, 1);
    var first = admitted(limits, "a", SHOP);
    for (int i = 0; i < 100; i++) {
      assertRefused(limits, "a", BLOG, "too_many_viewers_per_user");
      assertRefused(limits, "b", SHOP, "too_many_viewers_per_app");
    }

    admitted(limits, "b", BLOG);
    first.release();
    admitted(limits, "a", SHOP);
  }

  @Test
  void secondRelease_doesNothing() {
    var limits = limits(9, 1, 1);
    var first = admitted(limits, "a", SHOP);
    first.release();
    admitted(limits, "a", SHOP);
    first.release();

    assertRefused(limits, "a", BLOG, "too_many_viewers_per_user");
    assertThat(limits.open()).isEqualTo(1);
  }

  @Test
  void names_areForgottenWithTheirLastStream() {
    var limits = limits(9, 9, 9);
    var permits = List.of(admitted(limits, "a", SHOP), admitted(limits, "a", BLOG));

    permits.forEach(Permit::release);

    assertThat(limits.open()).isZero();
    assertThat(limits.names()).isZero();
  }

  @Test
  void manyThreads_neverHoldMoreThanTheLimitAndGiveAllBack() throws Exception {
    var limits = limits(50, 30, 40);
    var held = new AtomicInteger();
    Callable<Integer> visitor =
        () -> {
          int most = 0;
          for (int round = 0; round < 300; round++) {
            var permits = new ArrayList<Permit>();
            for (int i = 0; i < 20; i++) {
              if (limits.admit("u" + i % 2, i % 3 == 0 ? SHOP : BLOG) instanceof Permit permit) {
                permits.add(permit);
                most = Math.max(most, held.incrementAndGet());
              }
            }
            held.addAndGet(-permits.size());
            permits.forEach(Permit::release);
          }
          return most;
        };
    try (var threads = Executors.newFixedThreadPool(4)) {
      for (var result : threads.invokeAll(Collections.nCopies(4, visitor))) {
        assertThat(result.get()).isLessThanOrEqualTo(50);
      }
    }

    assertThat(limits.open()).isZero();
    assertThat(limits.names()).isZero();
    admitted(limits, "u0", SHOP);
  }
}
