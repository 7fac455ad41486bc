package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.web.ViewerLimits.Permit;
import dev.flyline.web.ViewerLimits.Refused;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many streams are admitted, and that every place comes back. */
@Timeout(30)
final class ViewerLimitsTest {

  private static final AppName SHOP = new AppName("shop");
  private static final AppName BLOG = new AppName("blog");

  private static ViewerLimits limits(int all, int perUser, int perApp) {
    return limits(
        Map.of(
            "limit.viewers", Integer.toString(all),
            "limit.per.user", Integer.toString(perUser),
            "limit.per.app", Integer.toString(perApp)));
  }

  private static ViewerLimits limits(Map<String, String> settings) {
    return new ViewerLimits(WebConfig.from(Settings.of(settings)), InstantSource.system());
  }

  private static Permit admitted(ViewerLimits limits, String user, AppName app) {
    var admission = limits.admit(user, app, "");
    assertThat(admission).isInstanceOf(Permit.class);
    return (Permit) admission;
  }

  private static void assertRefused(ViewerLimits limits, String user, AppName app, String code) {
    assertThat(limits.admit(user, app, ""))
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
              if (limits.admit("u" + i % 2, i % 3 == 0 ? SHOP : BLOG, "")
                  instanceof Permit permit) {
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

  @Test
  void address_isFullForItselfAlone() {
    var limits = limits(Map.of("limit.per.address", "2"));
    var first = limits.admit("a", SHOP, "192.0.2.1");
    limits.admit("b", BLOG, "192.0.2.1");

    assertThat(limits.admit("c", SHOP, "192.0.2.1"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused ->
                assertThat(refused.error().code()).isEqualTo("too_many_viewers_per_address"));
    assertThat(limits.admit("c", SHOP, "192.0.2.2")).isInstanceOf(Permit.class);
    assertThat(limits.admit("c", SHOP, "")).isInstanceOf(Permit.class); // of a trusted proxy
    ((Permit) first).release();
    assertThat(limits.admit("c", SHOP, "192.0.2.1")).isInstanceOf(Permit.class);
  }

  @Test
  void connectsOfAnAddress_areCountedForAMinute() {
    var now = new AtomicLong(1_000_000);
    var limits =
        new ViewerLimits(
            WebConfig.from(Settings.of(Map.of("limit.connects.per.address", "2"))),
            () -> Instant.ofEpochMilli(now.get()));
    release(limits.admit("a", SHOP, "192.0.2.1"));
    now.addAndGet(20_000);
    release(limits.admit("a", SHOP, "192.0.2.1"));

    assertThat(limits.admit("a", SHOP, "192.0.2.1"))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.error().code()).isEqualTo("too_many_connects_per_address");
              assertThat(refused.error().headers()).containsEntry("Retry-After", "41");
            });
    assertThat(limits.admit("a", SHOP, "192.0.2.2")).isInstanceOf(Permit.class);
    now.addAndGet(40_000);
    assertThat(limits.admit("a", SHOP, "192.0.2.1")).isInstanceOf(Permit.class);
  }

  @Test
  void addressesWithoutEnd_areForgotten() {
    var rate = new Rate(1, () -> Instant.ofEpochMilli(1_000_000));
    assertThat(rate.take("first")).isEmpty();
    assertThat(rate.take("first")).isPresent();
    for (int i = 0; i <= Rate.MOST_NAMES; i++) {
      assertThat(rate.take("a" + i)).isEmpty();
    }
    assertThat(rate.take("first")).isEmpty();
  }

  private static void release(ViewerLimits.Admission admission) {
    assertThat(admission).isInstanceOf(Permit.class);
    ((Permit) admission).release();
  }
}
