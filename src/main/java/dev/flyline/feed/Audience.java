package dev.flyline.feed;

import dev.flyline.bus.LogBus;
import dev.flyline.log.AppName;
import dev.flyline.log.LogBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One app's viewers on one event loop, to which it belongs. The event bus calls {@link #deliver}
 * for each run of lines that is committed; the lines themselves are read from the ring.
 */
final class Audience {

  final AppName app;
  private final FeedLane lane;
  private final Promise<BlockRing> ready = Promise.promise();
  private final List<Cohort> cohorts = new ArrayList<>(1); // one for each format, so few
  private List<Viewer> waiting = List.of();
  private @Nullable BlockRing ring; // set when the feed is live
  private long openedAt; // the last seq that is history to whoever asked before there was a ring
  private @Nullable MessageConsumer<LogBatch> consumer; // set while there are users
  private boolean delivering;
  private boolean someUnused;
  private boolean turnDue; // the rest is delivered in a turn of its own
  private int next; // the cohort with which a turn begins
  int users; // streams that are here or on their way

  Audience(AppName app, FeedLane lane) {
    this.app = app;
    this.lane = lane;
  }

  FeedLane lane() {
    return lane;
  }

  /** The log as it stands for a client that asks now. */
  OpenFeed hold() {
    BlockRing log = ring;
    return new OpenFeed(app, log == null ? -1 : log.head(), ready.future());
  }

  /** The feed is live; whoever asked before has a right to everything after {@code live}. */
  void opened(BlockRing log, long live) {
    ring = log;
    openedAt = live;
    ready.tryComplete(log);
    List<Viewer> all = waiting;
    waiting = List.of();
    all.forEach(viewer -> begin(viewer, log, live));
  }

  /** The log has branched off; everybody goes on in {@code log}. */
  void replaced(BlockRing log, long after) {
    ring = log;
    List<Viewer> moved = new ArrayList<>();
    cohorts.forEach(cohort -> moved.addAll(cohort.replaced(log, after)));
    moved.forEach(Viewer::pump);
  }

  /**
   * Lets {@code viewer} read, now or when the feed is live.
   *
   * @param live the head when it asked; -1 if there was no log then
   */
  void attach(Viewer viewer, long live) {
    BlockRing log = ring;
    if (log == null) {
      if (waiting.isEmpty()) {
        waiting = new ArrayList<>(1);
      }
      waiting.add(viewer);
    } else {
      begin(viewer, log, live < 0 ? openedAt : live);
    }
  }

  /** Opens {@code viewer} when the log holds what it needs. */
  private void begin(Viewer viewer, BlockRing log, long live) {
    var need = new Need(viewer.request, live);
    if (need.isCovered(log) && !need.isForeign(log)) {
      open(viewer, log, need, log.head());
      return;
    }
    Future<BlockRing> prepared = lane.prepared(need);
    lane.warnIfWaiting(prepared, viewer::tellWaiting);
    prepared.onComplete(result -> prepared(viewer, result.result(), need));
  }

  /** The home lane has got what there is for {@code need} in {@code prepared}. */
  private void prepared(Viewer viewer, @Nullable BlockRing prepared, Need need) {
    BlockRing log = ring;
    if (log == null || viewer.isClosed()) {
      return;
    }
    if (prepared == null || (prepared == log && need.request().equals(viewer.request))) {
      open(viewer, log, need, log.head());
    } else {
      begin(viewer, log, need.live()); // the log has been replaced meanwhile, or the filter
    }
  }

  /**
   * Lets {@code viewer} begin once its cohort has come to {@code known}, so that no position that
   * the client may know lies beyond the cohort's.
   */
  private void open(Viewer viewer, BlockRing log, Need need, long known) {
    if (viewer.isClosed()) {
      return;
    }
    Cohort cohort = cohort(viewer.request.format(), log);
    cohort.deliver(lane.turnBytes());
    if (cohort.cursor.next <= known) {
      lane.turns().add(app, () -> openAgain(viewer, log, need, known));
    } else {
      viewer.open(log, cohort, need.live(), lane.pull());
    }
  }

  private void openAgain(Viewer viewer, BlockRing log, Need need, long known) {
    BlockRing now = ring;
    if (now == log && need.request().equals(viewer.request)) {
      open(viewer, log, need, known);
    } else if (now != null && !viewer.isClosed()) {
      begin(viewer, now, need.live()); // the log has been replaced meanwhile, or the filter
    }
  }

  /**
   * Lets {@code viewer}, who is behind, leave {@code from} for the cohort of {@code changed}. That
   * one may have read less: then the viewer waits for it.
   */
  Cohort move(Viewer viewer, Cohort from, ViewRequest changed) {
    BlockRing log = ring;
    if (log == null) {
      throw new IllegalStateException("a viewer has a cohort, and so there is a log");
    }
    from.leave(viewer);
    dropUnused(from);
    viewer.request = changed;
    Cohort with = cohort(changed.format(), log);
    with.join(viewer); // before others are written to, so that it stays whatever becomes of them
    with.deliver(lane.turnBytes());
    return with;
  }

  private Cohort cohort(Format format, BlockRing log) {
    Cohort known = cohort(format);
    if (known != null) {
      return known;
    }
    var cohort = new Cohort(app, format, log, lane);
    cohorts.add(cohort);
    return cohort;
  }

  private @Nullable Cohort cohort(Format format) {
    for (Cohort cohort : cohorts) {
      if (cohort.format.equals(format)) {
        return cohort;
      }
    }
    return null;
  }

  /** Tells those who still wait that the owner has not been found. */
  void tellWaiting() {
    List.copyOf(waiting).forEach(Viewer::tellWaiting);
  }

  /** Hears of {@code app}'s lines from now on; in the lane's context. */
  void subscribe(LogBus bus) {
    consumer = bus.subscribe(app, _ -> deliver());
  }

  /** Hears of no more lines: nobody is left. */
  void unsubscribe() {
    if (consumer != null) {
      consumer.unregister();
      consumer = null;
    }
  }

  /** Delivers what is new, or as much of it as a turn may cost, and the rest in later turns. */
  void deliver() {
    if (!turnDue) {
      turn();
    }
  }

  private void turn() {
    turnDue = false;
    delivering = true;
    deliver(lane.turnBytes());
    delivering = false;
    if (someUnused) {
      someUnused = false;
      cohorts.removeIf(Cohort::isUnused);
    }
    if (isDue()) {
      turnDue = true;
      lane.turns().add(app, this::turn);
    }
  }

  /** Begins where the last turn ended, so that every cohort has its share of the app's. */
  private void deliver(long budget) {
    long left = budget;
    for (int i = cohorts.size(); i > 0 && left > 0; i--) {
      next = next < cohorts.size() ? next : 0;
      left -= cohorts.get(next++).deliver(left);
    }
  }

  private boolean isDue() {
    for (Cohort cohort : cohorts) {
      if (cohort.isDue()) {
        return true;
      }
    }
    return false;
  }

  /** Forgets a viewer that has ended. */
  void forget(Viewer viewer) {
    if (!waiting.isEmpty()) {
      waiting.remove(viewer);
    }
    Cohort cohort = cohort(viewer.request.format());
    if (cohort != null) {
      dropUnused(cohort);
    }
  }

  private void dropUnused(Cohort cohort) {
    if (delivering) {
      someUnused = true;
    } else if (cohort.isUnused()) {
      cohorts.remove(cohort);
    }
  }
}
