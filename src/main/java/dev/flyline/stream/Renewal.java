package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Refusal.Reason;
import dev.flyline.auth.Verdict;
import dev.flyline.web.Credentials;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The {@code auth} frames of one stream: each brings a token that renews the stream's grant or ends
 * the stream. Belongs to the event loop of the stream's socket.
 */
final class Renewal {

  /** Minimum interval between two tokens of a stream. */
  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final StreamConnection connection;
  private final Credentials credentials;
  private final String address;
  private boolean judging;
  private boolean any;
  private long lastNs;

  Renewal(StreamConnection connection, Credentials credentials, String address) {
    this.connection = connection;
    this.credentials = credentials;
    this.address = address;
  }

  /** The client sends {@code token}, which may be anything; null if it sends none. */
  void take(@Nullable String token) {
    long nowNs = System.nanoTime();
    if (judging || (any && nowNs - lastNs < INTERVAL.toNanos())) {
      var _ = credentials.refuse(Reason.TOO_OFTEN);
      connection.end(EndReason.TOO_MANY, INTERVAL.toMillis());
      return;
    }
    any = true;
    lastNs = nowNs;
    judging = true;
    Future<Verdict> verdict =
        token == null ? credentials.refuse(Reason.MISSING) : credentials.verdict(token, address);
    verdict.onSuccess(this::apply);
  }

  private void apply(Verdict verdict) {
    judging = false;
    switch (verdict) {
      case Grant grant -> connection.renew(grant);
      case Refusal(var reason) -> refused(reason);
    }
  }

  private void refused(Reason reason) {
    switch (reason) {
      case TOO_LONG -> connection.end(EndReason.TOO_BIG, 0);
      case TOO_MANY_WAITING, TOO_MANY_FAILURES ->
          connection.notice("token_not_checked", "The router is busy; send the token again later.");
      default -> connection.end(EndReason.EXPIRED, 0);
    }
  }
}
