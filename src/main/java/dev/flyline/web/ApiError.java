package dev.flyline.web;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.Optional;

/**
 * A refusal of a request, sent as {@code application/problem+json} (RFC 9457).
 *
 * <p>Its texts are constants or made of our own numbers: nothing that a client sent is sent back.
 *
 * @param status the HTTP status
 * @param code what a program tells this refusal by; part of the contract
 * @param detail one sentence for people
 * @param headers what else the answer bears, {@code Retry-After} for one
 * @param place where in a text of the client's the fault is, if it is in one
 */
public record ApiError(
    int status, String code, String detail, Map<String, String> headers, Optional<Place> place) {

  private static final String MEDIA_TYPE = "application/problem+json";

  /** Keeps a copy of {@code headers}. */
  public ApiError {
    headers = Map.copyOf(headers);
  }

  /**
   * Where a text cannot be understood.
   *
   * @param position the index of the character at fault, counted from 0
   * @param hint how to mend it
   */
  public record Place(int position, String hint) {}

  /** A refusal that is about no text. */
  public ApiError(int status, String code, String detail, Map<String, String> headers) {
    this(status, code, detail, headers, Optional.empty());
  }

  /** A refusal without headers of its own. */
  public ApiError(int status, String code, String detail) {
    this(status, code, detail, Map.of());
  }

  /** A request that nobody can understand; {@code detail} must not repeat what it says. */
  public static ApiError badRequest(String detail) {
    return new ApiError(400, "bad_request", detail);
  }

  /** A filter expression that nobody can understand. */
  public static ApiError badFilter(String detail, int position, String hint) {
    return new ApiError(
        400, "bad_request", "filter: " + detail, Map.of(), Optional.of(new Place(position, hint)));
  }

  /** No good token. The same for all causes, so that nobody can feel the way to a good one. */
  public static ApiError unauthenticated() {
    return new ApiError(
        401,
        "unauthenticated",
        "a valid token is needed: Authorization: Bearer <token>, or the WebSocket subprotocol"
            + " bearer.<token>",
        Map.of("WWW-Authenticate", "Bearer"));
  }

  /** The token has more than so many characters; nothing of it has been read. */
  public static ApiError tokenTooLong(int maxLength) {
    return new ApiError(431, "token_too_long", "a token has at most " + maxLength + " characters");
  }

  /**
   * The token does not name the app. The same for apps that do not exist: no one learns which do.
   */
  public static ApiError forbidden() {
    return new ApiError(403, "forbidden", "the token does not name this app");
  }

  /** A page of this origin may not open a WebSocket here, whatever its token allows. */
  public static ApiError originNotAllowed() {
    return new ApiError(
        403,
        "origin_not_allowed",
        "pages of this origin may not read logs here: FLYLINE_CORS_ORIGINS does not list it, and it"
            + " is not the address that this router was asked by; a proxy that rewrites Host makes"
            + " the router's own page such an origin");
  }

  /** No resource has this path. */
  public static ApiError notFound() {
    return new ApiError(404, "not_found", "there is nothing at this path");
  }

  /** The resource has other methods, which {@code allow} lists as the header has them. */
  public static ApiError methodNotAllowed(String allow) {
    return new ApiError(
        405, "method_not_allowed", "this path takes " + allow, Map.of("Allow", allow));
  }

  /** None of the media types that the client accepts is to be had. */
  public static ApiError notAcceptable(String detail) {
    return new ApiError(406, "not_acceptable", detail);
  }

  /** Too many of something; {@code code} begins with {@code too_many_}. */
  public static ApiError tooMany(String code, String detail, int retryAfterSeconds) {
    return new ApiError(429, code, detail, retryAfter(retryAfterSeconds));
  }

  /** This router stops; another one answers. */
  public static ApiError draining() {
    return new ApiError(
        503, "draining", "this router is stopping; another one will answer", retryAfter(1));
  }

  /** Our own fault; what it is stands in our log. */
  public static ApiError internal() {
    return new ApiError(500, "internal", "the router failed; this has been logged");
  }

  private static Map<String, String> retryAfter(int seconds) {
    return Map.of("Retry-After", Integer.toString(seconds));
  }

  /** The body, as JSON. */
  public JsonObject body() {
    var body =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", HttpResponseStatus.valueOf(status).reasonPhrase())
            .put("status", status)
            .put("code", code)
            .put("detail", detail);
    place.ifPresent(at -> body.put("position", at.position()).put("hint", at.hint()));
    return body;
  }

  /** Answers the request of {@code context}. */
  public void send(RoutingContext context) {
    send(context.request());
  }

  /** Answers {@code request}, unless its answer has begun or its client has gone. */
  public void send(HttpServerRequest request) {
    var response = request.response();
    if (response.headWritten() || response.ended() || response.closed()) {
      return;
    }
    var body = body().toBuffer();
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, MEDIA_TYPE)
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length()));
    headers.forEach(response::putHeader);
    if (request.method().equals(HttpMethod.HEAD)) {
      response.end();
    } else {
      response.end(body);
    }
  }
}
