package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.auth.Refusal;
import dev.flyline.auth.TokenVerifier;
import dev.flyline.auth.Verdict;
import dev.flyline.log.AppName;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;

/** Answers an admitted request in its transport's way and begins the session. */
final class Handshake {

  private final HttpServerRequest request;
  private final Transport transport;
  private final StreamEncoder encoder;
  private final StreamLane lane;
  private final TokenVerifier verifier;

  Handshake(
      HttpServerRequest request,
      Transport transport,
      Encoders encoders,
      StreamLane lane,
      TokenVerifier verifier) {
    this.request = request;
    this.transport = transport;
    this.encoder = encoders.of(transport);
    this.lane = lane;
    this.verifier = verifier;
  }

  /** Begins the session; {@code release} is called when it is over, or could not begin. */
  void begin(AppName app, Grant grant, Runnable release, StreamSession.Reading reading) {
    if (transport.isWebSocket()) {
      request
          .toWebSocket()
          .onSuccess(socket -> beginWebSocket(socket, app, grant, release, reading))
          .onFailure(_ -> release.run()); // Vert.x has answered with the reason
    } else {
      beginHttp(app, grant, release, reading);
    }
  }

  private void beginWebSocket(
      ServerWebSocket socket,
      AppName app,
      Grant grant,
      Runnable release,
      StreamSession.Reading reading) {
    var session =
        new StreamSession(
            app,
            grant,
            encoder,
            ChannelSink.of(request.connection()),
            reason -> socket.close((short) reason.closeCode(), reason.wireName()),
            () -> socket.writePing(Buffer.buffer()),
            lane,
            release);
    socket.exceptionHandler(
        cause -> {
          if (!(cause instanceof HttpClosedException)) { // of that the channel tells the session
            session.end(EndReason.TOO_BIG, 0);
          }
        });
    if (transport == Transport.FLYLINE) {
      socket.textMessageHandler(text -> received(session, text));
      socket.binaryMessageHandler(_ -> session.end(EndReason.BAD_REQUEST, 0));
    } else {
      socket.frameHandler(new PartsCounter(session));
    }
    session.begin(reading);
  }

  /** What a client may say on a stream of one app. */
  private void received(StreamSession session, String text) {
    JsonObject message;
    String type;
    try {
      message = new JsonObject(text);
      type = message.getString("type");
    } catch (DecodeException | ClassCastException e) {
      session.end(EndReason.BAD_REQUEST, 0);
      return;
    }
    switch (type) {
      case "pause" -> session.pause(true);
      case "resume" -> session.pause(false);
      case "auth" -> authenticate(session, message.getValue("token"));
      case null, default -> session.end(EndReason.BAD_REQUEST, 0);
    }
  }

  private void authenticate(StreamSession session, Object token) {
    Verdict verdict =
        token instanceof String text ? verifier.verify(text) : new Refusal(Refusal.Reason.MISSING);
    switch (verdict) {
      case Grant grant -> session.renew(grant);
      case Refusal _ -> session.end(EndReason.EXPIRED, 0);
    }
  }

  private void beginHttp(
      AppName app, Grant grant, Runnable release, StreamSession.Reading reading) {
    request.resume();
    HttpServerResponse response = request.response();
    if (response.closed()) {
      release.run();
      return;
    }
    response.exceptionHandler(_ -> {}); // the channel's end tells the session
    response
        .setChunked(true)
        .putHeader(HttpHeaders.CONTENT_TYPE, transport.contentType())
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Accel-Buffering", "no");
    if (lane.config().onFly() && transport == Transport.SSE) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "none"); // else Fly's proxy holds it back
    }
    var _ = response.writeHead();
    var session =
        new StreamSession(
            app,
            grant,
            encoder,
            ChannelSink.of(request.connection()),
            _ -> response.end(),
            () -> {},
            lane,
            release);
    session.begin(reading);
  }

  /**
   * What a client says on a verbatim WebSocket is nobody's business, as long as it comes to an end.
   */
  private static final class PartsCounter implements Handler<WebSocketFrame> {

    private static final int MAX_BYTES = 64 * 1024;

    private final StreamSession session;
    private long bytes;

    PartsCounter(StreamSession session) {
      this.session = session;
    }

    @Override
    public void handle(WebSocketFrame frame) {
      bytes = frame.isFinal() ? 0 : bytes + frame.binaryData().length();
      if (bytes > MAX_BYTES) {
        session.end(EndReason.TOO_BIG, 0);
      }
    }
  }
}
