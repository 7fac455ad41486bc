package dev.flyline.replica;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Member;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is there, who is silent, and who should own what. */
@Timeout(10)
final class LivenessTest {

  private static final Timing TIMING = Timing.DEFAULT;
  private static final int SILENCE = TIMING.ticks(TIMING.silence());

  private final Member me = new Member("me", "host-me:5701", "ams");
  private final Member b = new Member("b", "host-b:5701", "ams");
  private final Member c = new Member("c", "host-c:5701", "iad");
  private final Liveness peers = new Liveness(me, TIMING);
  private long nowMs;

  @BeforeEach
  void joined() {
    peers.members(List.of(me, b, c));
  }

  private void tick(int ticks) {
    for (int i = 0; i < ticks; i++) {
      nowMs += TIMING.tick().toMillis();
      peers.tick(nowMs);
    }
  }

  private static List<String> order(Liveness peers, String app) {
    return peers.order(app).stream().map(Member::node).toList();
  }

  private static List<String> apps() {
    return IntStream.range(0, 300).mapToObj(i -> "app-" + i).toList();
  }

  // ---- placement ----

  @Test
  void order_isTheSameOnEveryRouter() {
    var theirs = new Liveness(c, TIMING);
    theirs.members(List.of(b, c, me));

    for (String app : apps()) {
      assertThat(order(theirs, app)).isEqualTo(order(peers, app));
    }
  }

  @Test
  void order_hangsOnAddresses_soARestartedRouterGetsItsAppsBack() {
    List<String> before = apps().stream().map(app -> order(peers, app).getFirst()).toList();
    peers.members(List.of(me, new Member("again", b.address(), b.region()), c));

    List<String> after = apps().stream().map(app -> order(peers, app).getFirst()).toList();
    assertThat(after).isEqualTo(before.stream().map(n -> n.equals("b") ? "again" : n).toList());
  }

  @Test
  void order_sharesTheAppsOut() {
    for (String node : List.of("me", "b", "c")) {
      assertThat(apps().stream().filter(app -> order(peers, app).getFirst().equals(node)).count())
          .isBetween(60L, 140L);
    }
  }

  @Test
  void departedRouter_movesNoAppButItsOwn() {
    List<String> kept =
        apps().stream().filter(app -> !order(peers, app).getFirst().equals("b")).toList();
    List<String> owners = kept.stream().map(app -> order(peers, app).getFirst()).toList();
    peers.members(List.of(me, c));

    assertThat(kept.stream().map(app -> order(peers, app).getFirst())).isEqualTo(owners);
  }

  @Test
  void order_leavesOutWhoIsSilentOrLeaves() {
    peers.heard("b", true);
    assertThat(order(peers, "app")).containsExactlyInAnyOrder("me", "c");
    peers.heard("b", false);
    assertThat(order(peers, "app")).containsExactlyInAnyOrder("me", "b", "c");

    tick(SILENCE);
    peers.heard("b", false);
    tick(1);
    assertThat(order(peers, "app")).containsExactlyInAnyOrder("me", "b");
  }

  @Test
  void leavingRouter_isInNoOrder_unlessItIsTheLast() {
    peers.stop();
    assertThat(order(peers, "app")).containsExactlyInAnyOrder("b", "c");
    peers.heard("b", true);
    assertThat(order(peers, "app")).containsExactly("c");

    peers.members(List.of(me));
    assertThat(order(peers, "app")).containsExactly("me");
  }

  // ---- standby ----

  @Test
  void standby_isTheNextOfTheOwnersRegion() {
    var d = new Member("d", "host-d:5701", "ams");
    peers.members(List.of(me, b, c, d));
    for (String app : apps()) {
      List<String> near = order(peers, app).stream().filter(n -> "bd".contains(n)).toList();
      assertThat(peers.standby(app, "me", "")).contains(near.getFirst());
      assertThat(peers.standby(app, "me", near.getFirst())).contains(near.getLast());
    }
  }

  @Test
  void standby_isTheNextOfAll_ifTheOwnerIsAloneInItsRegion() {
    for (String app : apps()) {
      List<String> far = order(peers, app).stream().filter(n -> !n.equals("c")).toList();
      assertThat(peers.standby(app, "c", "")).contains(far.getFirst());
    }
  }

  @Test
  void standby_isNobody_ifOnlyTheOwnerOrTheExceptedOneIsLeft() {
    peers.members(List.of(me, b));
    assertThat(peers.standby("app", "me", "b")).isEmpty();
    peers.members(List.of(me));
    assertThat(peers.standby("app", "me", "")).isEmpty();
  }

