package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flyline.log.AppName;
import dev.flyline.log.LogSubject;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whose line a subject names, for one connection to NATS. A subject is parsed once, so that all
 * lines of a machine share its names. Belongs to the thread that reads the connection.
 */
final class Routes implements MessageParser.Receiver {

  /** Machines whose subject is remembered; all are parsed anew when there are more. */
  static final int MOST = 32_768;

  private final Function<AppName, @Nullable Subscriber> wanted;
  private final Consumer<String> complaints;
  private final Meters meters;
  private final Map<ByteBuffer, Route> known = new HashMap<>();

  /**
   * Begins with nothing known.
   *
   * @param wanted who wants an app's lines; null if nobody
   * @param complaints gets what the server complains of
   */
  Routes(
      Function<AppName, @Nullable Subscriber> wanted, Consumer<String> complaints, Meters meters) {
    this.wanted = wanted;
    this.complaints = complaints;
    this.meters = meters;
  }

  private record Route(Subscriber subscriber, LogSubject subject) implements MessageParser.Target {

    @Override
    public boolean takes() {
      return subscriber.takes();
    }

    /** Keeps a fault with one app's line from the lines of all others, which come here, too. */
    @Override
    public void message(byte[] payload) {
      try {
        subscriber.line(subject, payload);
      } catch (RuntimeException e) {
        subscriber.failed(subject.app(), e);
      }
    }
  }

  @Override
  public void complaint(String text) {
    complaints.accept(text);
  }

  @Override
  public MessageParser.@Nullable Target target(ByteBuffer subject) {
    Route route = known.get(subject);
    return route != null && !route.subscriber.isEnded() ? route : learn(subject);
  }

  private @Nullable Route learn(ByteBuffer asked) {
    byte[] name = new byte[asked.remaining()];
    asked.get(name);
    LogSubject subject = LogSubject.parse(new String(name, ISO_8859_1)).orElse(null);
    if (subject == null) {
      meters.count(Meter.SUBJECTS_REFUSED);
      return null;
    }
    Subscriber subscriber = wanted.apply(subject.app());
    if (subscriber == null) {
      return null; // not any more
    }
    if (known.size() >= MOST) {
      known.clear();
    }
    var route = new Route(subscriber, subject);
    known.put(ByteBuffer.wrap(name), route);
    return route;
  }
}
