package dev.flyline.stream;

/** The encoder of every transport; one object each, since equal formats share their bytes. */
public record Encoders(
    StreamEncoder webSocket,
    StreamEncoder flyline,
    StreamEncoder sse,
    StreamEncoder ndjson,
    StreamEncoder envelope,
    StreamEncoder text) {

  StreamEncoder of(Transport transport) {
    return switch (transport) {
      case WEBSOCKET -> webSocket;
      case FLYLINE -> flyline;
      case SSE -> sse;
      case NDJSON -> ndjson;
      case ENVELOPE -> envelope;
      case TEXT -> text;
    };
  }
}
