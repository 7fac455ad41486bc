package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What one good token's requests may cost: memory, history, and time to parse them. */
@Timeout(300)
@SideBySide
final class TenantRequestsIT {

  private static final long MIB = 1 << 20;

  /** Lines of 50,000 bytes, more than 1 MiB together. */
  private static final int LINES = 30;

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  // ---- memory ----

  /** Each would have left its hundred names with every block of the ring: 11 KB a request. */
  @Test
  void tenThousandFilters_leaveTheHeapAsItWas() throws IOException {
    Lines.history(kit.nats(), kit.router(), app, 1, 50);
    String token = Tokens.of(app);
    try (Wire wire = Wire.connect(kit.router().httpPort())) {
      read(wire, token, 0, 500);
      long before = liveHeap();
      read(wire, token, 500, 10_500);
      assertThat(liveHeap() - before).isLessThan(24 * MIB);
    }
  }

  private void read(Wire wire, String token, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      int number = i;
      String machines =
          IntStream.range(0, 100)
              .mapToObj(n -> "a-machine-that-is-named-for-a-filter-%06d-%02d".formatted(number, n))
              .collect(Collectors.joining(","));
      Ask ask = Ask.app(app, Transport.NDJSON).token(token).with("follow", "false");
      wire.send(
          new Ask(
                  ask.target() + "&machine=" + machines,
                  ask.transport(),
                  ask.accept(),
                  List.of(),
                  ask.token(),
                  List.of(),
                  0)
              .request());
      HttpAnswer answer =
          HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
      assertThat(answer.status()).isEqualTo(200);
    }
  }

  /** What the heap holds after a collection, of the router's and of this test's. */
  private static long liveHeap() {
    var memory = ManagementFactory.getMemoryMXBean();
    memory.gc();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  // ---- history ----

  @ParameterizedTest
  @EnumSource
  void userWhoHasReadTooMuchHistory_isToldWhenToComeBack(Transport transport) {
    try (TestRouter strict =
        TestRouter.start(kit.nats(), Map.of("limit.history.bytes.per.user", "1 MiB"))) {
      fill(strict);
      String token = Tokens.user("reader", app);
      Ask ask = Ask.app(app, transport).with("since", "earliest").token(token);
      try (LogClient first = strict.open(ask)) {
        first.messages(LINES);
        HttpAnswer refused = strict.answer(ask);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.code()).isEqualTo("too_many_history_bytes");
        assertThat(refused.header("Retry-After").map(Integer::parseInt).orElseThrow())
            .isBetween(1, 60);
        assertThat(strict.metric("flyline_history_read_bytes_total")).isGreaterThan(1_500_000);
        try (LogClient other = strict.open(ask.token(Tokens.of(app)))) {
          other.messages(LINES);
        }
      }
    }
  }

  @Test
  void linesThatAFilterHides_countAsHistoryToo() {
    try (TestRouter strict =
        TestRouter.start(kit.nats(), Map.of("limit.history.bytes.per.user", "1 MiB"))) {
      fill(strict);
      Ask ask =
          Ask.app(app, Transport.NDJSON)
              .with("follow", "false")
              .with("region", "nowhere")
              .token(Tokens.user("hider", app));
      assertThat(strict.answer(ask).status()).isEqualTo(200);
      assertThat(strict.answer(ask).code()).isEqualTo("too_many_history_bytes");
    }
  }

  @Test
  void liveLines_areNoHistory() {
    try (TestRouter strict =
        TestRouter.start(kit.nats(), Map.of("limit.history.bytes.per.user", "1 MiB"))) {
      String token = Tokens.user("live", app);
      Ask ask = Ask.app(app, Transport.FLYLINE_V1).with("tail", 0).token(token);
      try (LogClient client = strict.live(ask, app)) {
        publishBig();
        client.messages(LINES);
        try (LogClient another = strict.open(ask)) {
          another.await(Seen.Hello.class);
        }
      }
    }
  }

  /** Lets {@code strict} have more than 1 MiB of lines of {@code app}. */
  private void fill(TestRouter strict) {
    try (LogClient watcher = strict.live(app, Transport.FLYLINE_V1)) {
      publishBig();
      watcher.messages(LINES);
    }
  }

  private void publishBig() {
    String fill = "x".repeat(50_000);
    for (int n = 1; n <= LINES; n++) {
      String payload = "{\"message\":\"%s\",\"fill\":\"%s\"}".formatted(Lines.message(n), fill);
      kit.nats().send(Lines.subject(app, n), payload.getBytes(StandardCharsets.US_ASCII));
    }
    kit.nats().flush();
  }

  // ---- lists ----

  @ParameterizedTest
  @CsvSource({
    "Accept, text/plain",
    "Accept-Charset, utf-8",
    "Accept-Encoding, gzip",
    "Accept-Language, de",
    "Connection, keep-alive",
    "Upgrade, h2c",
    "Sec-WebSocket-Protocol, chat",
    "Sec-WebSocket-Extensions, x",
    "If-None-Match, x"
  })
  void headerThatListsTooMuch_isRefusedAndNotParsed(String header, String value) {
    Ask ask = Ask.plainGet("/v1/apps").token(Tokens.of(app));
    String most = String.join(",", Collections.nCopies(32, value));

    assertThat(kit.router().answer(ask.header(header + ": " + most)).status()).isEqualTo(200);
    assertBadRequest(ask.header(header + ": " + most + "," + value), header);
    assertBadRequest(ask.header(header + ": " + most).header(header + ": " + value), header);
    assertBadRequest(ask.header(header + ": " + ",".repeat(20_000)), header);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Accept", "Content-Type", "Origin", "Upgrade"})
  void headerThatIsTooLong_isRefusedAndNotParsed(String header) {
    Ask ask = Ask.plainGet("/v1/apps").token(Tokens.of(app));
    assertBadRequest(ask.header(header + ": " + "x".repeat(5_000)), header);
    assertBadRequest(ask.header(header + ": a" + ";q=0.1".repeat(1_000)), header);
  }

  /** A contract of its own: whatever it is, the client is served from the oldest line on. */
  @Test
  void lastEventIdOfAnyLengthOrForm_isAnUnknownPosition() {
    Lines.history(kit.nats(), kit.router(), app, 1, 3);
    Ask ask = Ask.app(app, Transport.SSE).token(Tokens.of(app));
    for (String id : List.of("x".repeat(5_000), "a,b,c", ",".repeat(5_000), ":".repeat(5_000))) {
      try (LogClient client = kit.router().open(ask.header("Last-Event-ID: " + id))) {
        assertThat(client.messages(3)).isEqualTo(Lines.messages(1, 3));
      }
    }
  }

  private static void assertBadRequest(Ask ask, String header) {
    HttpAnswer answer = kit.router().answer(ask);
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.code()).isEqualTo("bad_request");
    assertThat(answer.json().getString("detail")).startsWithIgnoringCase(header + ": at most");
  }

  @Test
  void acceptOfSixtyKilobytes_isRefused() {
    Ask ask = Ask.app(app, Transport.TEXT).token(Tokens.of(app));
    String accept = "text/x;q=0.1,".repeat(4_600);
    assertThat(kit.router().answer(ask.accept(Optional.of(accept))).status()).isIn(400, 431);
  }

  @ParameterizedTest
  @ValueSource(strings = {"region", "machine"})
  void listParameter_takesAHundredNames(String parameter) {
    Ask ask = Ask.app(app, Transport.NDJSON).token(Tokens.of(app)).with("follow", "false");
    String names = names(100);

    assertThat(kit.router().answer(ask.with(parameter, names)).status()).isEqualTo(200);
    assertThat(kit.router().answer(ask.with(parameter, names + ",n1")).status()).isEqualTo(400);
    assertThat(kit.router().answer(ask.with(parameter, names).with(parameter, "n1")).status())
        .isEqualTo(400);
    assertThat(kit.router().answer(ask.with(parameter, "n,".repeat(2_000) + "n")).status())
        .isEqualTo(400);
  }

  private static String names(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(n -> "n" + n).collect(Collectors.joining(","));
  }

  @ParameterizedTest
  @ValueSource(strings = {"since", "tail", "follow", "envelope"})
  void wordParameter_isShort(String parameter) {
    Ask ask = Ask.app(app, Transport.NDJSON).token(Tokens.of(app));
    assertThat(kit.router().answer(ask.with(parameter, "1".repeat(5_000))).status()).isEqualTo(400);
  }
}
