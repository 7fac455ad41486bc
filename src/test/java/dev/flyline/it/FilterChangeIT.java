package dev.flyline.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The {@code filter} frame of flyline.v1: another filter on a stream that stays open. */
@Timeout(300)
@SideBySide
final class FilterChangeIT {

  private static final int CLIENTS = 8;
  private static final int CHANGES = 25;

  /** Lines that may be on their way, so that the ring holds them for the slowest. */
  private static final int AHEAD = 3_000;

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  private final String app = Lines.newApp();

  private static String frame(String filter) {
    return new JsonObject().put("type", "filter").put("filter", filter).encode();
  }

  private Ask ask() {
    return Ask.app(app, Transport.FLYLINE_V1).token(Tokens.of(app));
  }

  private static Seen.Hello change(LogClient client, String filter) {
    client.send(frame(filter));
    Seen.Hello hello = client.await(Seen.Hello.class);
    assertThat(hello.filter()).contains(filter);
    return hello;
  }

  @Test
  void change_withoutRecentLinesGoesOnFromWhereItIs() {
    try (LogClient client = kit.router().live(ask().with("tail", 0), app)) {
      Lines.publish(kit.nats(), app, 1, 4);
      assertThat(client.messages(4)).isEqualTo(Lines.messages(1, 4));

      Seen.Hello hello = change(client, "@machine:machine0");
      assertThat(Optional.of(hello.at())).isEqualTo(client.lastPosition());
      Lines.publish(kit.nats(), app, 5, 8);
      assertThat(client.messages(2)).containsExactly("line 6", "line 8");
    }
  }

  @Test
  void change_bringsTheRecentLinesThatPass_andThenLiveOnes() {
    try (LogClient client = kit.router().live(ask(), app)) {
      Lines.publish(kit.nats(), app, 1, 4);
      assertThat(client.messages(4)).isEqualTo(Lines.messages(1, 4));

      change(client, "@machine:machine0 ");
      assertThat(client.messages(2)).containsExactly("line 2", "line 4");
      Lines.publish(kit.nats(), app, 5, 8);
      assertThat(client.messages(2)).containsExactly("line 6", "line 8");

      change(client, "");
      assertThat(client.messages(8)).isEqualTo(Lines.messages(1, 8));
      Lines.publish(kit.nats(), app, 9, 10);
      assertThat(client.messages(2)).isEqualTo(Lines.messages(9, 10));
      assertThat(client.gaps()).isEmpty();
    }
  }

