package dev.flyline.replica;

import static dev.flyline.replica.FakeWorld.ME;
import static dev.flyline.replica.FakeWorld.TIMING;
import static dev.flyline.replica.FakeWorld.texts;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.log.AppName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Watches at an owner: leases, what answers them, and what happens when there are none. */
@Timeout(10)
final class WatchersTest {

  /** For so long a new owner reads on though nobody watches. */
  private static final Duration GRACE = TIMING.renew().plus(TIMING.answer().multipliedBy(2));

  private final FakeWorld world = new FakeWorld("b", "c");
  private final AppName app = world.appOf(ME, "c", "b"); // c is to stand by, b is not

  private AppMessage.Watch watch(String epoch) {
    return new AppMessage.Watch(app, epoch);
  }

  // ---- answers ----

  @Test
  void firstWatch_isAnsweredOnlyWhenNatsHasTheSubscription() {
    world.says("b", watch(""));
    for (String node : world.peers.present()) {
      world.says(node, FakeWorld.knowsNothing(world.takeOne(node, AppMessage.Claim.class)));
    }
    world.take("b", AppMessage.State.class); // the announcement to all
    world.says("b", watch(""));
    assertThat(world.subscribed).containsExactly(app);
    assertThat(world.take("b", AppMessage.State.class)).isEmpty();

    world.replicas.confirmed(app);
    AppMessage.State state = world.takeOne("b", AppMessage.State.class);
    assertThat(state.owner()).isEqualTo(ME);
    assertThat(state.head()).isZero();
  }

  @Test
  void renewal_isAnsweredWithTheHead_andAWatchOfAnotherTermWithTheState() {
    world.own(app);
    world.nats(app, "1", "2");
    world.says("b", watch(""));
    assertThat(world.takeOne("b", AppMessage.State.class).head()).isEqualTo(2);

    world.nats(app, "3");
    world.says("b", watch("1-me"));
    assertThat(world.takeOne("b", AppMessage.Head.class).head()).isEqualTo(3);

    world.says("b", watch("0-b"));
    assertThat(world.takeOne("b", AppMessage.State.class).head()).isEqualTo(3);
  }

  @Test
  void watch_isToldTheHeadOfWhenItCame_soThatWhatNatsBringsMeanwhileIsNoHistory() {
    world.replicas.recent(app);
    for (String node : world.peers.present()) {
      world.says(node, FakeWorld.knowsNothing(world.takeOne(node, AppMessage.Claim.class)));
    }
    world.takeSent();
    world.says("b", watch("1-me"));
    world.nats(app, "1", "2");
    world.replicas.confirmed(app);

    assertThat(world.takeOne("b", AppMessage.State.class).head()).isZero();
    assertThat(world.takeOne("b", AppMessage.Lines.class).batch().firstSeq()).isEqualTo(1);
  }

  // ---- leases ----

  @Test
  void watcher_getsCommittedLines_asLongAsItsLeaseLasts() {
    world.own(app);
    world.says("b", watch("1-me"));
    world.pass(TIMING.lease().minus(TIMING.tick()));
    world.nats(app, "1");
    assertThat(world.take("b", AppMessage.Lines.class)).hasSize(1);

    world.pass(TIMING.tick());
    world.nats(app, "2");
    assertThat(world.take("b", AppMessage.Lines.class)).isEmpty();
    assertThat(world.status(app).watchers()).containsExactly(ME);
  }

  @Test
  void renewal_prolongsTheLease() {
    world.own(app);
    world.says("b", watch("1-me"));
    world.pass(TIMING.lease().minus(TIMING.tick()));
    world.says("b", watch("1-me"));
    world.pass(TIMING.lease().minus(TIMING.tick()));
    world.nats(app, "1");

    assertThat(world.take("b", AppMessage.Lines.class)).hasSize(1);
  }

  @Test
  void unwatch_endsTheLeaseAtOnce() {
    world.own(app);
    world.says("b", watch("1-me"), new AppMessage.Unwatch(app));
    world.nats(app, "1");

    assertThat(world.take("b", AppMessage.Lines.class)).isEmpty();
  }

  // ---- nobody watches ----

