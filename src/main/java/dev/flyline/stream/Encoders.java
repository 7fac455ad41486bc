package dev.flyline.stream;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** The encoder of every transport; one object each, since equal formats share their bytes. */
public record Encoders(
    StreamEncoder webSocket,
    StreamEncoder flyline,
    StreamEncoder sse,
    StreamEncoder ndjson,
    StreamEncoder envelope,
    StreamEncoder text) {

  /** The encoder of {@code transport} for the client of {@code request}. */
  StreamEncoder of(Transport transport, HttpServerRequest request) {
    StreamEncoder encoder = of(transport);
    boolean unchunked = request.version() == HttpVersion.HTTP_1_0 && encoder.chunked();
    return unchunked ? new UnchunkedEncoder(encoder) : encoder;
  }

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
