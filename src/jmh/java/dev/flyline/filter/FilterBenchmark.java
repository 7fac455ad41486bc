package dev.flyline.filter;

import dev.flyline.log.LogLine;
import dev.flyline.log.Sample;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Whether a line passes, for lines of twenty machines in five regions; the time is a line's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class FilterBenchmark {

  private static final int LINES = 100;

  private final LogLine[] lines = new LogLine[LINES];
  private final LineFilter region = new LineFilter(Set.of("fra"), Set.of());
  private final LineFilter machine = new LineFilter(Set.of(), Set.of(Sample.machine(7)));
  private final LineFilter both =
      new LineFilter(
          Set.of("fra", "ams", "syd"), Set.of(Sample.machine(2), Sample.machine(7), "other"));

  /** Makes the lines. */
  public FilterBenchmark() {
    for (int i = 0; i < LINES; i++) {
      lines[i] = Sample.line(i);
    }
  }

  /** One region. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int region() {
    return count(region);
  }

  /** One machine. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int machine() {
    return count(machine);
  }

  /** Some machines of some regions. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int both() {
    return count(both);
  }

  private int count(LineFilter filter) {
    int passed = 0;
    for (LogLine line : lines) {
      passed += filter.passes(line) ? 1 : 0;
    }
    return passed;
  }
}
