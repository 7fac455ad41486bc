package dev.flyline.stream.ws;

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
 * A WebSocket without a subprotocol: one text message per line, the payload as it came. A text
 * message must be UTF-8, or the client closes; so what is not becomes U+FFFD. A payload that would
 * pass for the router's own word is wrapped in one.
 */
public final class VerbatimEncoder extends LineByLineEncoder {

  /** The only one needed: it has no state. */
  public static final VerbatimEncoder INSTANCE = new VerbatimEncoder();

  private VerbatimEncoder() {}

  @Override
  protected void putLine(FrameBuffer out, String epoch, long seq, LogLine line) {
    int start = TextFrames.begin(out);
    Payloads.putVerbatim(out, line.payload());
    TextFrames.end(out, start);
  }

  @Override
  protected void putGap(FrameBuffer out, AppName app, Gap gap, boolean passed) {
    int start = TextFrames.begin(out);
    Frames.putGapAside(out, app, gap);
    TextFrames.end(out, start);
  }

  @Override
  public boolean chunked() {
    return false;
  }

  /** Null: the WebSocket's own ping does it. */
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
    int start = TextFrames.begin(out);
    Frames.putByeAside(out, bye);
    TextFrames.end(out, start);
    return out.toBytes();
  }
}
