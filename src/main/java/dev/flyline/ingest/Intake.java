package dev.flyline.ingest;

import dev.flyline.bus.Lane;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.metrics.Meters;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jctools.queues.MpscUnboundedArrayQueue;

/**
 * Takes what NATS has brought of one lane's apps out of their queues, in batches: of a quiet app at
 * once, of busy ones together, and where lines are only compared with what the owner says, many at
 * a time.
 *
 * <p>Belongs to its lane. The NATS client's thread touches {@link Arrivals} and {@link #ready}
 * alone.
 */
final class Intake {

  /** What may wait is looked at once in so many ticks. */
  private static final int UNHURRIED_TICKS = 2;

  /** Batches that are taken of an app before it is the others' turn. */
  private static final int IN_TURN = 4;

  private final Lane lane;
  private final IngestConfig config;
  private final Meters meters;
  private final InstantSource clock;
  private final Taker taker;
  private final Map<AppName, Reading> readings = new HashMap<>();
  private final MpscUnboundedArrayQueue<Reading> ready = new MpscUnboundedArrayQueue<>(64);
  private final Consumer<Reading> arrived = ready::offer; // on the NATS client's thread
  private final AtomicBoolean waking = new AtomicBoolean();
  private List<Reading> due = new ArrayList<>();
  private boolean flushing; // a timer will flush them
  private int unhurried; // apps whose lines may wait
  private int ticks;
  private volatile int size; // for those who only look

  /** Gets what has arrived. */
  @FunctionalInterface
  interface Taker {

    /** Takes entries of {@code app}, and says whether more of it is wanted soon. */
    boolean arrived(AppName app, List<Entry> entries);
  }

  /** Begins with no app. */
  Intake(Lane lane, IngestConfig config, Meters meters, InstantSource clock, Taker taker) {
    this.lane = lane;
    this.config = config;
    this.meters = meters;
    this.clock = clock;
    this.taker = taker;
  }

  // ---- apps ----

  /** Begins to take lines of {@code app}. */
  Reading begin(AppName app) {
    var starting = new Reading(app, config, arrived, meters, System.nanoTime());
    readings.put(app, starting);
    size = readings.size();
    return starting;
  }

  /** Takes no more of {@code app}; whether it did. */
  boolean end(AppName app) {
    Reading ended = readings.remove(app);
    if (ended == null) {
      return false;
    }
    unhurried(ended, false);
    ended.end();
    size = readings.size();
    return true;
  }

  /** How many apps there are; on any thread. */
  int size() {
    return size;
  }

  // ---- what arrives ----

  /**
   * Takes what stands in the queues, if anything does; on any thread. Called once for all that came
   * together, for a line at a time would make a turn of this lane each.
   */
  void brought() {
    if (!ready.isEmpty() && waking.compareAndSet(false, true)) {
      lane.loop().execute(this::take);
    }
  }

  private void take() {
    waking.set(false); // before looking: what comes from here on wakes again
    long nowNs = System.nanoTime();
    for (Reading app = ready.poll(); app != null; app = ready.poll()) {
      if (app.isQuiet(nowNs, config.coalesce().toNanos())) {
        flush(app, nowNs);
      } else {
        later(app);
      }
    }
    flushLater();
  }

  /** One timer serves all busy apps: they are flushed together at the next tick. */
  private void flushLater() {
    if (!due.isEmpty() && !flushing) {
      flushing = true;
      var _ =
          lane.loop().schedule(this::flushDue, config.coalesce().toNanos(), TimeUnit.NANOSECONDS);
    }
  }

  private void flushDue() {
    flushing = false;
    List<Reading> now = due;
    due = new ArrayList<>();
    long nowNs = System.nanoTime();
    for (Reading app : now) {
      app.due(false);
      flush(app, nowNs);
    }
    flushLater();
  }

  /** Takes what has arrived; an app that has more than a few batches waits for the others. */
  private void flush(Reading app, long nowNs) {
    app.flushed(nowNs);
    if (!app.isEnded() && (takeSome(app) || app.arrivals().rest(!app.isUnhurried()))) {
      later(app);
    }
  }

  private void later(Reading app) {
    if (!app.isDue()) {
      app.due(true);
      due.add(app);
    }
  }

  /** Takes a few batches and says whether there may be more. */
  private boolean takeSome(Reading app) {
    for (int i = 0; i < IN_TURN; i++) {
      List<Entry> entries = app.next(clock.millis());
      if (entries.isEmpty()) {
        return false;
      }
      boolean hurried = taker.arrived(app.app(), entries);
      if (app.isEnded()) {
        return false;
      }
      unhurried(app, !hurried);
    }
    return true;
  }

  // ---- what may wait ----

  private void unhurried(Reading app, boolean mayWait) {
    if (app.isUnhurried() != mayWait) {
      app.unhurried(mayWait);
      unhurried += mayWait ? 1 : -1;
    }
  }

  /** Nothing of {@code app} may wait any more. */
  void hurry(AppName app) {
    Reading waited = readings.get(app);
    if (waited != null && waited.isUnhurried()) {
      unhurried(waited, false);
      later(waited);
      flushLater();
    }
  }

  private void takeWaiting(Reading app) {
    boolean more = takeSome(app);
    if (!app.isEnded() && (more || !app.isUnhurried())) {
      later(app);
      flushLater();
    }
  }

  /** To be called from time to time. */
  void tick() {
    brought(); // who tells of them may not, if an app was unsubscribed at that moment
    if (++ticks % UNHURRIED_TICKS == 0 && unhurried > 0) {
      List.copyOf(readings.values()).stream()
          .filter(Reading::isUnhurried)
          .forEach(this::takeWaiting);
    }
  }
}
