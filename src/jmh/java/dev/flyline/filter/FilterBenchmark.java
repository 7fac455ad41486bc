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

  private final LineFilter word = filter("timeout");
  private final LineFilter level = filter("@level:>=warn");
  private final LineFilter fields = filter("@host:1234 @took_ms:>100");
  private final LineFilter regexWithText = filter("/timeout after \\d+ ms/");
  private final LineFilter regexWithout = filter("/(GET|POST) .* 5\\d\\d/");

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

  /** A word that is in none of the messages. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int word() {
    return count(word);
  }

  /** A level, for which each message's start is read. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int level() {
    return count(level);
  }

  /** A field that the envelope has, and a number that it has not. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int fields() {
    return count(fields);
  }

  /** A regular expression with a text in it that must be there, and is not. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int regexWithText() {
    return count(regexWithText);
  }

  /** A regular expression that must be tried at every character. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public int regexWithout() {
    return count(regexWithout);
  }

  private static LineFilter filter(String expression) {
    try {
      return new LineFilter(Set.of(), Set.of(), FilterExpression.parse(expression));
    } catch (FilterException e) {
      throw new IllegalArgumentException(e.detail(), e);
    }
  }

  private int count(LineFilter filter) {
    var judge = new LineJudge(filter, LineJudge.NOTHING_BEFORE);
    int passed = 0;
    for (LogLine line : lines) {
      passed += judge.passes(line) ? 1 : 0;
    }
    return passed;
  }
}