  // ---- silence ----

  @Test
  void routerNotHeardForTheTimeOfSilence_isSuspect_untilItIsHeard() {
    tick(SILENCE);
    peers.heard("b", false);
    assertThat(peers.isSuspect("c")).isFalse();
    int version = peers.version();
    tick(1);

    assertThat(peers.isSuspect("c")).isTrue();
    assertThat(peers.isSuspect("b")).isFalse();
    assertThat(peers.present()).containsExactly("b");
    assertThat(peers.version()).isGreaterThan(version);

    version = peers.version();
    peers.heard("c", false);
    assertThat(peers.isSuspect("c")).isFalse();
    assertThat(peers.version()).isGreaterThan(version);
  }

  @Test
  void frozenRouter_callsNobodySilent_evenIfItsTimerMakesUpForTheTicksItMissed() {
    tick(1);
    nowMs += 60_000;
    for (int i = 0; i < 240; i++) {
      peers.tick(nowMs);
    }

    assertThat(peers.present()).containsExactly("b", "c");
  }

  @Test
  void strangersAreSuspect_andThisRouterNeverIs() {
    tick(10 * SILENCE);

    assertThat(peers.isSuspect("stranger")).isTrue();
    assertThat(peers.isSuspect("me")).isFalse();
    peers.members(List.of(me, c));
    assertThat(peers.isSuspect("b")).isTrue();
  }

  @Test
  void refusedConnection_makesSuspectAtOnce_butNotWhoWasHeardJustNow() {
    tick(TIMING.ticks(TIMING.heartbeat()));
    peers.refused("b");
    assertThat(peers.isSuspect("b")).isFalse();

    tick(1);
    peers.refused("b");
    assertThat(peers.isSuspect("b")).isTrue();
    assertThat(peers.isSuspect("c")).isFalse();
    peers.refused("stranger");
  }

  @Test
  void whoIsNew_countsAsHeard_andWhoStaysKeepsItsSilence() {
    tick(SILENCE);
    peers.members(List.of(me, b, c, new Member("d", "host-d:5701", "ams")));
    tick(1);

    assertThat(peers.present()).containsExactly("d");
  }

  // ---- doubt ----

  @Test
  void frozenRouter_isInDoubtUntilSomebodyAnswers() {
    tick(1);
    assertThat(peers.isInDoubt()).isFalse();
    peers.stoodStill();
    tick(10);
    assertThat(peers.isInDoubt()).isTrue();

    peers.answered();
    assertThat(peers.isInDoubt()).isFalse();
  }

  @Test
  void doubt_endsAfter45sOfRunning() {
    tick(1);
    peers.stoodStill();
    tick(TIMING.ticks(Duration.ofSeconds(45)) - 1);
    assertThat(peers.isInDoubt()).isTrue();
    tick(1);
    assertThat(peers.isInDoubt()).isFalse();
  }

  @Test
  void frozenRouter_thatWasForgottenByAll_isInDoubtToo() {
    tick(1);
    peers.members(List.of(me));
    peers.stoodStill();
    assertThat(peers.isInDoubt()).isTrue();
  }

  @Test
  void frozenRouter_thatIsAloneForLong_doubtsNothing() {
    peers.members(List.of(me));
    tick(TIMING.ticks(Duration.ofMinutes(1)));
    peers.stoodStill();
    assertThat(peers.isInDoubt()).isFalse();

    var alone = new Liveness(me, TIMING);
    alone.stoodStill();
    assertThat(alone.isInDoubt()).isFalse();
  }

  // ---- calm ----

  @Test
  void members_areCalmTenSecondsAfterTheLastChange() {
    tick(TIMING.ticks(TIMING.calm()) - 1);
    peers.heard("b", false);
    peers.heard("c", false);
    assertThat(peers.isCalm()).isFalse();
    tick(1);
    assertThat(peers.isCalm()).isFalse(); // both had been silent, and were heard: changes

    for (int i = 1; i < TIMING.ticks(TIMING.calm()); i++) {
      peers.heard("b", false);
      peers.heard("c", false);
      assertThat(peers.isCalm()).isFalse();
      tick(1);
    }
    assertThat(peers.isCalm()).isTrue();
    peers.members(List.of(me, c, b));
    assertThat(peers.isCalm()).isTrue(); // the same ones
    peers.members(List.of(me, c));
    assertThat(peers.isCalm()).isFalse();
  }
}
