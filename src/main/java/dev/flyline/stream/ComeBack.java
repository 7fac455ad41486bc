package dev.flyline.stream;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How a stopping router answers an EventSource: with a stream that is over at once and says when to
 * come back.
 *
 * <p>An EventSource never asks again after any status but 200. A 503 would end for good a client
 * that was told to come back a moment ago and met the same router, as many do before whatever
 * balances between routers has noticed.
 */
final class ComeBack {

  /** When it asks again, at the earliest, and half of the time at the latest. */
  private static final long AFTER_MS = 1_000;

  private ComeBack() {}

  static void tell(HttpServerRequest request, Encoders encoders) {
    long afterMs = ThreadLocalRandom.current().nextLong(AFTER_MS, 2 * AFTER_MS);
    byte[] bye =
        encoders.of(Transport.SSE).message(new StreamMessage.Bye(EndReason.RESTART, afterMs));
    var response =
        request
            .response()
            .putHeader(HttpHeaders.CONTENT_TYPE, Transport.SSE.contentType())
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
            .putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE); // another router answers next
    var _ = response.end(Buffer.buffer(Objects.requireNonNull(bye)));
  }
}
