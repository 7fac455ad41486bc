package dev.flyline.web;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.Optional;

/**
 * Bounds of the headers that somebody here parses, counted before anybody does. Vert.x-Web splits
 * and sorts the {@code Accept} headers of every request that it routes, ours or a stranger's: 60 KB
 * of them took 19 ms of an event loop.
 *
 * <p>To count costs one look at each character and makes no object. {@code Last-Event-ID} has no
 * bound of its own: one that no router gave is a position like any other that is not known, and is
 * seen to be so within its first characters.
 */
final class HeaderBounds {

  /**
   * One header's bound.
   *
   * @param values the most that it may list, over all of its lines
   * @param characters the most that its lines may have together
   */
  private record Bound(CharSequence header, int values, int characters, ApiError error) {

    Bound(CharSequence header, int values, int characters) {
      this(
          header,
          values,
          characters,
          ApiError.badRequest(
              "%s: at most %d %s of %,d characters together"
                  .formatted(header, values, values == 1 ? "value" : "values", characters)));
    }

    boolean admits(HttpServerRequest request) {
      List<String> lines = request.headers().getAll(header);
      int listed = 0;
      int length = 0;
      for (String line : lines) {
        length += line.length();
        listed += length > characters ? 0 : values(line);
      }
      return length <= characters && listed <= values;
    }

    private static int values(String line) {
      int count = 1;
      for (int i = line.indexOf(','); i >= 0; i = line.indexOf(',', i + 1)) {
        count++;
      }
      return count;
    }
  }

  private static final int RANGES = 32;
  private static final int LIST_CHARACTERS = 4 * 1024;
  private static final int WORD_CHARACTERS = 512;

  /** Room for the longest token, which a browser sends as one of the subprotocols. */
  private static final int SUBPROTOCOL_CHARACTERS = 18 * 1024;

  private static final List<Bound> BOUNDS =
      List.of(
          new Bound(HttpHeaders.ACCEPT, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.ACCEPT_CHARSET, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.ACCEPT_ENCODING, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.ACCEPT_LANGUAGE, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.CONTENT_TYPE, RANGES, WORD_CHARACTERS),
          new Bound(HttpHeaders.CONNECTION, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.UPGRADE, RANGES, LIST_CHARACTERS),
          new Bound("Sec-WebSocket-Protocol", RANGES, SUBPROTOCOL_CHARACTERS),
          new Bound("Sec-WebSocket-Key", 1, WORD_CHARACTERS),
          new Bound("Sec-WebSocket-Extensions", RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.ORIGIN, RANGES, WORD_CHARACTERS),
          new Bound(HttpHeaders.HOST, 1, WORD_CHARACTERS),
          new Bound(HttpHeaders.IF_NONE_MATCH, RANGES, LIST_CHARACTERS),
          new Bound(HttpHeaders.ACCESS_CONTROL_REQUEST_HEADERS, 100, LIST_CHARACTERS));

  private HeaderBounds() {}

  /** Why {@code request} is not worth being parsed; empty if it is. */
  static Optional<ApiError> flaw(HttpServerRequest request) {
    for (Bound bound : BOUNDS) {
      if (!bound.admits(request)) {
        return Optional.of(bound.error());
      }
    }
    return Optional.empty();
  }
}
