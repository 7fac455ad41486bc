package dev.flyline.ingest;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.GapCause;
import dev.flyline.log.LogLine;
import dev.flyline.log.LogSubject;
import dev.flyline.log.Mark;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.nats.client.Message;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns one app's NATS messages into entries. Called on the NATS client's dispatcher thread, but
 * for {@link #missed} and {@link #tellMissed}.
 */
final class Subscriber {

  /** Machines whose subject is kept parsed, so that their lines share the names. */
  private static final int KNOWN_SUBJECTS = 256;

  private final AppName app;
  private final Consumer<Entry> to;
  private final LineCutter cutter;
  private final Meters meters;
  private Map<String, LogSubject> known = Map.of(); // one of its own with the first line
  private final AtomicBoolean missed = new AtomicBoolean();

  Subscriber(AppName app, Consumer<Entry> to, LineCutter cutter, Meters meters) {
    this.app = app;
    this.to = to;
    this.cutter = cutter;
    this.meters = meters;
  }

  /** Notes that lines may be missing; a mark stands before the next one. */
  void missed() {
    missed.set(true);
  }

  /** Tells of a hole noted and not yet told, now that lines come again. */
  void tellMissed() {
    if (missed.getAndSet(false)) {
      meters.count(Meter.UPSTREAM_MARKS);
      to.accept(new Mark(GapCause.UPSTREAM, Mark.UNKNOWN, System.currentTimeMillis()));
    }
  }

  void onMessage(Message message) {
    LogSubject subject = subject(message.getSubject());
    if (subject == null) {
      meters.count(Meter.SUBJECTS_REFUSED);
      return;
    }
    if (missed.get()) {
      tellMissed();
    }
    meters.count(Meter.LINES_READ);
    byte[] payload = message.getData();
    if (cutter.isTooLong(payload)) {
      payload = cutter.cut(payload);
      meters.count(Meter.LINES_CUT);
    }
    to.accept(
        new LogLine(subject.region(), subject.machine(), payload, System.currentTimeMillis()));
  }

  private @Nullable LogSubject subject(String text) {
    LogSubject subject = known.get(text);
    if (subject != null) {
      return subject;
    }
    Optional<LogSubject> parsed = LogSubject.parse(text).filter(s -> s.app().equals(app));
    if (parsed.isPresent() && known.size() < KNOWN_SUBJECTS) {
      if (known.isEmpty()) {
        known = new HashMap<>(4);
      }
      known.put(text, parsed.get());
    }
    return parsed.orElse(null);
  }
}
