package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream lasts no longer than its grant, and as long as its grant is renewed. */
@Timeout(300)
@SideBySide
final class ExpiryIT {

  /**
   * What a busy machine needs to show it. The second that the contract allows is seen to by the
   * session's wheel, whose own test has a clock of its own.
   */
  private static final Duration GRACE = Duration.ofSeconds(60);

  /** What a stream must be opened in that ends after 2 to 3 s. */
  private static final Duration OPENED = Duration.ofSeconds(2);

  /** What {@code auth.leeway} is where nobody sets it. */
  private static final Duration LEEWAY = Duration.ofSeconds(10);

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  /** What a client saw of its end, and when. */
  private record Ended(Transport transport, List<Seen> seen, Instant at) {}

  @Test
  void streams_endWhenTheGrantDoes() throws Exception {
    Attempts.untilTelling(ExpiryIT::assertStreamsEndWhenTheGrantDoes);
  }

  private static void assertStreamsEndWhenTheGrantDoes(Attempts.Pace pace) throws Exception {
    pace.within(OPENED);
    Instant expires = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3);
    String token = Tokens.expiring(expires, "shop");
    var clients = new ArrayList<Callable<Ended>>();
    for (Transport transport : Transport.values()) {
      LogClient client = kit.router().open(Ask.app("shop", transport).token(token));
      clients.add(() -> untilTheEnd(transport, client));
    }
    pace.anyTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Ended> future : threads.invokeAll(clients, 90, TimeUnit.SECONDS)) {
        Ended ended = future.get();
        assertThat(ended.at()).as(ended.toString()).isBetween(expires, expires.plus(GRACE));
        assertSaidExpired(ended);
      }
    }
  }

  private static Ended untilTheEnd(Transport transport, LogClient client) {
    try (client) {
      List<Seen> seen = client.rest();
      return new Ended(transport, seen, Instant.now());
    }
  }

  private static void assertSaidExpired(Ended ended) {
    List<Seen.Bye> byes =
        ended.seen().stream().filter(Seen.Bye.class::isInstance).map(Seen.Bye.class::cast).toList();
    assertThat(byes).as(ended.toString()).hasSize(1);
    assertThat(byes.getFirst().code()).contains("expired");
    if (ended.transport() != Transport.TEXT) {
      assertThat(byes.getFirst().reconnect()).isTrue();
    }
    if (ended.transport() == Transport.FLYLINE_V1) {
      assertThat(ended.seen()).hasAtLeastOneElementOfType(Seen.Expiring.class);
    }
    int code = ended.transport().isWebSocket() ? 4401 : Seen.End.COMPLETE;
    assertThat(ended.seen().getLast()).isEqualTo(new Seen.End(code));
  }

  @Test
  void stream_whoseGrantIsRenewedGoesOn() throws Exception {
    Attempts.untilTelling(
        pace -> {
          pace.within(OPENED);
          Instant expires = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 3);
          String token = Tokens.sign(Tokens.claims("renewing", expires, "shop"));
          Ask ask = Ask.app("shop", Transport.FLYLINE_V1).token(token);
          try (LogClient renewed = kit.router().live(ask.with("tail", 0), "shop");
              LogClient other = kit.router().live(ask, "shop")) {
            sendAuth(renewed, Tokens.user("renewing", "shop"));
            pace.anyTime();
            assertThat(other.rest().getLast()).isEqualTo(new Seen.End(4401));

            Lines.publish(kit.nats(), "shop", 1, 1);
            assertThat(renewed.next().message()).isEqualTo(Lines.message(1));
          }
        });
  }

  @Test
  void renewal_withABadTokenEndsTheStream() {
    assertEndsAfterAuth(Tokens.of("shop") + "x", 4401);
    Instant past = Instant.now().minusSeconds(3_600);
    assertEndsAfterAuth(Tokens.sign(Tokens.claims("renewing", past, "shop")), 4401);
  }

  @Test
  void renewal_withAnotherAppsTokenEndsTheStream() {
    assertEndsAfterAuth(Tokens.user("renewing", "other"), 4403);
  }

  private static void assertEndsAfterAuth(String token, int code) {
    try (LogClient client = kit.router().open(asRenewing())) {
      sendAuth(client, token);
      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(code));
    }
  }

  /** A new token with less time than the old one has is not a way to stay longer. */
  @Test
  void renewal_shortensAGrantToo() {
    Instant expires = Instant.ofEpochSecond(Instant.now().getEpochSecond() + 2);
    try (LogClient client = kit.router().open(asRenewing())) {
      sendAuth(client, Tokens.sign(Tokens.claims("renewing", expires, "shop")));
      assertThat(client.rest().getLast()).isEqualTo(new Seen.End(4401));
      assertThat(Instant.now()).isBetween(expires, expires.plus(GRACE));
    }
  }

  /** The leeway is for showing a token; a stream that begins within it ends at once. */
  @Test
  void stream_ofATokenWithinTheLeewayEndsAtExp() throws Exception {
    for (Transport transport : Transport.values()) {
      Attempts.untilTelling(
          pace -> {
            pace.within(LEEWAY.minusSeconds(2));
            Instant expires = Instant.ofEpochSecond(Instant.now().getEpochSecond() - 1);
            Ask ask = Ask.app("shop", transport).token(Tokens.expiring(expires, "shop"));
            try (LogClient client = kit.router().open(ask)) {
              pace.anyTime();
              assertThat(client.await(Seen.Bye.class).code()).contains("expired");
            }
          });
    }
  }

  @Test
  void authFrames_inALoopEndTheStream() {
    double before = refused("too_often");
    String token = Tokens.user("renewing", "shop");
    try (LogClient other = kit.router().live("shop", Transport.FLYLINE_V1);
        LogClient client = kit.router().open(asRenewing())) {
      for (int i = 0; i < 100; i++) {
        sendAuth(client, token);
      }
      assertThat(client.await(Seen.Bye.class).code()).isEqualTo("too_many");
      assertThat(client.see()).isEqualTo(new Seen.End(4429));
      assertThat(refused("too_often")).isEqualTo(before + 1);

      Lines.publish(kit.nats(), "shop", 1, 1);
      assertThat(other.next().message()).isEqualTo(Lines.message(1));
    }
  }

  @Test
  void refusedAuthFrames_areCountedAsAllOthers() {
    for (String reason : List.of("signature", "expired", "malformed", "missing", "too_long")) {
      double before = refused(reason);
      try (LogClient client = kit.router().open(asRenewing())) {
        client.send("{\"type\":\"auth\",\"token\":" + badToken(reason) + "}");
        int code = reason.equals("too_long") ? 1009 : 4401;
        assertThat(client.rest().getLast()).isEqualTo(new Seen.End(code));
      }
      assertThat(refused(reason)).as(reason).isEqualTo(before + 1);
    }
  }

  /** A token, as JSON, that is refused for this reason. */
  private static String badToken(String reason) {
    String good = Tokens.user("renewing", "shop");
    return switch (reason) {
      case "signature" -> "\"" + good.substring(0, good.lastIndexOf('.')) + ".AAAA\"";
      case "expired" -> "\"" + Tokens.expiring(Instant.EPOCH, "shop") + "\"";
      case "malformed" -> "\"x\"";
      case "too_long" -> "\"" + "x".repeat(16 * 1024 + 1) + "\"";
      default -> "17";
    };
  }

  private static double refused(String reason) {
    String name = "flyline_tokens_refused_total{reason=\"" + reason + "\"} ";
    return kit.router()
        .ops("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
        .sum();
  }

  private static Ask asRenewing() {
    return Ask.app("shop", Transport.FLYLINE_V1).token(Tokens.user("renewing", "shop"));
  }

  private static void sendAuth(LogClient client, String token) {
    client.send("{\"type\":\"auth\",\"token\":\"" + token + "\"}");
  }
}
