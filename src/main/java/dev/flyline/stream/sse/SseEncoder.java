package dev.flyline.stream.sse;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogLine;
import dev.flyline.log.Position;
import dev.flyline.stream.ByteScan;
import dev.flyline.stream.EndReason;
import dev.flyline.stream.EventId;
import dev.flyline.stream.FrameBuffer;
import dev.flyline.stream.Frames;
import dev.flyline.stream.LineByLineEncoder;
import dev.flyline.stream.StreamMessage;
import dev.flyline.stream.Utf8;
import org.jspecify.annotations.Nullable;

/**
 * Server-sent events as the WHATWG HTML standard reads them: an unnamed event per line, named ones
 * for the rest, each id a position to come back with.
 */
public final class SseEncoder extends LineByLineEncoder {

  /** The only one needed: it has no state. */
  public static final SseEncoder INSTANCE = new SseEncoder();

  /** How long a browser waits before it reconnects, unless a bye says otherwise. */
  static final long RETRY_MS = 2000;

  private static final byte[] ID = "id: ".getBytes(US_ASCII);
  private static final byte[] DATA = "data: ".getBytes(US_ASCII);

  private SseEncoder() {}

  @Override
  protected void putLine(FrameBuffer out, String epoch, long seq, LogLine line) {
    out.put(ID).position(epoch, seq).put('\n');
    putData(out, line.payload());
    out.put('\n');
  }

  /** Puts a data field per line of the payload, and one for an empty payload. */
  private static void putData(FrameBuffer out, byte[] payload) {
    int start = 0;
    int end;
    do {
      end = lineBreakFrom(payload, start);
      Utf8.put(out.put(DATA), payload, start, end);
      out.put('\n');
      start = end + 1;
      if (start < payload.length && payload[end] == '\r' && payload[start] == '\n') {
        start++;
      }
    } while (end < payload.length);
  }

  private static int lineBreakFrom(byte[] payload, int from) {
    int i = ByteScan.controlFrom(payload, from, payload.length);
    while (i < payload.length && payload[i] != '\n' && payload[i] != '\r') {
      i = ByteScan.controlFrom(payload, i + 1, payload.length);
    }
    return i;
  }

  @Override
  protected void putGap(FrameBuffer out, AppName app, Gap gap, boolean passed) {
    out.ascii("event: gap\n");
    if (!passed) {
      putId(out, gap.to());
    }
    Frames.putGap(out.put(DATA), app, gap);
    out.ascii("\n\n");
  }

  /** A comment, and an event without data: a browser takes its id and dispatches nothing. */
  @Override
  public byte[] ping(Position at) {
    var out = new FrameBuffer(80);
    putId(out.ascii(": ping\n"), at);
    return out.put('\n').toBytes();
  }

  @Override
  public byte @Nullable [] message(StreamMessage message) {
    var out = new FrameBuffer(384);
    switch (message) {
      case StreamMessage.Hello hello -> {
        // Also takes back what the bye of an earlier connection told the browser.
        putRetry(out.ascii("event: hello\n"), RETRY_MS);
        putId(out, hello.at());
      }
      case StreamMessage.Notice _ -> out.ascii("event: notice\n");
      case StreamMessage.Expiring _ -> {
        return null; // an SSE client cannot send a new token on the stream
      }
      case StreamMessage.Bye bye -> {
        // Without a time of its own a browser would come back at once, again and again.
        long retryMs = bye.reason() == EndReason.RESTART ? bye.afterMs() : RETRY_MS;
        putRetry(out.ascii("event: bye\n"), retryMs);
        Position at = bye.at();
        if (at != null) {
          out.put(ID).ascii(new EventId(at, true).toString()).put('\n');
        }
      }
    }
    Frames.putMessage(out.put(DATA), message);
    return out.ascii("\n\n").toBytes();
  }

  private static void putId(FrameBuffer out, Position position) {
    out.put(ID).position(position.epoch(), position.seq()).put('\n');
  }

  private static void putRetry(FrameBuffer out, long ms) {
    out.ascii("retry: ").number(ms).put('\n');
  }
}
