package dev.flyline.it;

import java.util.List;

/** Every way a client can ask for lines. */
public enum Transport {
  WEBSOCKET("", ""),
  FLYLINE_V1("", "flyline.v1"),
  SSE("text/event-stream", ""),
  NDJSON("application/x-ndjson", ""),
  ENVELOPE("application/x-ndjson", ""),
  TEXT("text/plain", "");

  private static final List<Transport> ALL = List.of(values());

  private final String accept;
  private final String subprotocol;

  Transport(String accept, String subprotocol) {
    this.accept = accept;
    this.subprotocol = subprotocol;
  }

  /** One of all transports in turn, for the {@code n}th viewer of many. */
  static Transport inTurn(int n) {
    return ALL.get(n % ALL.size());
  }

  /** The Accept header; empty for WebSockets. */
  String accept() {
    return accept;
  }

  /** The WebSocket subprotocol offered; empty for none. */
  String subprotocol() {
    return subprotocol;
  }

  boolean isWebSocket() {
    return this == WEBSOCKET || this == FLYLINE_V1;
  }

  /** Whether lines bear positions, and frames other than gaps and the end are sent. */
  boolean isFramed() {
    return this == FLYLINE_V1 || this == SSE || this == ENVELOPE;
  }
}
