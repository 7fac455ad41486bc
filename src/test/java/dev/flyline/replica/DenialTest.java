package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import dev.flyline.log.Term;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** NATS refuses an app to its owner: the viewers of every router are told, and of nothing else. */
@Timeout(10)
final class DenialTest {

  private static final String OF_ME = "1-me";
  private static final String OF_B = "1-b";

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "b", "c");
  private final AppName other = world.appOf("b", "c", ME);

  private void natsRefuses(AppName which, boolean refuses) {
    world.replicas.refused(which, refuses);
    world.pass(TIMING.tick());
  }

  private static AppMessage.Refused said(AppName app, String epoch, boolean refused) {
    return new AppMessage.Refused(app, epoch, refused);
  }

  private List<AppMessage.Refused> toldTo(String node) {
    return world.take(node, AppMessage.Refused.class);
  }

  // ---- the owner ----

  @Test
  void ownerThatIsRefused_tellsItsViewersAndTheWatchers_andWhenItIsNotAnyMore() {
    world.own(app);
    world.says("b", new AppMessage.Watch(app, OF_ME));
    natsRefuses(app, true);
    assertThat(world.refused).containsExactly(app);
    assertThat(toldTo("b")).containsExactly(said(app, OF_ME, true));
    assertThat(toldTo("c")).isEmpty();

    natsRefuses(app, false);
    assertThat(world.refused).isEmpty();
    assertThat(toldTo("b")).containsExactly(said(app, OF_ME, false));
  }

  @Test
  void watchAndRenewal_areAnsweredWithTheRefusal() {
    world.own(app);
    natsRefuses(app, true);
    world.says("c", new AppMessage.Watch(app, ""));
    assertThat(toldTo("c")).containsExactly(said(app, OF_ME, true));
    world.says("c", new AppMessage.Watch(app, OF_ME));
    assertThat(toldTo("c")).containsExactly(said(app, OF_ME, true));
    natsRefuses(app, false);
    world.takeSent();
    world.says("c", new AppMessage.Watch(app, OF_ME));
    assertThat(toldTo("c")).isEmpty();
  }

  @Test
  void appThatNobodyWatchesAnyMore_isNotRefusedAnyMore() {
    world.own(app);
    natsRefuses(app, true);
    world.replicas.unwatch(app);
    world.pass(TIMING.renew().plus(TIMING.answer().multipliedBy(2)).plus(TIMING.tick()));
    assertThat(world.subscribed).isEmpty();
    assertThat(world.refused).isEmpty();
  }

  // ---- others ----

  @Test
  void follower_tellsItsViewersWhatTheOwnerSays() {
    world.follow(other, "b", 0);
    world.says("b", said(other, OF_B, true));
    world.pass(TIMING.tick());
    assertThat(world.refused).containsExactly(other);
    world.says("b", said(other, OF_B, false));
    world.pass(TIMING.tick());
    assertThat(world.refused).isEmpty();
  }

  /** The owner's last word may be lost. */
  @Test
  void refusalThatIsNotRepeated_isForgottenAfterALease() {
    world.follow(other, "b", 0);
    world.says("b", said(other, OF_B, true));
    world.pass(TIMING.lease().minus(TIMING.tick()));
    assertThat(world.refused).containsExactly(other);
    world.pass(TIMING.tick().multipliedBy(2));
    assertThat(world.refused).isEmpty();
  }

  @Test
  void strangersAndOwnersOfBefore_areNotHeeded() {
    world.follow(other, "b", 0);
    world.says("c", said(other, OF_B, true));
    world.says("c", said(other, "1-c", true));
    world.says("b", said(other, "0-b", true));
    world.pass(TIMING.tick());
    assertThat(world.refused).isEmpty();
  }

  @Test
  void newOwner_isNotWhatTheOneBeforeWas() {
    world.follow(other, "b", 0);
    world.says("b", said(other, OF_B, true));
    world.pass(TIMING.tick());
    var next = FakeWorld.lineage(1, "b", 0).then(new Term(2, "c", 0));
    world.says("c", new AppMessage.State(other, next, "c", 0));
    world.pass(TIMING.tick());
    assertThat(world.refused).isEmpty();
  }

  /** A standby only compares: its viewers miss nothing. */
  @Test
  void standbyThatIsRefused_tellsNobody() {
    world.follow(other, "b", 0);
    world.standBy(other, "b", 0);
    natsRefuses(other, true);
    assertThat(world.refused).isEmpty();
  }

  @Test
  void lastViewerOfAFollower_leavesNothingBehind() {
    world.follow(other, "b", 0);
    world.says("b", said(other, OF_B, true));
    world.pass(TIMING.tick());
    world.replicas.unwatch(other);
    world.pass(TIMING.tick());
    assertThat(world.refused).isEmpty();
  }
}
