package dev.flyline.web;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.Refusal.Reason;
import dev.flyline.auth.TokenVerifier;
import dev.flyline.auth.Verdict;
import dev.flyline.metrics.Meter;
import dev.flyline.metrics.Meters;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Finds a request's token and what it grants; counts refusals by reason.
 *
 * <p>The token stands in {@code Authorization: Bearer}, or, from a browser's WebSocket that can set
 * no header, in the subprotocol {@code bearer.<token>}. It is never looked for in the URL, which
 * proxies log. Belongs to one event loop, as its verifier does.
 */
public final class Credentials {

  private static final String SCHEME = "bearer";
  private static final String SUBPROTOCOL = "bearer.";
  private static final String WEBSOCKET_PROTOCOL = "Sec-WebSocket-Protocol";

  private static final ApiError TOKEN_TOO_LONG = ApiError.tokenTooLong(TokenVerifier.MAX_LENGTH);
  private static final ApiError TOO_MANY_WAITING =
      ApiError.tooMany(
          "too_many_tokens_waiting", "too many tokens wait to be checked; try again soon", 1);
  private static final ApiError TOO_MANY_FAILURES =
      ApiError.tooMany(
          "too_many_bad_tokens",
          "too many tokens from this address were bad; new ones are checked again later",
          10);

  private final TokenVerifier verifier;
  private final Meters meters;

  public Credentials(TokenVerifier verifier, Meters meters) {
    this.verifier = verifier;
    this.meters = meters;
    meters.begin(Meter.TOKENS_REFUSED, Stream.of(Reason.values()).map(Reason::label));
  }

  /**
   * Judges the request's token and answers: at once, but for a signature that waits for its check.
   * In that case the request is paused, so that what else the client sends waits too and an upgrade
   * finds it in order; {@code answer} resumes it, and is not called if the client is gone by then.
   */
  public void judge(HttpServerRequest request, Consumer<Verdict> answer) {
    Future<Verdict> verdict = verdict(request);
    if (verdict.isComplete()) {
      answer.accept(verdict.result());
      return;
    }
    request.pause();
    verdict.onSuccess(
        late -> {
          if (!request.response().closed()) {
            answer.accept(late);
          }
        });
  }

  /** The verdict on the request's token, complete unless its signature waits; never fails. */
  private Future<Verdict> verdict(HttpServerRequest request) {
    var tokens = tokens(request);
    return switch (tokens.size()) {
      case 0 -> refuse(Reason.MISSING);
      case 1 ->
          verdict(tokens.getFirst(), ClientAddress.of(request))
              .onSuccess(verdict -> prove(request, verdict));
      default -> refuse(Reason.SEVERAL);
    };
  }

  private static void prove(HttpServerRequest request, Verdict verdict) {
    if (verdict instanceof Grant) {
      Sockets.prove(request.connection());
    }
  }

  /** Judges a token that a client at {@code address} sent otherwise. */
  public Future<Verdict> verdict(String token, String address) {
    return verifier.verify(token, address).onSuccess(this::count);
  }

  /** Refuses, unseen, what a client sent as a token. */
  public Future<Verdict> refuse(Reason reason) {
    Verdict refusal = new Refusal(reason);
    count(refusal);
    return Future.succeededFuture(refusal);
  }

  private void count(Verdict verdict) {
    if (verdict instanceof Refusal(var reason)) {
      meters.count(Meter.TOKENS_REFUSED, reason.label());
    }
  }

  /** What a client is told of a refusal. */
  public static ApiError error(Refusal refusal) {
    return switch (refusal.reason()) {
      case TOO_LONG -> TOKEN_TOO_LONG;
      case TOO_MANY_WAITING, TOO_OFTEN -> TOO_MANY_WAITING;
      case TOO_MANY_FAILURES -> TOO_MANY_FAILURES;
      case MISSING,
          SEVERAL,
          MALFORMED,
          ALGORITHM,
          CRITICAL,
          CLAIMS,
          NO_EXPIRY,
          SIGNATURE,
          EXPIRED,
          NOT_YET_VALID,
          ISSUER,
          AUDIENCE ->
          ApiError.unauthenticated();
    };
  }

  /**
   * Every token of the request. There is no choosing between two: a proxy before us may have judged
   * the other one, and so may one that saw another line of a doubled header. Credentials of another
   * scheme alone, as of a proxy's own login, are no token.
   */
  private static List<String> tokens(HttpServerRequest request) {
    var lines = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    var authorization = lines.stream().anyMatch(Credentials::isBearer) ? lines : List.<String>of();
    return Stream.concat(authorization.stream().map(Credentials::bearer), offered(request))
        .toList();
  }

  private static String bearer(String authorization) {
    return isBearer(authorization) ? authorization.substring(SCHEME.length()).strip() : "";
  }

  private static boolean isBearer(String authorization) {
    return authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && (authorization.length() == SCHEME.length()
            || Character.isWhitespace(authorization.charAt(SCHEME.length())));
  }

  private static Stream<String> offered(HttpServerRequest request) {
    return request.headers().getAll(WEBSOCKET_PROTOCOL).stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .filter(protocol -> protocol.startsWith(SUBPROTOCOL))
        .map(protocol -> protocol.substring(SUBPROTOCOL.length()));
  }
}
