package dev.flyline.feed;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.Gap;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.LogLine;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import dev.flyline.log.Term;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Batches for tests, and a format that shows them: {@code L5 } a line, {@code G2-4 } a gap. */
final class Entries {

  static final AppName APP = new AppName("shop");
  static final String EPOCH = "1-a";
  static final Lineage LINEAGE = Lineage.NONE.then(new Term(1, "a", 0));
  static final RingLimits WIDE = new RingLimits(10_000, 1 << 20, Duration.ofMinutes(15));
  static final Encoder ENCODER = new Shown();
  static final Format FORMAT = new Format(ENCODER, LineFilter.ALL);

  private Entries() {}

  static RingBudget budget() {
    return new RingBudget(Long.MAX_VALUE);
  }

  static LogLine line(String machine, int bytes, long arrivedMs) {
    return new LogLine("fra", machine, new byte[bytes], arrivedMs);
  }

  /** Lines {@code from} to {@code to} that arrived at {@code seq} ms, of machine m0 or m1. */
  static LogBatch lines(long from, long to) {
    return lines(EPOCH, from, to);
  }

  static LogBatch lines(String epoch, long from, long to) {
    List<Entry> entries = new ArrayList<>();
    for (long seq = from; seq <= to; seq++) {
      entries.add(line("m" + seq % 2, 20, seq));
    }
    return new LogBatch(APP, epoch, from, entries);
  }

  static LogBatch mark(long seq) {
    return mark(EPOCH, seq);
  }

  static LogBatch mark(String epoch, long seq) {
    return new LogBatch(APP, epoch, seq, List.of(new Mark(GapCause.UPSTREAM, 7, seq)));
  }

  private static final class Shown implements Encoder {

    @Override
    public byte[] batch(LogBatch batch, Selection selection) {
      var shown = new StringBuilder();
      for (long seq = batch.firstSeq(); seq <= batch.lastSeq(); seq++) {
        switch (batch.entry(seq)) {
          case LogLine _ -> shown.append(selection.passes(seq) ? "L" + seq + " " : "");
          case Mark _ -> shown.append('M').append(seq).append(' ');
        }
      }
      return bytes(shown.toString());
    }

    @Override
    public byte[] gap(AppName app, Gap gap, boolean passed) {
      String kind = passed ? "P" : "G";
      return bytes(
          kind + gap.from().seq() + "-" + gap.to().seq() + "/" + gap.count() + gap.cause() + " ");
    }

    @Override
    public byte @Nullable [] ping(Position at) {
      return null;
    }

    @Override
    public boolean chunked() {
      return false;
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.US_ASCII);
    }
  }
}
