package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that was cut off goes on where it was, or is told exactly what it has missed. */
@Timeout(300)
final class ResumeIT {

  private static final int KEPT = 200;

  @RegisterExtension private static final RouterKit kit = new RouterKit();
  private static TestRouter small;

  private final String app = Lines.newApp();

  @BeforeAll
  static void start() {
    small = TestRouter.start(kit.nats(), Map.of("history.lines", Integer.toString(KEPT)));
  }

  @AfterAll
  static void stop() {
    small.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void stream_cutAtAnyLineGoesOnAfterIt(Transport transport) {
    int total = 3_000;
    var cuts = new Random(transport.name().hashCode());
    var got = new ArrayList<String>();
    LogClient client = kit.router().live(ask(transport).with("tail", 0), app);
    Position last = client.lastPosition().orElseThrow();
    var publishing = CompletableFuture.runAsync(() -> Lines.publish(kit.nats(), app, 1, total));
    while (got.size() < total) {
      int run = Math.min(total - got.size(), cuts.nextInt(150));
      got.addAll(client.messages(run));
      assertThat(client.gaps()).isEmpty();
      last = client.lastPosition().orElse(last); // nothing came if it was cut at once
      client.cut();
      client = kit.router().open(resume(transport, last));
    }
    client.close();
    publishing.join();

    assertThat(got).isEqualTo(Lines.messages(1, total));
  }

  /** A cut that comes before the first line costs nothing either: hello already has a position. */
  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void stream_cutAfterHelloGoesOnWithWhatItAskedFor(Transport transport) {
    Lines.history(kit.nats(), kit.router(), app, 1, 30);
    LogClient client = kit.router().open(ask(transport).with("tail", 10));
    client.await(Seen.Hello.class);
    Optional<Position> at = client.lastPosition();
    client.cut();

    try (LogClient again = kit.router().open(resume(transport, at.orElseThrow()))) {
      assertThat(again.messages(10)).isEqualTo(Lines.messages(21, 30));
      assertThat(again.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void filteredStream_goesOnAfterItsLine(Transport transport) {
    Lines.history(kit.nats(), kit.router(), app, 1, 300);
    List<String> wanted = Lines.messagesFrom("iad", 1, 300);
    var got = new ArrayList<String>();
    Ask ask = ask(transport).with("region", "iad");
    LogClient client = kit.router().open(ask.with("since", "earliest"));
    while (got.size() < wanted.size()) {
      got.addAll(client.messages(4));
      Position last = client.lastPosition().orElseThrow();
      client.cut();
      client = kit.router().open(ask.with("since", last.toString()));
    }
    client.close();

    assertThat(got).isEqualTo(wanted);
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"WEBSOCKET", "NDJSON", "TEXT"})
  void verbatimStream_goesOnByTime(Transport transport) {
    LogClient client = kit.router().live(ask(transport).with("tail", 0), app);
    Lines.publish(kit.nats(), app, 1, 20);
    var got = new ArrayList<>(client.messages(20));
    Instant seen = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Lines.publish(kit.nats(), app, 21, 60);
    got.addAll(client.messages(13));
    client.cut();

    try (LogClient again = kit.router().open(ask(transport).with("since", seen.toString()))) {
      Lines.publish(kit.nats(), app, 61, 70);
      String message;
      do {
        message = again.next().message();
        got.add(message);
      } while (!message.equals(Lines.message(70)));
      assertThat(again.gaps()).isEmpty();
    }
    assertThat(new HashSet<>(got)).isEqualTo(new HashSet<>(Lines.messages(1, 70)));
  }

  @ParameterizedTest
  @EnumSource
  void unknownEpoch_getsOneFailoverGapAndThenEverything(Transport transport) {
    Lines.history(kit.nats(), kit.router(), app, 1, 150);

    try (LogClient client = kit.router().open(ask(transport).with("since", "0-elsewhere:7"))) {
      assertFailoverThenAll(client);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0-elsewhere:7", "garbage", "e:", ":", "e:-1", "%00", "e:1 e:2"})
  void lastEventId_thatIsNoPositionIsAnUnknownEpoch(String id) {
    Lines.history(kit.nats(), kit.router(), app, 1, 150);
    Ask ask = ask(Transport.SSE).header("Last-Event-ID: " + id);

    try (LogClient client = kit.router().open(ask)) {
      assertFailoverThenAll(client);
    }
  }

  @Test
  void position_beyondTheHeadIsNotBelieved() {
    Position last =
        Lines.history(kit.nats(), kit.router(), app, 1, 150).getLast().at().orElseThrow();
    Position beyond = new Position(last.epoch(), last.seq() + 1_000);

    try (LogClient client = kit.router().open(resume(Transport.FLYLINE_V1, beyond))) {
      assertFailoverThenAll(client);
    }
  }

  private void assertFailoverThenAll(LogClient client) {
    Seen first = client.see();
    Seen told = first instanceof Seen.Hello ? client.see() : first;
    assertThat(told).isInstanceOf(Seen.Hole.class);
    Seen.Hole gap = (Seen.Hole) told;
    assertThat(gap.cause()).isEqualTo("failover");
    assertThat(gap.count()).isEmpty();
    List<Seen.Line> lines = client.lines(150);
    assertThat(lines.stream().map(Seen.Line::message)).isEqualTo(Lines.messages(1, 150));
    lines
        .getFirst()
        .at()
        .map(next -> new Position(next.epoch(), next.seq() - 1))
        .ifPresent(before -> assertThat(gap.range().orElseThrow().to()).isEqualTo(before));
    Lines.publish(kit.nats(), app, 151, 151);
    assertThat(client.messages(1)).isEqualTo(Lines.messages(151, 151));
    assertThat(client.gaps()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void evictedLines_areAGapWithTheExactCount(Transport transport) {
    Position at = historyInSteps().get(9).at().orElseThrow();

    try (LogClient client = small.open(ask(transport).with("since", at.toString()))) {
      Seen.Line next = client.next();
      assertThat(client.gaps()).hasSize(1);
      Seen.Hole gap = client.gaps().getFirst();
      int first = Integer.parseInt(next.message().substring("line ".length()));
      assertThat(gap.cause()).isEqualTo("evicted");
      assertThat(gap.count()).hasValue(first - 11);
      assertThat(first)
          .as("the ring keeps about as much as it is told to")
          .isBetween(500, 1_000 - KEPT + 1);
      gap.range()
          .ifPresent(
              range -> {
                assertThat(range.from()).isEqualTo(new Position(at.epoch(), at.seq() + 1));
                next.at().ifPresent(p -> assertThat(range.to().seq()).isEqualTo(p.seq() - 1));
              });
      assertThat(client.messages(1_000 - first)).isEqualTo(Lines.messages(first + 1, 1_000));
      assertThat(client.gaps()).hasSize(1);
    }
  }

  /** Publishes a thousand lines, no more at once than the small ring holds. */
  private List<Seen.Line> historyInSteps() {
    var lines = new ArrayList<Seen.Line>();
    try (LogClient watcher = small.live(ask(Transport.FLYLINE_V1).with("tail", 0), app)) {
      for (int n = 0; n < 1_000; n += 50) {
        Lines.publish(kit.nats(), app, n + 1, n + 50);
        lines.addAll(watcher.lines(50));
      }
    }
    return lines;
  }

  private Ask ask(Transport transport) {
    return Ask.app(app, transport).token(Tokens.of(app));
  }

  private Ask resume(Transport transport, Position at) {
    return transport == Transport.SSE
        ? ask(transport).header("Last-Event-ID: " + at)
        : ask(transport).with("since", at.toString());
  }
}
