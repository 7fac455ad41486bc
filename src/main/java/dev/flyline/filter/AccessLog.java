package dev.flyline.filter;

import java.util.Set;

/** Recognizes a request that a server answered with 500 or more, as access logs write it. */
final class AccessLog {

  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE");

  private static final byte[] PROTOCOL = TextStart.ascii(" HTTP/");

  private AccessLog() {}

  /** {@code … "GET /login HTTP/1.1" 502 0}, wherever the request stands. */
  static boolean failed(TextCursor text) {
    int quote = text.find('"', 0, text.length());
    while (quote >= 0) {
      if (isMethod(text, quote + 1)) {
        int end = text.find('"', quote + 1, text.length());
        int protocol = end < 0 ? -1 : text.find(' ', Math.max(quote, end - 10), end);
        return protocol > 0 && text.begins(protocol, PROTOCOL) && isFailure(text, end + 2);
      }
      quote = text.find('"', quote + 1, text.length());
    }
    return false;
  }

  /**
   * {@code 500 DELETE /login}, {@code GET /login 503 12 ms}, {@code | 502 |}, all at {@code at}.
   */
  static boolean failed(TextCursor text, int at) {
    if (isFailure(text, at)) {
      int after = text.skipSpace(at + 3);
      return isMethod(text, after) || text.at(after) == '|';
    }
    if (!isMethod(text, at)) {
      return false;
    }
    int path = text.skipSpace(text.skipLetters(at));
    int after = text.skipSpace(text.skipToken(path));
    if (text.begins(after - 1, PROTOCOL)) {
      after = text.skipSpace(text.skipToken(after));
    }
    boolean isPath = text.at(path) == '/' || text.at(path) == 'h';
    return isPath && isFailure(text, after);
  }

  private static boolean isFailure(TextCursor text, int at) {
    int status = text.status(at);
    return status >= 500 && status < 600;
  }

  private static boolean isMethod(TextCursor text, int at) {
    int end = text.skipLetters(at);
    return text.isUpper(at) && text.isSpace(end) && METHODS.contains(text.substring(at, end));
  }
}