  @Test
  void parametersOfTheRequest_holdBesideTheNewFilter() {
    try (LogClient client =
        kit.router().live(ask().with("region", "fra").with("filter", "nothing"), app)) {
      change(client, "line");
      Lines.publish(kit.nats(), app, 1, 9);
      List<String> fromFra = Lines.messagesFrom("fra", 1, 9);
      assertThat(client.messages(fromFra.size())).isEqualTo(fromFra);
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '→',
      value = {
        "a (b → 2",
        "timeout OR → 10",
        "/login → 0",
        "x /((a{100}){100}){100}/ → 2",
        "@level:loud → 7",
        "ü( → 2"
      })
  void filterAtFault_isExplainedAndTheOldOneGoesOn(String filter, long position) {
    try (LogClient client = kit.router().live(ask().with("filter", "@machine:machine1"), app)) {
      client.send(frame(filter));
      Seen.Notice notice = client.await(Seen.Notice.class);
      assertThat(notice.code()).isEqualTo("bad_request");
      assertThat(notice.detail()).startsWith("filter: ");
      assertThat(notice.place().orElseThrow().position()).isEqualTo(position);
      assertThat(notice.place().orElseThrow().hint()).isNotBlank();

      Lines.publish(kit.nats(), app, 1, 4);
      assertThat(client.messages(2)).containsExactly("line 1", "line 3");
      change(client, "");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"type\":\"filter\"}",
        "{\"type\":\"filter\",\"filter\":null}",
        "{\"type\":\"filter\",\"filter\":[\"a\"]}",
        "{\"type\":\"filter\",\"filter\":\"a\",\"app\":\"another\"}",
        "{\"type\":\"filter\",\"filter\":\"a\",\"app\":\"%61pp\"}",
        "{\"type\":\"filter\",\"filter\":\"a\",\"app\":7}"
      })
  void malformedFrame_endsTheStream(String frame) {
    try (LogClient client = kit.router().live(ask(), app)) {
      client.send(frame);
      assertThat(client.await(Seen.Bye.class).code()).isEqualTo("bad_request");
      assertThat(client.see()).isEqualTo(new Seen.End(4400));
    }
  }

  /** A thousand, one dearer than the other, cost the few that have their time. */
  @Test
  void flood_isAnsweredSeldomAndTheLastOneHolds() {
    try (LogClient other = kit.router().live(ask(), app);
        LogClient client = kit.router().live(ask(), app)) {
      for (int i = 0; i < 1_000; i++) {
        client.send(frame("-/(a|b|c)" + i + "x*y{2,9}/ -" + "z".repeat(i % 900)));
      }
      client.send(frame("@machine:machine0"));
      int answers = 1;
      while (!client.await(Seen.Hello.class).filter().orElseThrow().equals("@machine:machine0")) {
        answers++;
      }
      assertThat(answers).isLessThan(500);
      Lines.publish(kit.nats(), app, 1, 4);
      assertThat(client.messages(2)).containsExactly("line 2", "line 4");
      assertThat(other.messages(4)).isEqualTo(Lines.messages(1, 4));
    }
  }

  /**
   * Lines come at full speed while eight clients change their filters 200 times: each position is
   * delivered, told as missing, or hidden by the filter that held there.
   */
  @Test
  void everyPosition_isJudgedByTheFilterThatHeldThere() throws Exception {
    var room = new Semaphore(AHEAD);
    var done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        LogClient all = kit.router().live(ask(), app)) {
      Future<Map<Long, Integer>> numbers = threads.submit(() -> numbers(all, room));
      List<Future<Flipping>> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        int first = i;
        clients.add(threads.submit(() -> flip(first)));
      }
      Future<?> publisher = threads.submit(() -> publish(room, done));
      List<Flipping> flippings = new ArrayList<>();
      try {
        for (Future<Flipping> client : clients) {
          flippings.add(client.get(200, TimeUnit.SECONDS));
        }
      } finally {
        done.set(true);
        publisher.get(60, TimeUnit.SECONDS);
      }
      Map<Long, Integer> numberAt = numbers.get(60, TimeUnit.SECONDS);
      flippings.forEach(flipping -> flipping.check(numberAt));
    }
  }

  private void publish(Semaphore room, AtomicBoolean done) {
    for (int n = 1; !done.get(); n += 50) {
      room.acquireUninterruptibly(50);
      Lines.publish(kit.nats(), app, n, n + 49);
    }
    kit.nats().send("logs." + app + ".fra.m1", "{\"message\":\"end\"}".getBytes(UTF_8));
    kit.nats().flush();
  }

  /** Which line each position has, as somebody sees who gets all of them. */
  private static Map<Long, Integer> numbers(LogClient all, Semaphore room) {
    var numbers = new HashMap<Long, Integer>();
    for (Seen.Line line = all.next(); !line.message().equals("end"); line = all.next()) {
      numbers.put(line.at().orElseThrow().seq(), Integer.parseInt(line.message().substring(5)));
      room.release();
    }
    assertThat(all.gaps()).isEmpty();
    return numbers;
  }

  private Flipping flip(int first) {
    String[] filters = {"", "@machine:machine0", "@machine:machine1", "@region:fra", "nothing"};
    try (LogClient client = kit.router().live(ask().with("tail", 0), app)) {
      var flipping = new Flipping();
      for (int i = 0; i <= CHANGES; i++) {
        String filter = filters[(first + i) % filters.length];
        client.send(frame(filter));
        flipping.readUntil(client, filter);
      }
      return flipping;
    }
  }

  /** What one client saw: spans of positions, each under one filter, and what came of them. */
  private static final class Flipping {

    private final Map<Long, Integer> got = new HashMap<>();
    private final Map<Long, String> filterAt = new HashMap<>();
    private long servedTo = -1; // until the first answer
    private String holding = "";

    void readUntil(LogClient client, String filter) {
      while (true) {
        switch (client.see()) {
          case Seen.Line line -> {
            String message = line.message();
            assertThat(got.put(line.at().orElseThrow().seq(), number(message))).isNull();
          }
          case Seen.Hole hole -> skip(hole.range().orElseThrow());
          case Seen.Hello hello when hello.filter().isPresent() -> {
            assertThat(hello.filter()).contains(filter);
            holds(filter, hello.at().seq());
            return;
          }
          case Seen.Bye bye -> throw new AssertionError(bye);
          case Seen.End end -> throw new AssertionError(end);
          default -> {}
        }
      }
    }

    private static int number(String message) {
      return Integer.parseInt(message.substring(5));
    }

    private void skip(Seen.Range range) {
      for (long seq = range.from().seq(); seq <= range.to().seq(); seq++) {
        filterAt.put(seq, "nothing"); // told as missing
      }
    }

    private void holds(String filter, long at) {
      assertThat(at).isGreaterThanOrEqualTo(servedTo);
      for (long seq = servedTo + 1; servedTo >= 0 && seq <= at; seq++) {
        filterAt.putIfAbsent(seq, holding);
      }
      if (servedTo < 0) {
        got.clear(); // before the first answer the position of the first line is not known
      }
      servedTo = at;
      holding = filter;
    }

    /** Up to the last answer, which closed the last span. */
    void check(Map<Long, Integer> numberAt) {
      assertThat(filterAt).isNotEmpty();
      filterAt.forEach(
          (seq, filter) -> {
            Integer number = numberAt.get(seq);
            if (number != null) {
              boolean passes = passes(filter, number);
              assertThat(got.get(seq))
                  .as("%s at %s", filter, seq)
                  .isEqualTo(passes ? number : null);
            }
          });
      assertThat(filterAt.keySet().containsAll(got.keySet()))
          .as("nothing else came")
          .isTrue(); // AssertJ compares each with each
    }

    private static boolean passes(String filter, int n) {
      return switch (filter) {
        case "" -> true;
        case "@machine:machine0" -> n % 2 == 0;
        case "@machine:machine1" -> n % 2 == 1;
        case "@region:fra" -> Lines.region(n).equals("fra");
        default -> false;
      };
    }
  }
}
