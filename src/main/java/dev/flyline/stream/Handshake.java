package dev.flyline.stream;

import dev.flyline.auth.Grant;
import dev.flyline.log.AppName;
import dev.flyline.web.ClientAddress;
import dev.flyline.web.Credentials;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;

/** Answers an admitted request in its transport's way and begins the stream. */
final class Handshake {

  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final HttpServerRequest request;
  private final Transport transport;
  private final StreamEncoder encoder;
  private final StreamLane lane;
  private final Credentials credentials;

  Handshake(
      HttpServerRequest request,
      Transport transport,
      Encoders encoders,
      StreamLane lane,
      Credentials credentials) {
    this.request = request;
    this.transport = transport;
    this.encoder = encoders.of(transport, request);
    this.lane = lane;
    this.credentials = credentials;
  }

  /**
   * Begins the stream; {@code release} is called when it is over, or could not begin.
   *
   * @param follows whether the stream goes on for as long as the client likes, so that it is worth
   *     while to take the connection over
   */
  void begin(
      AppName app, Grant grant, boolean follows, Runnable release, Subscription.Reading reading) {
    if (request.response().closed()) {
      release.run();
    } else if (transport.isWebSocket()) {
      beginWebSocket(app, grant, release, reading);
    } else {
      beginHttp(app, grant, follows, release, reading);
    }
  }

  private void beginWebSocket(
      AppName app, Grant grant, Runnable release, Subscription.Reading reading) {
    byte[] answer = Upgrade.answer(request, Negotiation.subprotocol(request));
    String address = ClientAddress.of(request);
    ChannelSink sink = ChannelSink.of(request.connection(), lane.config().gone());
    var frames = new ClientFrames(sink);
    frames.own();
    sink.write(answer);
    var connection =
        new StreamConnection(app, grant, encoder, sink, frames::close, frames::ping, lane, release);
    var renewal = new Renewal(connection, credentials, address);
    var dialogue = new Dialogue(lane.lane(), connection, renewal);
    frames.serve(connection, transport == Transport.FLYLINE ? dialogue::hear : null);
    connection.begin(reading);
  }

  private void beginHttp(
      AppName app, Grant grant, boolean follows, Runnable release, Subscription.Reading reading) {
    HttpServerResponse response = request.response();
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, transport.contentType())
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store")
        .putHeader("X-Accel-Buffering", "no");
    if (lane.config().onFly() && transport == Transport.SSE) {
      response.putHeader(HttpHeaders.CONTENT_ENCODING, "none"); // else Fly's proxy holds it back
    }
    ChannelSink sink = ChannelSink.of(request.connection(), lane.config().gone());
    boolean ownsConnection = follows || !encoder.chunked();
    Ending ending = ownsConnection ? own(sink, response) : share(response);
    new StreamConnection(app, grant, encoder, sink, ending, null, lane, release).begin(reading);
  }

  /** The connection ends with the stream. */
  private Ending own(ChannelSink sink, HttpServerResponse response) {
    response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    if (encoder.chunked()) {
      response.putHeader(HttpHeaders.TRANSFER_ENCODING, HttpHeaders.CHUNKED);
    }
    byte[] head = Upgrade.head("200 OK", request);
    sink.own(Deaf.INSTANCE);
    sink.write(head);
    return _ -> {
      sink.linger(); // the client may have sent another request
      if (encoder.chunked()) {
        sink.write(LAST_CHUNK);
      }
      sink.close();
    };
  }

  /** The connection may serve other requests when the stream is over. */
  private Ending share(HttpServerResponse response) {
    request.resume();
    response.exceptionHandler(_ -> {}); // the channel's end tells the stream
    var _ = response.setChunked(true).writeHead();
    return _ -> response.end();
  }

  /** What a client sends on a connection that is a stream and nothing else. */
  @ChannelHandler.Sharable
  private static final class Deaf extends SimpleChannelInboundHandler<Object> {

    static final Deaf INSTANCE = new Deaf();

    @Override
    protected void channelRead0(ChannelHandlerContext context, Object message) {}
  }
}
