package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who rests, and that whoever rests is there when something happens. */
@Timeout(20)
final class TickRoundsTest {

  private static final AppName APP = new AppName("shop");

  private final FakeWorld world = new FakeWorld();

  private void ownAlone() {
    world.own(APP);
    world.pass(TIMING.tick());
  }

  /** The replica as it is, without waking it, as a call of it would. */
  private Replica resting() {
    Replica replica = world.replica(APP);
    world.pass(TIMING.tick());
    assertThat(replica.rests).isTrue();
    return replica;
  }

  @Test
  void ownerThatIsAlone_restsWhileItIsWatched() {
    ownAlone();
    Replica replica = resting();
    world.pass(TIMING.renew().multipliedBy(10));
    assertThat(replica.rests).isTrue();
  }

  @Test
  void ownerThatRests_enlistsWhoeverComes() {
    ownAlone();
    Replica replica = resting();
    world.members("b");
    world.pass(TIMING.tick());
    world.takeOne("b", AppMessage.Enlist.class);
    assertThat(replica.rests).isFalse();
  }

  @Test
  void ownerWithAStandbyInStep_restsUntilThatFallsSilent() {
    var two = new FakeWorld("b");
    AppName mine = two.appOf(ME);
    two.own(mine);
    two.pass(TIMING.tick());
    two.inStep(mine, "b", 0);
    two.pass(TIMING.calm());
    Replica replica = two.replica(mine);
    two.pass(TIMING.tick());
    assertThat(replica.rests).isTrue();
    two.silence("b");
    two.pass(TIMING.silence().plus(TIMING.tick().multipliedBy(2)));
    two.takeOne("b", AppMessage.Release.class);
  }

  @Test
  void ownerThatRested_stopsReadingWhenTheGraceHasPassedMeanwhile() {
    ownAlone();
    resting();
    world.pass(TIMING.lease());
    world.replicas.unwatch(APP);
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void appThatRests_isForgottenWhenNobodyHasWantedItForAMinute() {
    ownAlone();
    resting();
    world.pass(TIMING.lease());
    world.replicas.unwatch(APP);
    world.pass(Duration.ofSeconds(61));
    world.replicas.expire(0);
    assertThat(world.replicas.find(APP)).isNull();
  }

  @Test
  void ownerThatRests_asksTheOthersWhenItWasFrozen() {
    ownAlone();
    Replica replica = resting();
    world.freeze(60_000);
    world.pass(TIMING.tick());
    assertThat(replica.rests).isFalse();
    world.pass(TIMING.answer().plus(TIMING.tick()));
    assertThat(world.status(APP).epoch()).isEqualTo("2-" + ME);
  }

  @Test
  void appThatRests_numbersALineAtOnce() {
    ownAlone();
    Replica replica = resting();
    world.nats(APP, "one");
    assertThat(replica.localLog.head()).isEqualTo(1);
    resting();
  }
}
