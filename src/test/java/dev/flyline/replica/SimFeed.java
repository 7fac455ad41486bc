package dev.flyline.replica;

import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.log.AppName;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One app on one router, for the viewers that are there. */
final class SimFeed implements Owner.Watcher {

  /** Shorter than a real one, so that an app loses its last watch now and then. */
  private static final int LINGER_MS = 3_000;

  private final Sim sim;
  private final SimRouter router;
  private final AppName app;
  private boolean watched;
  private boolean waking;
  private int viewers;
  private int joined; // how many viewers have ever come
  private int watches; // how often it has been watched
  @Nullable BlockRing ring; // set while the app is watched and its log is here

  SimFeed(Sim sim, SimRouter router, AppName app) {
    this.sim = sim;
    this.router = router;
    this.app = app;
  }

  private List<SimViewer> viewers() {
    var here = new ArrayList<SimViewer>(sim.viewers.size());
    for (SimViewer viewer : sim.viewers) { // no stream: this is what a simulation does most
      if (viewer.isAt(router, app)) {
        here.add(viewer);
      }
    }
    return here;
  }

  void join() {
    viewers++;
    joined++;
    if (!watched) {
      watched = true;
      int number = ++watches;
      router
          .replicas()
          .watch(app, this)
          .onSuccess(
              answer -> {
                if (!watched || watches != number) {
                  return;
                }
                ring = answer.ring();
                viewers().forEach(viewer -> viewer.opened(answer.ring(), answer.live()));
              });
    }
  }

  void leave() {
    viewers--;
    if (viewers == 0) {
      int left = joined;
      sim.after(LINGER_MS, () -> router.inbox(() -> unwatchUnlessJoinedAfter(left)));
    }
  }

  private void unwatchUnlessJoinedAfter(int before) {
    if (joined == before && watched) {
      watched = false;
      ring = null;
      router.replicas().unwatch(app);
    }
  }

  @Override
  public void replaced(BlockRing newer, long after) {
    ring = newer;
    viewers().forEach(viewer -> viewer.replaced(newer, after));
  }

  /** Viewers read after the turn. */
  void committed() {
    if (!waking) {
      waking = true;
      sim.after(0, () -> router.inbox(this::wake));
    }
  }

  private void wake() {
    waking = false;
    viewers().forEach(SimViewer::read);
  }
}
