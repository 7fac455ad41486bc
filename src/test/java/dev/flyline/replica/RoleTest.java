package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.knowsNothing;
import static dev.flyline.replica.FakeWorld.lineage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a router's role for an app changes, and what operators learn of that. */
@Timeout(10)
final class RoleTest {

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "b", "c");

  @Test
  void appThatNobodyOwns_isClaimedAndOwned() {
    world.own(app);

    assertThat(world.roles).containsExactly("claiming,no_owner", "owner,claimed");
  }

  @Test
  void standby_takesOver_whenItsOwnerFallsSilent() {
    world.standBy(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick().multipliedBy(2)));
    AppMessage.Claim claim = world.takeOne("c", AppMessage.Claim.class);
    world.says("c", knowsNothing(claim));

    assertThat(world.roles)
        .containsExactly("standby,enlisted", "claiming,owner_silent", "owner,claimed");
  }

  @Test
  void standby_staysOne_whenItsClaimIsDropped() {
    world.standBy(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick().multipliedBy(2)));
    world.says("b", new AppMessage.Head(app, "1-b", 0));

    assertThat(world.roles).endsWith("claiming,owner_silent", "standby,claim_dropped");
    assertThat(world.role(app)).isEqualTo("standby");
  }

  @Test
  void standby_isReleased_byItsOwner() {
    world.standBy(app, "b", 0);
    world.says("b", new AppMessage.Unwatch(app));

    assertThat(world.roles).containsExactly("standby,enlisted", "follower,released");
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void heir_ownsWhatItIsHanded() {
    world.standBy(app, "b", 0);
    world.says("b", new AppMessage.Handover(app, "1-b", 0));

    assertThat(world.roles).endsWith("owner,handed_over");
  }

  @Test
  void owner_followsANewerTerm_andStandsByInIt() {
    world.own(app);
    world.says("b", new AppMessage.Enlist(app, lineage(2, "b", 0), 0));

    assertThat(world.roles).endsWith("follower,newer_term", "standby,enlisted");
  }

  @Test
  void frozenOwner_claimsAnew() {
    world.own(app);
    world.freeze(10_000);
    world.pass(TIMING.tick());

    assertThat(world.roles).endsWith("claiming,stood_still");
  }

  @Test
  void illegalMove_fails() {
    world.follow(app, "b", 0);
    Replica replica = world.replica(app);

    assertThatThrownBy(() -> replica.claim(RoleCause.CLAIMED)).isInstanceOf(AssertionError.class);
  }

  @Test
  void everyRole_canBeReachedAndLeft() {
    Set<Role> entered = EnumSet.noneOf(Role.class);
    Set<Role> left = EnumSet.noneOf(Role.class);
    for (RoleCause cause : RoleCause.values()) {
      for (Role from : Role.values()) {
        for (Role to : Role.values()) {
          if (cause.allows(from, to)) {
            entered.add(to);
            left.add(from);
          }
        }
      }
    }

    assertThat(entered).containsExactlyInAnyOrder(Role.values());
    assertThat(left).containsExactlyInAnyOrder(Role.values());
  }

  @Test
  void labels_nameEveryCause_andNoneTwice() {
    Set<String> causes =
        RoleCause.labels()
            .map(label -> label.substring(label.indexOf(',') + 1))
            .collect(Collectors.toSet());

    assertThat(RoleCause.labels()).doesNotHaveDuplicates().contains("owner,handed_over");
    assertThat(causes)
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(RoleCause.values()).map(RoleCause::label).toList());
  }
}
