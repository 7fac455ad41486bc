package dev.flyline.benchmarks;

/** The forms of a router's stream that are measured. */
enum Format {
  VERBATIM(true, ""),
  SSE(false, "Accept: text/event-stream\r\n"),
  V1(true, "Sec-WebSocket-Protocol: flyline.v1\r\n");

  private final boolean isWebSocket;
  private final String headers;

  Format(boolean isWebSocket, String headers) {
    this.isWebSocket = isWebSocket;
    this.headers = headers;
  }

  boolean isWebSocket() {
    return isWebSocket;
  }

  /** The header lines that ask for it. */
  String headers() {
    return headers;
  }
}
