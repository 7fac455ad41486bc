package dev.flyline.stream;

import dev.flyline.feed.Selection;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;

/** A format in which every line and every gap stands by itself. */
public abstract class LineByLineEncoder implements StreamEncoder {

  /** For subclasses. */
  protected LineByLineEncoder() {}

  /** Puts one line. */
  protected abstract void putLine(FrameBuffer out, String epoch, long seq, LogLine line);

  /** Puts one gap; see {@link #gap} for {@code passed}. */
  protected abstract void putGap(FrameBuffer out, AppName app, Gap gap, boolean passed);

  @Override
  public final byte[] batch(LogBatch batch, Selection selection) {
    FrameBuffer out = FrameBuffer.forBatch(batch, selection);
    for (long seq = batch.firstSeq(); seq <= batch.lastSeq(); seq++) {
      switch (batch.entry(seq)) {
        case LogLine line -> {
          if (selection.passes(seq)) {
            putLine(out, batch.epoch(), seq, line);
          }
        }
        case Mark mark -> putGap(out, batch.app(), Frames.gap(batch, seq, mark), false);
      }
    }
    return out.toBytes();
  }

  @Override
  public final byte[] gap(AppName app, Gap gap, boolean passed) {
    var out = new FrameBuffer(256);
    putGap(out, app, gap, passed);
    return out.toBytes();
  }
}
