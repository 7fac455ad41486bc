package dev.flyline.stream.ndjson;

import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogLine;
import dev.flyline.log.Position;
import dev.flyline.stream.FrameBuffer;
import dev.flyline.stream.Frames;
import dev.flyline.stream.LineByLineEncoder;
import dev.flyline.stream.Payloads;
import dev.flyline.stream.StreamMessage;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value per line: the payload, or a JSON string of what is not a JSON object. A payload that
 * would pass for the router's own word is wrapped in one.
 */
public final class NdjsonEncoder extends LineByLineEncoder {

  /** The only one needed: it has no state. */
  public static final NdjsonEncoder INSTANCE = new NdjsonEncoder();

  private NdjsonEncoder() {}

  @Override
  protected void putLine(FrameBuffer out, String epoch, long seq, LogLine line) {
    Payloads.putVerbatimOnOneLine(out, line.payload());
    out.put('\n');
  }

  @Override
  protected void putGap(FrameBuffer out, AppName app, Gap gap, boolean passed) {
    Frames.putGapAside(out, app, gap);
    out.put('\n');
  }

  /** Null: nothing but lines, gaps and the end stands in a verbatim form. */
  @Override
  public byte @Nullable [] ping(Position at) {
    return null;
  }

  @Override
  public byte @Nullable [] message(StreamMessage message) {
    if (!(message instanceof StreamMessage.Bye bye)) {
      return null;
    }
    var out = new FrameBuffer(128);
    Frames.putByeAside(out, bye);
    return out.put('\n').toBytes();
  }
}
