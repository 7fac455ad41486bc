package dev.flyline.it;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A request for lines, written by hand so that it can be as wrong as a test needs.
 *
 * @param target the request target, byte for byte
 * @param accept the Accept header; empty for none
 * @param subprotocols the subprotocols that a WebSocket offers
 * @param headers further headers, whole lines
 * @param receiveBytes the socket's receive buffer; 0 for the system's own
 */
public record Ask(
    String target,
    Transport transport,
    Optional<String> accept,
    List<String> subprotocols,
    Optional<String> token,
    List<String> headers,
    int receiveBytes) {

  public Ask {
    subprotocols = List.copyOf(subprotocols);
    headers = List.copyOf(headers);
  }

  /** Asks for {@code app} as the transport prescribes; the token is still missing. */
  public static Ask app(String app, Transport transport) {
    return target("/v1/apps/" + app + "/logs", transport);
  }

  /** Asks for a target of any kind. */
  static Ask target(String target, Transport transport) {
    var ask =
        new Ask(
            target,
            transport,
            transport.isWebSocket() ? Optional.empty() : Optional.of(transport.accept()),
            transport == Transport.FLYLINE_V1 ? List.of("flyline.v1") : List.of(),
            Optional.empty(),
            List.of(),
            0);
    return transport == Transport.ENVELOPE ? ask.with("envelope", "1") : ask;
  }

  /** A plain GET that names no media type. */
  static Ask plainGet(String target) {
    return target(target, Transport.TEXT).accept(Optional.empty());
  }

  /** Adds a query parameter. */
  public Ask with(String key, String value) {
    String encoded = key + '=' + URLEncoder.encode(value, StandardCharsets.UTF_8);
    String longer = target + (target.contains("?") ? '&' : '?') + encoded;
    return new Ask(longer, transport, accept, subprotocols, token, headers, receiveBytes);
  }

  public Ask with(String key, long value) {
    return with(key, Long.toString(value));
  }

  public Ask header(String line) {
    var more = new ArrayList<>(headers);
    more.add(line);
    return new Ask(target, transport, accept, subprotocols, token, more, receiveBytes);
  }

  public Ask token(String value) {
    return new Ask(
        target, transport, accept, subprotocols, Optional.of(value), headers, receiveBytes);
  }

  Ask accept(Optional<String> value) {
    return new Ask(target, transport, value, subprotocols, token, headers, receiveBytes);
  }

  Ask subprotocols(String... names) {
    return new Ask(target, transport, accept, List.of(names), token, headers, receiveBytes);
  }

  Ask receiveBytes(int bytes) {
    return new Ask(target, transport, accept, subprotocols, token, headers, bytes);
  }

  /** The request's bytes, in ISO 8859-1. */
  String request() {
    var request = new StringBuilder("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n");
    token.ifPresent(t -> request.append("Authorization: Bearer ").append(t).append("\r\n"));
    accept.ifPresent(a -> request.append("Accept: ").append(a).append("\r\n"));
    if (transport.isWebSocket()) {
      request.append("Connection: Upgrade\r\nUpgrade: websocket\r\n");
      request.append("Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ");
      request.append(HandshakeKey.KEY).append("\r\n");
      if (!subprotocols.isEmpty()) {
        request.append("Sec-WebSocket-Protocol: ").append(String.join(", ", subprotocols));
        request.append("\r\n");
      }
    }
    headers.forEach(line -> request.append(line).append("\r\n"));
    return request.append("\r\n").toString();
  }
}
