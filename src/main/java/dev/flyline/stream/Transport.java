package dev.flyline.stream;

import java.util.Locale;

/** The ways in which a client can read a stream; the client's headers choose. */
public enum Transport {
  /** WebSocket without a subprotocol: payloads, verbatim. */
  WEBSOCKET(""),
  /** WebSocket with the subprotocol {@code flyline.v1}. */
  FLYLINE(""),
  /** Server-sent events. */
  SSE("text/event-stream"),
  /** One payload a line. */
  NDJSON("application/x-ndjson"),
  /** One flyline.v1 frame a line. */
  ENVELOPE("application/x-ndjson"),
  /** For people with curl. */
  TEXT("text/plain; charset=utf-8");

  private final String contentType;

  Transport(String contentType) {
    this.contentType = contentType;
  }

  String contentType() {
    return contentType;
  }

  boolean isWebSocket() {
    return this == WEBSOCKET || this == FLYLINE;
  }

  /** The name in metrics. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
