package dev.flyline.stream;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.flyline.feed.Selection;
import dev.flyline.log.AppName;
import dev.flyline.log.Gap;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;

/** The frames of flyline.v1, whatever parts one from the next. */
public abstract class FrameByFrameEncoder implements StreamEncoder {

  /**
   * The size at which a {@code logs} frame is ended and the next begun; WebSocket libraries refuse
   * messages past a limit, and this is a usual one. A line that is longer has a frame of its own,
   * and what is not JSON is longer as a JSON string than it is counted here.
   */
  static final int MAX_FRAME_BYTES = 64 * 1024;

  /** More than a {@code logs} frame needs around its lines and for a WebSocket header. */
  private static final int ENVELOPE_BYTES = 256;

  /** More than a line needs beside its payload: two commas and a number in {@code seqs}. */
  private static final int BYTES_PER_LINE = 21;

  private static final byte[] LOGS = "{\"type\":\"logs\",\"app\":\"".getBytes(US_ASCII);
  private static final byte[] EPOCH = "\",\"epoch\":\"".getBytes(US_ASCII);
  private static final byte[] SEQ = "\",\"seq\":".getBytes(US_ASCII);
  private static final byte[] SEQS = "\",\"seqs\":[".getBytes(US_ASCII);
  private static final byte[] LINES = ",\"lines\":[".getBytes(US_ASCII);

  /** For subclasses. */
  protected FrameByFrameEncoder() {}

  /** Begins a frame and returns what {@link #end} needs to know of it. */
  protected abstract int begin(FrameBuffer out);

  /** Ends the frame that began at {@code start}. */
  protected abstract void end(FrameBuffer out, int start);

  /** Puts a payload as one JSON value. */
  protected abstract void putPayload(FrameBuffer out, byte[] payload);

  @Override
  public final byte[] batch(LogBatch batch, Selection selection) {
    FrameBuffer out = FrameBuffer.forBatch(batch, selection);
    long seq = batch.firstSeq();
    while (seq <= batch.lastSeq()) {
      switch (batch.entry(seq)) {
        case LogLine _ -> {
          Run run = Run.from(seq, batch, selection);
          if (run.lines > 0) {
            putLogs(out, run, batch, selection);
          }
          seq = run.end;
        }
        case Mark mark -> {
          putGap(out, batch.app(), Frames.gap(batch, seq, mark));
          seq++;
        }
      }
    }
    return out.toBytes();
  }

  @Override
  public final byte[] gap(AppName app, Gap gap, boolean passed) {
    var out = new FrameBuffer(256);
    putGap(out, app, gap);
    return out.toBytes();
  }

  @Override
  public final byte[] ping(Position at) {
    var out = new FrameBuffer(96);
    int start = begin(out);
    Frames.putPing(out, at);
    end(out, start);
    return out.toBytes();
  }

  @Override
  public final byte[] message(StreamMessage message) {
    var out = new FrameBuffer(384);
    int start = begin(out);
    Frames.putMessage(out, message);
    end(out, start);
    return out.toBytes();
  }

  private void putGap(FrameBuffer out, AppName app, Gap gap) {
    int start = begin(out);
    Frames.putGap(out, app, gap);
    end(out, start);
  }

  private void putLogs(FrameBuffer out, Run run, LogBatch batch, Selection selection) {
    int start = begin(out);
    out.put(LOGS).ascii(batch.app().value()).put(EPOCH).ascii(batch.epoch());
    if (run.isContiguous()) {
      out.put(SEQ).number(run.first);
    } else {
      putSeqs(out, run, batch, selection);
    }
    out.put(LINES);
    for (long seq = run.first; seq <= run.last; seq++) {
      if (batch.entry(seq) instanceof LogLine line && selection.passes(seq)) {
        if (seq > run.first) {
          out.put(',');
        }
        putPayload(out, line.payload());
      }
    }
    out.put(']').put('}');
    end(out, start);
  }

  private static void putSeqs(FrameBuffer out, Run run, LogBatch batch, Selection selection) {
    out.put(SEQS).number(run.first);
    for (long seq = run.first + 1; seq <= run.last; seq++) {
      if (batch.entry(seq) instanceof LogLine && selection.passes(seq)) {
        out.put(',').number(seq);
      }
    }
    out.put(']');
  }

  /**
   * Lines of a batch that go into one frame: up to the next mark, or as many as fit.
   *
   * @param first the first that passes the selection
   * @param last the last that passes it
   * @param lines how many pass it
   * @param end the seq after those looked at, whether they passed or not
   */
  private record Run(long first, long last, int lines, long end) {

    static Run from(long start, LogBatch batch, Selection selection) {
      long first = start;
      long last = start;
      int lines = 0;
      long bytes = ENVELOPE_BYTES;
      long seq = start;
      for (; seq <= batch.lastSeq() && batch.entry(seq) instanceof LogLine line; seq++) {
        if (selection.passes(seq)) {
          bytes += line.payload().length + BYTES_PER_LINE;
          if (lines > 0 && bytes > MAX_FRAME_BYTES) {
            break;
          }
          first = lines == 0 ? seq : first;
          last = seq;
          lines++;
        }
      }
      return new Run(first, last, lines, seq);
    }

    boolean isContiguous() {
      return last - first + 1 == lines;
    }
  }
}
