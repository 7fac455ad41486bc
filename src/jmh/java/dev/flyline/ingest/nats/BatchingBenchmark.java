package dev.flyline.ingest.nats;

import dev.flyline.config.Settings;
import dev.flyline.log.Entry;
import dev.flyline.log.Sample;
import dev.flyline.metrics.Meters;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * A line's way through the queue to its event loop and into a batch, without the change of thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchingBenchmark {

  private static final int LINES = 25;

  private final List<Entry> lines = Sample.lines(LINES);
  private final AppQueue reading =
      new AppQueue(Sample.APP, IngestConfig.from(Settings.of(Map.of())), _ -> {}, new Meters(), 0);
  private final Arrivals arrivals = reading.arrivals();

  /**
   * As many lines as a busy app has in the 5 ms for which they are gathered; the time is a line's.
   */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public List<Entry> busyApp() {
    for (int i = 0; i < LINES; i++) {
      arrivals.offer(lines.get(i));
    }
    return take();
  }

  /** The only line of a quiet app. */
  @Benchmark
  public List<Entry> quietApp() {
    arrivals.offer(lines.getFirst());
    return take();
  }

  private List<Entry> take() {
    List<Entry> batch = reading.next(0);
    if (arrivals.rest(true)) {
      throw new IllegalStateException("something was left");
    }
    return batch;
  }
}
