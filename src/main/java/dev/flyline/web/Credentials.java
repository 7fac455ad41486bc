package dev.flyline.web;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Refusal.Reason;
import dev.flyline.auth.TokenVerifier;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Finds a request's token and what it grants; counts refusals by reason.
 *
 * <p>The token stands in {@code Authorization: Bearer}, or, from a browser's WebSocket that can set
 * no header, in the subprotocol {@code bearer.<token>}. It is never looked for in the URL, which
 * proxies log. Belongs to one event loop, as its verifier does.
 */
public final class Credentials {

  private static final String SCHEME = "bearer ";
  private static final String SUBPROTOCOL = "bearer.";
  private static final String WEBSOCKET_PROTOCOL = "Sec-WebSocket-Protocol";

  private final TokenVerifier verifier;
  private final Meters meters;

  public Credentials(TokenVerifier verifier, Meters meters) {
    this.verifier = verifier;
    this.meters = meters;
  }

  /** What the request's token grants; empty means {@link ApiError#unauthenticated}. */
  public Optional<Grant> grant(HttpServerRequest request) {
    var verdict = token(request).map(verifier::verify).orElseGet(() -> new Refusal(Reason.MISSING));
    return switch (verdict) {
      case Grant grant -> Optional.of(grant);
      case Refusal(var reason) -> {
        meters.count(Meter.TOKENS_REFUSED, reason.label());
        yield Optional.empty();
      }
    };
  }

  /** The request's token; empty if there is none, or more than one to choose from. */
  static Optional<String> token(HttpServerRequest request) {
    var authorization = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    return authorization.isEmpty()
        ? only(offered(request))
        : only(authorization).flatMap(Credentials::bearer);
  }

  private static Optional<String> bearer(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.of(authorization.substring(SCHEME.length()).strip())
        : Optional.empty();
  }

  private static List<String> offered(HttpServerRequest request) {
    return request.headers().getAll(WEBSOCKET_PROTOCOL).stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .filter(protocol -> protocol.startsWith(SUBPROTOCOL))
        .map(protocol -> protocol.substring(SUBPROTOCOL.length()))
        .toList();
  }

  private static Optional<String> only(List<String> values) {
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }
}
