package dev.flyline.feed;

import dev.flyline.log.Entry;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Sample;
import dev.flyline.log.Term;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A full ring: blocks that come and make others go, and viewers that look for theirs. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class RingBenchmark {

  private static final int LINES = 10_000;
  private static final int LINES_OF_BLOCK = 5;
  private static final Term TERM = new Term(1, "node", 0);

  private final List<Entry> lines = Sample.lines(LINES_OF_BLOCK);
  private final BlockRing appended = full();
  private final BlockRing read = full();
  private long seq;

  private BlockRing full() {
    var ring =
        new BlockRing(
            Lineage.NONE.then(TERM),
            0,
            new RingLimits(LINES, 64 << 20, Duration.ofHours(1)),
            new RingBudget(1L << 30));
    while (ring.head() < 2 * LINES) {
      appendTo(ring);
    }
    return ring;
  }

  private void appendTo(BlockRing ring) {
    ring.append(new LogBatch(Sample.APP, TERM.epoch(), ring.head() + 1, lines));
  }

  /** A block of five lines, and as many old lines that go. */
  @Benchmark
  public BlockRing append() {
    appendTo(appended);
    return appended;
  }

  /** Where a viewer goes on after a block, as each does when one has come. */
  @Benchmark
  public @Nullable Block findNewest() {
    return read.find(read.head());
  }

  /** Where a viewer goes on that reads history. */
  @Benchmark
  public @Nullable Block findAny() {
    seq = (seq + 4_099) % LINES;
    return read.find(read.oldest() + seq);
  }
}
