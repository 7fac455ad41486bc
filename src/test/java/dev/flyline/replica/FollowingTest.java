package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.log.AppName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A router whose viewers see an app that b owns; c is there as well. */
@Timeout(10)
final class FollowingTest {

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf("b", "c", ME);

  /**
   * Of those who are left it is the second in the order, and so asks whether it may own the app.
   */
  @Test
  void followerThatWaitsForASuspectOwner_goesOnAtOnce() {
    world.follow(app, "b", 100);
    world.silence("b");
    while (!world.peers.isSuspect("b")) {
      world.takeSent();
      world.says("c", new AppMessage.State(app, FakeWorld.lineage(1, "b", 0), "b", 100));
      assertThat(world.take("b", AppMessage.Watch.class)).hasSize(1); // asked again just now
      world.pass(TIMING.tick());
    }
    assertThat(world.take("c", AppMessage.Claim.class)).hasSize(1);
  }
}