  @Test
  void appThatNobodyWatches_isReadNoMore() {
    world.own(app);
    world.says("b", watch("1-me"));
    world.pass(GRACE);
    world.replicas.unwatch(app);
    assertThat(world.subscribed).containsExactly(app);

    world.says("b", new AppMessage.Unwatch(app));
    assertThat(world.subscribed).isEmpty();
    assertThat(world.take("c", AppMessage.Unwatch.class)).hasSize(1); // it need not stand by
  }

  @Test
  void appWhoseLastLeaseRunsOut_isHeldUntilItsViewersAreBack() {
    BlockRing ring = world.own(app);
    world.says("b", watch("1-me"));
    world.replicas.unwatch(app);
    world.pass(TIMING.lease());
    world.nats(app, "nobody watches");
    assertThat(texts(ring)).containsExactly("nobody watches");
    assertThat(world.take("c", AppMessage.Lines.class)).hasSize(1); // and it stands by
    assertThat(world.take("c", AppMessage.Unwatch.class)).isEmpty();

    world.pass(TIMING.hold().minus(TIMING.tick()));
    assertThat(world.subscribed).containsExactly(app);
    world.pass(TIMING.tick());
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void routerThatWasLost_isThereAgain_andReleasesTheApp() {
    world.own(app);
    world.pass(GRACE);
    world.says("b", watch("1-me"));
    world.replicas.unwatch(app);
    world.pass(TIMING.lease().multipliedBy(2));
    world.says("b", watch("1-me"));
    world.pass(TIMING.tick());
    world.says("b", new AppMessage.Unwatch(app));

    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void routerThatWasLost_mayReleaseTheAppAtOnce() {
    world.own(app);
    world.pass(GRACE);
    world.says("b", watch("1-me"));
    world.replicas.unwatch(app);
    world.pass(TIMING.lease().multipliedBy(2));
    assertThat(world.subscribed).containsExactly(app);

    world.says("b", new AppMessage.Unwatch(app));
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void ownerThatStoodStill_holdsTheAppOn() {
    world.own(app);
    world.pass(GRACE);
    world.says("b", watch("1-me"));
    world.replicas.unwatch(app);
    world.pass(TIMING.lease().multipliedBy(2));
    world.freeze(10_000);
    world.pass(TIMING.tick());
    for (String node : world.peers.present()) {
      world
          .take(node, AppMessage.Claim.class)
          .forEach(claim -> world.says(node, FakeWorld.knowsNothing(claim)));
    }
    assertThat(world.role(app)).isEqualTo("owner");

    world.pass(TIMING.hold().minus(TIMING.lease().multipliedBy(2)));
    assertThat(world.subscribed).containsExactly(app);
    world.pass(TIMING.lease().multipliedBy(2));
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void newOwner_readsOn_forTheViewersOfTheOneThatWasLost() {
    world.standBy(app, "b", 0);
    world.silence("b");
    world.pass(TIMING.silence().plus(TIMING.tick()));
    world.says("c", FakeWorld.knowsNothing(world.takeOne("c", AppMessage.Claim.class)));
    assertThat(world.role(app)).isEqualTo("owner");

    world.pass(TIMING.hold().minus(TIMING.tick()));
    assertThat(world.subscribed).containsExactly(app);
    world.pass(TIMING.tick());
    assertThat(world.subscribed).isEmpty();
  }

  @Test
  void unwatchedTime_isAMarkOfItsOwn() {
    BlockRing ring = world.own(app);
    world.nats(app, "before");
    world.pass(GRACE);
    world.replicas.unwatch(app);
    assertThat(world.subscribed).isEmpty();
    world.nats(app, "unread"); // was on its way

    world.says("b", watch("1-me"));
    assertThat(world.subscribed).containsExactly(app);
    world.replicas.confirmed(app);
    world.nats(app, "after");
    assertThat(texts(ring)).containsExactly("before", "UNWATCHED", "after");
    assertThat(world.takeOne("b", AppMessage.State.class).head()).isEqualTo(1);
    assertThat(world.take("b", AppMessage.Lines.class)).hasSize(2); // the mark is one of them
  }

  @Test
  void emptyLog_hasNothingBeforeAnUnwatchedTime_andNoMark() {
    BlockRing ring = world.own(app);
    world.pass(GRACE);
    world.replicas.unwatch(app);
    world.watch(app);
    world.replicas.confirmed(app);
    world.nats(app, "first");

    assertThat(texts(ring)).containsExactly("first");
  }
}
