package dev.flyline.ingest.nats;

import dev.flyline.lane.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.metrics.Meters;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * Takes what NATS has brought of one lane's apps out of their queues, in batches: of a quiet app at
 * once, of busy ones together, and where lines are only compared with what the owner says, many at
 * a time.
 *
 * <p>Apps take turns, a batch each, quiet ones first. After some batches the event loop's other
 * tasks have their turn, so a flood of any number of apps keeps a line of another one waiting for
 * no longer than that.
 *
 * <p>Belongs to its lane. The NATS client's thread touches {@link Arrivals} and {@link #ready}
 * alone.
 */
public final class Intake {

  /** What may wait is looked at once in so many ticks. */
  private static final int UNHURRIED_TICKS = 2;

  /** Batches that are taken of an app within one tick of {@link IngestConfig#coalesce}. */
  static final int IN_TICK = 4;

  /** Bytes of lines that are taken before other tasks of the event loop have their turn. */
  private static final long TURN_BYTES = 256 * 1024;

  /** What a batch costs beside its bytes, in those. */
  private static final long BATCH_COST = 1024;

  private final Lane lane;
  private final IngestConfig config;
  private final Meters meters;
  private final InstantSource clock;
  private final Taker taker;
  private final Map<AppName, AppQueue> readings = new HashMap<>();
  private final MpscUnboundedArrayQueue<AppQueue> ready = new MpscUnboundedArrayQueue<>(64);
  private final Consumer<AppQueue> arrived = ready::offer; // on the NATS client's thread
  private final AtomicBoolean waking = new AtomicBoolean();
  private List<AppQueue> due = new ArrayList<>(); // at the next tick
  private final Queue<AppQueue> quiet = new ArrayDeque<>(); // whose first line for long has come
  private final Queue<AppQueue> busy = new ArrayDeque<>(); // each waits for its next batch
  private boolean flushing; // a timer will flush those that are due
  private boolean goingOn; // a task will go on with those that are quiet or busy
  private int unhurried; // apps whose lines may wait
  private int ticks;
  private volatile int size; // for those who only look

  /** Gets what has arrived. */
  @FunctionalInterface
  public interface Taker {

    /** Takes entries of {@code app}, and says whether more of it is wanted soon. */
    boolean arrived(AppName app, List<Entry> entries);
  }

  /** Begins with no app. */
  public Intake(Lane lane, IngestConfig config, Meters meters, InstantSource clock, Taker taker) {
    this.lane = lane;
    this.config = config;
    this.meters = meters;
    this.clock = clock;
    this.taker = taker;
  }

  // ---- apps ----

  /** Begins to take lines of {@code app}. */
  public AppQueue begin(AppName app) {
    var starting = new AppQueue(app, config, arrived, meters, System.nanoTime());
    readings.put(app, starting);
    size = readings.size();
    return starting;
  }

  /** Takes no more of {@code app}; whether it did. */
  public boolean end(AppName app) {
    AppQueue ended = readings.remove(app);
    if (ended == null) {
      return false;
    }
    unhurried(ended, false);
    ended.end();
    size = readings.size();
    return true;
  }

  /** How many apps there are; on any thread. */
  public int size() {
    return size;
  }

  // ---- what arrives ----

  /**
   * Takes what stands in the queues, if anything does; on any thread. Called once for all that came
   * together, for a line at a time would make a turn of this lane each.
   */
  public void look() {
    if (!ready.isEmpty() && waking.compareAndSet(false, true)) {
      lane.later(this::take);
    }
  }

  private void take() {
    waking.set(false); // before looking: what comes from here on wakes again
    long nowNs = System.nanoTime();
    for (AppQueue app = ready.poll(); app != null; app = ready.poll()) {
      if (app.isQuiet(nowNs, config.coalesce().toNanos())) {
        if (app.beginQuietly()) {
          quiet.add(app);
        }
      } else {
        later(app);
      }
    }
    turn();
  }

  /** One timer serves all busy apps: they are flushed together at the next tick. */
  private void flushLater() {
    if (!due.isEmpty() && !flushing) {
      flushing = true;
      var _ =
          lane.loop()
              .schedule(
                  () -> lane.run(this::flushDue),
                  config.coalesce().toNanos(),
                  TimeUnit.NANOSECONDS);
    }
  }

  private void flushDue() {
    flushing = false;
    List<AppQueue> now = due;
    due = new ArrayList<>();
    for (AppQueue app : now) {
      app.due(false);
      begin(app);
    }
    turn();
  }

  /** Lets {@code app} have its turns of this tick. */
  private void begin(AppQueue app) {
    if (app.beginTick()) {
      busy.add(app);
    }
  }

  /** Takes a few batches, each of another app if there are several, and puts off the others. */
  private void turn() {
    long nowNs = System.nanoTime();
    for (long left = TURN_BYTES; left > 0 && !(quiet.isEmpty() && busy.isEmpty()); ) {
      AppQueue app = quiet.isEmpty() ? busy.remove() : quiet.remove();
      left -= BATCH_COST + flush(app, nowNs);
    }
    if (!goingOn && !(quiet.isEmpty() && busy.isEmpty())) {
      goingOn = true;
      lane.later(this::goOn);
    }
    flushLater();
  }

  private void goOn() {
    goingOn = false;
    turn();
  }

  /** Takes one batch of {@code app}, if there is one, and returns how many bytes it has. */
  private long flush(AppQueue app, long nowNs) {
    app.flushed(nowNs);
    List<Entry> entries = app.isEnded() ? List.of() : app.next(clock.millis());
    if (!entries.isEmpty()) {
      boolean hurried = taker.arrived(app.app(), entries);
      if (!app.isEnded()) {
        unhurried(app, !hurried);
      }
    }
    if (app.isEnded()) {
      return 0;
    }
    if (app.hasTurn(IN_TICK)) {
      busy.add(app);
    } else if (app.hasMore() || app.arrivals().rest(!app.isUnhurried())) {
      later(app);
    }
    return app.batchBytes();
  }

  private void later(AppQueue app) {
    if (!app.isDue()) {
      app.due(true);
      due.add(app);
    }
  }

  // ---- what may wait ----

  private void unhurried(AppQueue app, boolean mayWait) {
    if (app.isUnhurried() != mayWait) {
      app.unhurried(mayWait);
      unhurried += mayWait ? 1 : -1;
    }
  }

  /** Nothing of {@code app} may wait any more. */
  public void hurry(AppName app) {
    AppQueue waited = readings.get(app);
    if (waited != null && waited.isUnhurried()) {
      unhurried(waited, false);
      later(waited);
      flushLater();
    }
  }

  /** To be called from time to time. */
  public void tick() {
    look(); // who tells of them may not, if an app was unsubscribed at that moment
    if (++ticks % UNHURRIED_TICKS == 0 && unhurried > 0) {
      readings.values().stream().filter(AppQueue::isUnhurried).forEach(this::begin);
      turn();
    }
  }
}
