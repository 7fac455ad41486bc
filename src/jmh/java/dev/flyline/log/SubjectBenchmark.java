package dev.flyline.log;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What each line costs on the NATS client's thread before anything else: whose is it? */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class SubjectBenchmark {

  private static final int SUBJECTS = 64;

  private final String[] subjects = new String[SUBJECTS];
  private int next;

  /** Makes subjects of several apps and machines. */
  public SubjectBenchmark() {
    for (int i = 0; i < SUBJECTS; i++) {
      subjects[i] =
          "logs.shop-" + i % 7 + "." + Sample.REGIONS.get(i % 5) + "." + Sample.machine(i);
    }
  }

  /** One subject. */
  @Benchmark
  public Optional<LogSubject> parse() {
    return LogSubject.parse(subjects[next++ % SUBJECTS]);
  }
}
