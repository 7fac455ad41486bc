package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.log.Position;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every transport promises alike: which lines, in which order, from where, and until when. */
@Timeout(300)
final class TransportContractIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  @ParameterizedTest
  @EnumSource
  void stream_isTheLastHundredLinesAndThenLive(Transport transport) {
    history(1, 150);

    try (LogClient client = kit.router().live(ask(transport), app)) {
      assertThat(client.messages(100)).isEqualTo(Lines.messages(51, 150));
      publish(151, 153);
      assertThat(client.messages(3)).isEqualTo(Lines.messages(151, 153));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void stream_ofAnAppThatNobodyWatchedIsLive(Transport transport) {
    try (LogClient client = kit.router().live(ask(transport), app)) {
      publish(1, 20);
      assertThat(client.messages(20)).isEqualTo(Lines.messages(1, 20));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void tail_saysHowManyLinesComeFirst(Transport transport) {
    history(1, 150);

    try (LogClient none = kit.router().live(ask(transport).with("tail", 0), app);
        LogClient some = kit.router().live(ask(transport).with("tail", 7), app);
        LogClient all = kit.router().live(ask(transport).with("tail", 5_000), app)) {
      assertThat(some.messages(7)).isEqualTo(Lines.messages(144, 150));
      assertThat(all.messages(150)).isEqualTo(Lines.messages(1, 150));
      publish(151, 151);
      for (LogClient client : List.of(none, some, all)) {
        assertThat(client.messages(1)).isEqualTo(Lines.messages(151, 151));
        assertThat(client.gaps()).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void since_aPositionBeginsAfterIt(Transport transport) {
    Position at = history(1, 150).get(19).at().orElseThrow();

    assertThat(ended(ask(transport).with("since", at.toString())))
        .isEqualTo(Lines.messages(21, 150));
    assertThat(ended(ask(transport).with("since", at.toString()).with("tail", 5)))
        .isEqualTo(Lines.messages(146, 150));
    try (LogClient client = kit.router().live(ask(transport).with("since", at.toString()), app)) {
      publish(151, 160);
      assertThat(client.messages(140)).isEqualTo(Lines.messages(21, 160));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void since_aTimeBeginsAtIt(Transport transport) {
    history(1, 130);
    Instant time = nextMillisecond();
    history(131, 150);

    assertThat(ended(ask(transport).with("since", time.toString())))
        .isEqualTo(Lines.messages(131, 150));
    String elsewhere =
        DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.atOffset(ZoneOffset.ofHours(2)));
    assertThat(ended(ask(transport).with("since", elsewhere))).isEqualTo(Lines.messages(131, 150));
    assertThat(ended(ask(transport).with("since", "15m"))).isEqualTo(Lines.messages(1, 150));
    assertThat(ended(ask(transport).with("since", "earliest"))).isEqualTo(Lines.messages(1, 150));
    String later = time.plus(Duration.ofHours(1)).toString();
    assertThat(ended(ask(transport).with("since", later))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void follow_falseEndsAfterHistory(Transport transport) {
    history(1, 150);

    try (LogClient client = kit.router().open(ask(transport).with("follow", "false"))) {
      List<Seen> rest = client.rest();
      if (transport.isFramed()) {
        assertThat(rest.removeFirst()).isInstanceOf(Seen.Hello.class);
      }
      assertThat(messages(rest.subList(0, 100))).isEqualTo(Lines.messages(51, 150));
      assertThat(rest.get(100)).isInstanceOf(Seen.Bye.class);
      assertThat(((Seen.Bye) rest.get(100)).code()).isEqualTo("end");
      assertThat(((Seen.Bye) rest.get(100)).reconnect()).isFalse();
      assertThat(rest.subList(101, rest.size())).containsExactly(new Seen.End(1000));
    }
  }

  @ParameterizedTest
  @EnumSource
  void follow_falseSubscribesToNothing(Transport transport) {
    assertThat(ended(ask(transport))).isEmpty();

    String later = Lines.newApp();
    kit.router().live(later, transport).close();
    assertThat(kit.nats().subscriptions("logs." + app + ".")).isEmpty();
    assertThat(kit.nats().subscriptions("logs." + later + ".")).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void filters_chooseLinesOfHistoryAndLive(Transport transport) {
    history(1, 150);

    try (LogClient client =
        kit.router().live(ask(transport).with("region", "fra").with("tail", 10), app)) {
      List<String> before = Lines.messagesFrom("fra", 1, 150);
      assertThat(client.messages(10)).isEqualTo(before.subList(before.size() - 10, before.size()));
      publish(151, 159);
      assertThat(client.messages(3)).isEqualTo(Lines.messagesFrom("fra", 151, 159));
      assertThat(client.gaps()).isEmpty();
    }
    assertThat(ended(ask(transport).with("machine", "machine1").with("tail", 2)))
        .containsExactly("line 157", "line 159");
    assertThat(ended(ask(transport).with("machine", "machine1").with("region", "iad")))
        .startsWith("line 5", "line 11")
        .hasSize(26);
    assertThat(ended(ask(transport).with("region", "nowhere"))).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void positions_riseByOneAndFilteredOnesKeepTheirPlaces(Transport transport) {
    history(1, 60);

    try (LogClient all = kit.router().open(ask(transport));
        LogClient some = kit.router().open(ask(transport).with("region", "ams"))) {
      List<Position> positions = positions(all.lines(60));
      for (int i = 1; i < 60; i++) {
        Position before = positions.get(i - 1);
        assertThat(positions.get(i)).isEqualTo(new Position(before.epoch(), before.seq() + 1));
      }
      List<Position> amsterdam =
          IntStream.range(0, 20).mapToObj(i -> positions.get(3 * i + 2)).toList();
      assertThat(positions(some.lines(20))).isEqualTo(amsterdam);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Transport.class,
      names = {"FLYLINE_V1", "SSE", "ENVELOPE"})
  void hello_saysWhereTheStreamBegins(Transport transport) {
    List<Seen.Line> lines = history(1, 150);
    Instant expires = Instant.now().plus(Duration.ofHours(1)).truncatedTo(ChronoUnit.SECONDS);
    Ask ask = Ask.app(app, transport).token(Tokens.expiring(expires, app));

    try (LogClient client = kit.router().open(ask)) {
      var hello = (Seen.Hello) client.see();
      assertThat(hello.app()).isEqualTo(app);
      assertThat(hello.node()).isNotEmpty();
      assertThat(hello.epoch()).isEqualTo(lines.getFirst().at().orElseThrow().epoch());
      assertThat(hello.oldest()).isEqualTo(lines.getFirst().at().orElseThrow().seq());
      assertThat(hello.head()).isEqualTo(lines.getLast().at().orElseThrow().seq());
      assertThat(hello.at()).isEqualTo(lines.get(49).at().orElseThrow());
      assertThat(hello.expires()).isEqualTo(expires);
      assertThat(client.next().at()).isEqualTo(lines.get(50).at());
    }
    try (LogClient client = kit.router().open(ask.with("tail", 0))) {
      assertThat(((Seen.Hello) client.see()).at()).isEqualTo(lines.getLast().at().orElseThrow());
    }
  }

  private List<Seen.Line> history(int first, int last) {
    return Lines.history(kit.nats(), kit.router(), app, first, last);
  }

  private void publish(int first, int last) {
    Lines.publish(kit.nats(), app, first, last);
  }

  private Ask ask(Transport transport) {
    return Ask.app(app, transport).token(Tokens.of(app));
  }

  /** The messages of a stream that ends by itself; neither a gap nor a notice may be among them. */
  private static List<String> ended(Ask ask) {
    try (LogClient client = kit.router().open(ask.with("follow", "false"))) {
      List<Seen> rest = client.rest();
      assertThat(rest.getLast()).isEqualTo(new Seen.End(1000));
      assertThat(rest)
          .allMatch(
              seen ->
                  seen instanceof Seen.Line
                      || seen instanceof Seen.Hello
                      || seen instanceof Seen.Bye
                      || seen instanceof Seen.End);
      return messages(rest.stream().filter(Seen.Line.class::isInstance).toList());
    }
  }

  private static List<String> messages(List<Seen> lines) {
    return lines.stream().map(line -> ((Seen.Line) line).message()).toList();
  }

  private static List<Position> positions(List<Seen.Line> lines) {
    return lines.stream().map(line -> line.at().orElseThrow()).toList();
  }

  /** A millisecond in which no line arrived yet and before which all lines so far did. */
  private static Instant nextMillisecond() {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    Instant next = now;
    while (!next.isAfter(now)) {
      Thread.onSpinWait();
      next = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
    return next;
  }
}
