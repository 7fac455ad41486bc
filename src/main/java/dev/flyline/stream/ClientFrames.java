package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a client says on a WebSocket, and how the WebSocket closes (RFC 6455, sections 5 to 7).
 *
 * <p>Netty reads the frames; what goes out is written as bytes, by this and by the viewer. Belongs
 * to the socket's event loop.
 */
final class ClientFrames extends SimpleChannelInboundHandler<Object> {

  /** The largest frame, and the largest message. */
  static final int MAX_BYTES = 64 * 1024;

  /** How long a client may take to answer that the WebSocket closes. */
  private static final long CLOSING_MS = 10_000;

  private static final int FIN = 0x80;
  private static final int OPCODE_CLOSE = 8;
  private static final int OPCODE_PING = 9;
  private static final int OPCODE_PONG = 10;
  private static final byte[] NOTHING = {};

  private static final WebSocketDecoderConfig FRAMES =
      WebSocketDecoderConfig.newBuilder()
          .maxFramePayloadLength(MAX_BYTES)
          .allowExtensions(false)
          .expectMaskedFrames(true)
          .allowMaskMismatch(false)
          .closeOnProtocolViolation(false) // the client is told in our own way
          .build();

  private final ChannelSink sink;
  private @Nullable StreamConnection connection; // set by serve()
  private @Nullable Consumer<ClientMessage> listener; // set if anybody wants to hear
  private @Nullable ByteArrayOutputStream text; // set within a message that is listened to
  private int messageBytes;
  private boolean closing; // a close frame has been sent

  /** Makes the reader of one socket. */
  ClientFrames(ChannelSink sink) {
    this.sink = sink;
  }

  /** Takes the channel over from HTTP. */
  void own() {
    sink.own(new WebSocket13FrameDecoder(FRAMES), this);
  }

  /**
   * Serves {@code owner} from now on.
   *
   * @param messages gets every message; null if what the client says is nobody's business
   */
  void serve(StreamConnection owner, @Nullable Consumer<ClientMessage> messages) {
    connection = owner;
    listener = messages;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, Object message) {
    if (!(message instanceof WebSocketFrame frame)) {
      return; // what is left of the HTTP request
    }
    StreamConnection owner = connection;
    if (owner == null || (closing && !(frame instanceof CloseWebSocketFrame))) {
      return;
    }
    owner.heard();
    switch (frame) {
      case PingWebSocketFrame ping -> sink.owe(frame(OPCODE_PONG, bytes(ping.content())));
      case CloseWebSocketFrame close -> closed(owner, close);
      case PongWebSocketFrame _ -> {}
      case BinaryWebSocketFrame _ when listener != null ->
          listener.accept(new ClientMessage.Unknown());
      case TextWebSocketFrame _, BinaryWebSocketFrame _, ContinuationWebSocketFrame _ ->
          part(owner, frame);
      default -> {}
    }
  }

  private static byte[] bytes(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.getBytes(content.readerIndex(), bytes);
    return bytes;
  }

  /** A message comes in one frame or in parts; all of it is bounded, whoever may want it. */
  private void part(StreamConnection owner, WebSocketFrame frame) {
    messageBytes += frame.content().readableBytes();
    if (messageBytes > MAX_BYTES) {
      owner.end(EndReason.TOO_BIG, 0);
      return;
    }
    if (listener != null) {
      if (text == null) {
        text = new ByteArrayOutputStream(frame.content().readableBytes());
      }
      text.writeBytes(bytes(frame.content()));
    }
    if (frame.isFinalFragment()) {
      ByteArrayOutputStream whole = text;
      text = null;
      messageBytes = 0;
      if (whole != null && listener != null) {
        listener.accept(ClientMessage.parse(whole.toString(UTF_8)));
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    StreamConnection owner = connection;
    if (owner != null && cause instanceof CorruptedWebSocketFrameException corrupted) {
      boolean tooBig = corrupted.closeStatus().equals(WebSocketCloseStatus.MESSAGE_TOO_BIG);
      owner.end(tooBig ? EndReason.TOO_BIG : EndReason.BAD_REQUEST, 0);
    } else {
      sink.abort();
    }
  }

  // ---- closing ----

  /** The client closes, or answers that we do. */
  private void closed(StreamConnection owner, CloseWebSocketFrame frame) {
    if (!closing) {
      closing = true;
      owner.gone(); // so that nothing is written behind what follows
      control(OPCODE_CLOSE, bytes(frame.content())); // it has a known code or none
    }
    sink.close();
  }

  /** Closes the WebSocket for {@code reason} when the client has answered, or does not for long. */
  void close(EndReason reason) {
    if (closing) {
      return;
    }
    closing = true;
    byte[] name = reason.wireName().getBytes(UTF_8);
    var buffer = new FrameBuffer(2 + name.length);
    buffer.put(reason.closeCode() >> 8).put(reason.closeCode()).put(name);
    control(OPCODE_CLOSE, buffer.toBytes());
    if (reason.isClientsFault()) {
      sink.close(); // what it sends cannot be understood any more, and so neither its answer
    } else {
      sink.closeAfter(CLOSING_MS);
    }
  }

  /** Sends a sign of life. */
  void ping() {
    control(OPCODE_PING, NOTHING);
  }

  /** Sends a control frame, of at most 125 bytes. */
  private void control(int opcode, byte[] payload) {
    sink.write(frame(opcode, payload));
  }

  private static byte[] frame(int opcode, byte[] payload) {
    return new FrameBuffer(2 + payload.length)
        .put(FIN | opcode)
        .put(payload.length)
        .put(payload)
        .toBytes();
  }
}
