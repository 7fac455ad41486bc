package dev.flyline.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * A client's side of a WebSocket (RFC 6455), strict about what the router sends and free in what it
 * sends itself.
 */
final class WebSocketSource implements SeenSource {

  static final int CONTINUATION = 0;
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;
  static final int PONG = 10;

  private static final int FIN = 0x80;
  private static final int MASKED = 0x80;

  private final Wire wire;
  private final boolean framed;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private boolean inMessage;
  private boolean closing;

  WebSocketSource(Wire wire, boolean framed) {
    this.wire = wire;
    this.framed = framed;
  }

  @Override
  public List<Seen> read(Deadline deadline) throws IOException {
    if (!wire.has(2, deadline)) {
      return List.of(new Seen.End(Seen.End.BROKEN));
    }
    int first = wire.peek(0);
    if ((first & 0x70) != 0 || (wire.peek(1) & MASKED) != 0) {
      throw new ProtocolException("a frame with reserved bits or a mask");
    }
    int headBytes = 2 + extendedBytes(wire.peek(1));
    wire.need(headBytes, deadline);
    int length = payloadLength();
    wire.need(headBytes + length, deadline);
    wire.skip(headBytes);
    return handle(first & 0x0f, (first & FIN) != 0, wire.take(length));
  }

  private static int extendedBytes(int length) {
    return switch (length) {
      case 126 -> 2;
      case 127 -> 8;
      default -> 0;
    };
  }

  private int payloadLength() {
    int length = wire.peek(1);
    int extended = extendedBytes(length);
    for (int i = 0; i < extended; i++) {
      length = (i == 0 ? 0 : length << 8) | wire.peek(2 + i);
    }
    return length;
  }

  private List<Seen> handle(int opcode, boolean fin, byte[] payload) throws IOException {
    return switch (opcode) {
      case CONTINUATION, TEXT -> data(opcode, fin, payload);
      case CLOSE -> closed(payload);
      case PING -> pinged(payload);
      case PONG -> List.of(new Seen.Pong());
      default -> throw new ProtocolException("only text is expected, not opcode " + opcode);
    };
  }

  private List<Seen> pinged(byte[] payload) throws IOException {
    send(PONG, payload);
    return List.of(new Seen.Ping(Optional.empty()));
  }

  private List<Seen> data(int opcode, boolean fin, byte[] payload) throws IOException {
    if (inMessage != (opcode == CONTINUATION)) {
      throw new ProtocolException("a continuation of nothing, or a message within another");
    }
    inMessage = !fin;
    byte[] whole = payload;
    if (!fin || message.size() > 0) {
      message.writeBytes(payload);
      if (!fin) {
        return List.of();
      }
      whole = message.toByteArray();
      message.reset();
    }
    if (framed) {
      return Frames.parse(whole);
    }
    String text = Utf8.strict(whole);
    return text.startsWith(FlylineMessage.START)
        ? FlylineMessage.parse(text)
        : List.of(Seen.Line.verbatim(text));
  }

  private List<Seen> closed(byte[] payload) {
    try {
      if (!closing) {
        send(CLOSE, payload);
      }
    } catch (IOException _) {
      // the router did not wait for the answer; what it said counts
    }
    int code = payload.length < 2 ? 1005 : ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    return List.of(new Seen.End(code));
  }

  void sendText(String text) throws IOException {
    send(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Begins the closing handshake. */
  void sendClose(int code) throws IOException {
    closing = true;
    send(CLOSE, new byte[] {(byte) (code >> 8), (byte) code});
  }

  void send(int opcode, byte[] payload) throws IOException {
    wire.send(frame(opcode, true, payload));
  }

  /** The bytes of a masked frame; its mask is zero, which is as good as any other. */
  static byte[] frame(int opcode, boolean fin, byte[] payload) {
    var frame = new ByteArrayOutputStream(payload.length + 14);
    frame.write((fin ? FIN : 0) | opcode);
    if (payload.length < 126) {
      frame.write(MASKED | payload.length);
    } else if (payload.length < 65_536) {
      frame.write(MASKED | 126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    } else {
      frame.write(MASKED | 127);
      frame.writeBytes(new byte[4]);
      for (int shift = 24; shift >= 0; shift -= 8) {
        frame.write(payload.length >> shift);
      }
    }
    frame.writeBytes(new byte[4]);
    frame.writeBytes(payload);
    return frame.toByteArray();
  }
}
