package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flyline.web.ApiError;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The opening handshake of a WebSocket, the server's side (RFC 6455, section 4.2). */
final class Upgrade {

  private static final String KEY = "Sec-WebSocket-Key";
  private static final String VERSION = "Sec-WebSocket-Version";
  private static final String PROTOCOL = "Sec-WebSocket-Protocol";
  private static final int NONCE_BYTES = 16;
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private Upgrade() {}

  /**
   * What keeps {@code request}, which asks for a WebSocket, from becoming one; empty if nothing.
   */
  static Optional<ApiError> flaw(HttpServerRequest request) {
    if (request.version() == HttpVersion.HTTP_1_0) {
      return badRequest("a WebSocket needs HTTP/1.1"); // RFC 6455, section 4.2.1
    }
    if (!isListed(request, "upgrade")) {
      return badRequest("a WebSocket needs the header Connection: Upgrade");
    }
    if (!"13".equals(request.getHeader(VERSION))) {
      return Optional.of(
          new ApiError(
              426,
              "upgrade_required",
              "a WebSocket needs the header Sec-WebSocket-Version: 13",
              Map.of(VERSION, "13", "Upgrade", "websocket", "Connection", "Upgrade")));
    }
    if (!isNonce(request.getHeader(KEY))) {
      return badRequest("a WebSocket needs the header Sec-WebSocket-Key, 16 bytes in base64");
    }
    if (request.getHeader(HttpHeaders.TRANSFER_ENCODING) != null || hasBody(request)) {
      return badRequest("a request for a WebSocket has no body");
    }
    return Optional.empty();
  }

  private static Optional<ApiError> badRequest(String detail) {
    return Optional.of(ApiError.badRequest(detail));
  }

  private static boolean isListed(HttpServerRequest request, String option) {
    return request.headers().getAll(HttpHeaders.CONNECTION).stream()
        .flatMap(value -> List.of(value.split(",", -1)).stream())
        .anyMatch(value -> value.strip().equalsIgnoreCase(option));
  }

  private static boolean isNonce(@Nullable String key) {
    try {
      return key != null && Base64.getDecoder().decode(key.strip()).length == NONCE_BYTES;
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  private static boolean hasBody(HttpServerRequest request) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return length != null && !length.strip().equals("0");
  }

  /** The answer that makes {@code request}, which has no flaw, a WebSocket. */
  static byte[] answer(HttpServerRequest request, Optional<String> subprotocol) {
    var headers =
        request
            .response()
            .headers()
            .set("Upgrade", "websocket")
            .set("Connection", "Upgrade")
            .set("Sec-WebSocket-Accept", accept(String.valueOf(request.getHeader(KEY)).strip()));
    subprotocol.ifPresent(chosen -> headers.set(PROTOCOL, chosen));
    return head("101 Switching Protocols", request);
  }

  /** RFC 6455, section 4.2.2, item 5.4. */
  private static String accept(String key) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  /** The bytes of a response's status line and headers. */
  static byte[] head(String status, HttpServerRequest request) {
    var text = new StringBuilder(256).append("HTTP/1.1 ").append(status).append("\r\n");
    request
        .response()
        .headers()
        .forEach((name, value) -> text.append(name).append(": ").append(value).append("\r\n"));
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }
}
