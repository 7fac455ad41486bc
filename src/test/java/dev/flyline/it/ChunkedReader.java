package dev.flyline.it;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.charset.StandardCharsets;

/** The body of an HTTP answer in chunked coding; strict, so a broken chunk fails the test. */
final class ChunkedReader extends ByteReader {

  private enum State {
    SIZE,
    DATA,
    DATA_END,
    TRAILER,
    ENDED
  }

  private final ByteReader wire;
  private State state = State.SIZE;
  private int left;

  ChunkedReader(ByteReader wire) {
    this.wire = wire;
  }

  @Override
  int fill(byte[] into, int offset, int length, Deadline deadline) throws IOException {
    while (state != State.DATA) {
      if (state == State.ENDED) {
        return -1;
      }
      advance(deadline);
    }
    wire.need(1, deadline);
    int count = Math.min(Math.min(left, length), wire.available());
    wire.move(into, offset, count);
    left -= count;
    if (left == 0) {
      state = State.DATA_END;
    }
    return count;
  }

  private void advance(Deadline deadline) throws IOException {
    byte[] bytes =
        wire.line(deadline).orElseThrow(() -> new EOFException("the last chunk never came"));
    String line = new String(bytes, StandardCharsets.ISO_8859_1);
    if (!line.endsWith("\r")) {
      throw new ProtocolException("a chunk's line does not end in CRLF: " + line);
    }
    String text = line.substring(0, line.length() - 1);
    if (state == State.SIZE) {
      left = Integer.parseInt(text, 16);
      state = left == 0 ? State.TRAILER : State.DATA;
    } else if (!text.isEmpty()) {
      throw new ProtocolException("nothing may stand here: " + text);
    } else {
      state = state == State.TRAILER ? State.ENDED : State.SIZE;
    }
  }
}
