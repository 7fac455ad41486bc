package dev.flyline.ingest.nats;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import dev.flyline.metrics.Meters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Whose line is whose. */
final class RoutesTest {

  private final Map<AppName, Subscriber> wanted = new HashMap<>();
  private final List<String> came = new ArrayList<>();
  private final Meters meters = new Meters();
  private final List<String> complaints = new ArrayList<>();
  private final Routes routes = new Routes(wanted::get, complaints::add, meters);
  private final byte[] buffer = new byte[256];

  private Subscriber wants(String app) {
    var subscriber =
        new Subscriber(entry -> came.add(app + ": " + text(entry)), new LineCutter(1_000), meters);
    wanted.put(new AppName(app), subscriber);
    return subscriber;
  }

  private static String text(Entry entry) {
    return entry instanceof LogLine line
        ? line.region() + " " + line.machine() + " " + new String(line.payload(), ISO_8859_1)
        : "a mark";
  }

  private MessageParser.@Nullable Target target(String subject) {
    byte[] bytes = subject.getBytes(ISO_8859_1);
    System.arraycopy(bytes, 0, buffer, 7, bytes.length); // over what was asked about before
    return routes.target(ByteBuffer.wrap(buffer, 7, bytes.length));
  }

  private void send(String subject, String payload) {
    MessageParser.Target target = target(subject);
    if (target != null) {
      target.message(payload.getBytes(ISO_8859_1));
    }
  }

  @Test
  void lines_goToTheirApps() {
    wants("a");
    wants("ab");

    send("logs.a.fra.1", "x");
    send("logs.ab.fra.1", "y");
    send("logs.a.ams.2", "z");
    send("logs.a.fra.1", "w");

    assertThat(came).containsExactly("a: fra 1 x", "ab: fra 1 y", "a: ams 2 z", "a: fra 1 w");
  }

  @Test
  void whatIsNoLogSubject_goesNowhere() {
    wants("a");

    for (String subject :
        List.of("logs.a.fra", "logs.a.fra.1.2", "logs.A.fra.1", "log.a.fra.1", "logs.a..1", "")) {
      assertThat(target(subject)).as(subject).isNull();
    }
    assertThat(meters.scrape()).contains("flyline_subjects_refused_total 6");
  }

  @Test
  void whatIsWantedNoMore_goesNowhere() {
    wants("a").end();
    send("logs.a.fra.1", "x");
    wanted.clear();
    send("logs.a.fra.1", "y");

    assertThat(came).isEmpty();
  }

  @Test
  void whatIsWantedAgain_goesToWhoWantsItNow() {
    Subscriber before = wants("a");
    MessageParser.Target old = requireNonNull(target("logs.a.fra.1"));
    before.end();
    wants("a");

    old.message(new byte[0]);
    send("logs.a.fra.1", "x");

    assertThat(came).containsExactly("a: fra 1 x");
  }

  @Test
  void missedLines_areToldBeforeTheNext() {
    Subscriber subscriber = wants("a");
    send("logs.a.fra.1", "x");
    subscriber.missed();
    send("logs.a.fra.1", "y");

    assertThat(came).containsExactly("a: fra 1 x", "a: a mark", "a: fra 1 y");
  }

  @Test
  void faultWithOneLine_isToldAsAHole_andKeepsNothingFromOthers() {
    var faulty = new AtomicBoolean(true);
    LineTaker to =
        entry -> {
          if (faulty.getAndSet(false)) {
            throw new IllegalStateException("made by a test");
          }
          came.add("a: " + text(entry));
        };
    wanted.put(new AppName("a"), new Subscriber(to, new LineCutter(1_000), meters));
    wants("b");

    send("logs.a.fra.1", "x");
    send("logs.b.fra.1", "y");
    send("logs.a.fra.1", "z");

    assertThat(came).containsExactly("b: fra 1 y", "a: a mark", "a: fra 1 z");
    assertThat(meters.scrape()).contains("flyline_lines_dropped_total{reason=\"fault\"} 1");
  }

  @Test
  void moreMachinesThanAreRemembered_areServedAllTheSame() {
    wants("a");
    for (int machine = 0; machine < Routes.MOST + 10; machine++) {
      send("logs.a.fra." + machine, "x");
    }
    send("logs.a.fra.0", "y");

    assertThat(came).hasSize(Routes.MOST + 11).endsWith("a: fra 0 y");
  }
}
