package dev.flyline.ingest.nats;

import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.LogSubject;
import dev.flyline.log.Mark;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes entries of what NATS brings of one app. Lines come on the thread that reads the connection,
 * everything else on the control thread of {@link NatsSource}.
 */
final class Subscriber {

  private static final Logger log = LoggerFactory.getLogger(Subscriber.class);

  private final LineCutter cutter;
  private final Meters meters;
  private volatile @Nullable LineTaker to; // null when it has ended
  private final AtomicBoolean missed = new AtomicBoolean();
  private boolean saidFailed; // belongs to the thread that reads the connection

  Subscriber(LineTaker to, LineCutter cutter, Meters meters) {
    this.to = to;
    this.cutter = cutter;
    this.meters = meters;
  }

  /** Lets go of whoever wanted the lines; those on their way go nowhere. */
  void end() {
    to = null;
  }

  boolean isEnded() {
    return to == null;
  }

  /** Notes that lines may be missing; a mark stands before the next one. */
  void missed() {
    missed.set(true);
  }

  /** Tells of a hole noted and not yet told, now that lines come again. */
  void tellMissed() {
    LineTaker told = to;
    if (told != null && missed.getAndSet(false)) {
      meters.count(Meter.UPSTREAM_MARKS);
      told.accept(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, System.currentTimeMillis()));
    }
  }

  /** Whether a line that NATS brings now is worth being read; else it is counted. */
  boolean takes() {
    LineTaker taker = to;
    if (taker == null || !taker.overflows()) {
      return true; // for nobody it is not counted either
    }
    meters.count(Meter.LINES_READ);
    return false;
  }

  /** NATS brought {@code payload} under {@code subject}. */
  void line(LogSubject subject, byte[] payload) {
    LineTaker taker = to;
    if (taker == null) {
      return;
    }
    if (missed.get()) {
      tellMissed();
    }
    meters.count(Meter.LINES_READ);
    byte[] kept = payload;
    if (cutter.isTooLong(payload)) {
      kept = cutter.cut(payload);
      meters.count(Meter.LINES_CUT);
    }
    taker.accept(
        new LogLine(subject.region(), subject.machine(), kept, System.currentTimeMillis()));
  }

  /** A line could not be taken, which is a fault of the code: its viewers are told of a hole. */
  void failed(AppName app, RuntimeException cause) {
    missed();
    meters.count(Meter.LINES_DROPPED, "fault");
    if (!saidFailed) { // it may be one that comes with every line
      saidFailed = true;
      log.error("{}: a fault of flyline's own; please report it", app, cause);
    }
  }
}
