package dev.flyline.bus;

import dev.flyline.log.LogBatch;
import dev.flyline.log.Sample;
import io.vertx.core.buffer.Buffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Lines from router to router: one batch of a busy app in an envelope; the time is a line's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EnvelopeBenchmark {

  private static final int LINES = 25;

  private final AppMessage lines =
      new AppMessage.Lines(new LogBatch(Sample.APP, "1-node", 42, Sample.lines(LINES)), 41, true);
  private final EnvelopeWriter writer = new EnvelopeWriter("node");
  private final Buffer envelope = encode();
  private final Names names = new Names();

  /** The message is encoded once for all who get it, and copied into the envelope of each. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public final Buffer encode() {
    return writer.add(lines).finish(false, 1_000_000, 1_000_000);
  }

  /** At the other end. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public Envelope decode() {
    return EnvelopeCodec.decode(envelope, names);
  }
}
