package dev.flyline.stream;

import dev.flyline.filter.LineFilter;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Sample;
import dev.flyline.stream.ndjson.EnvelopeEncoder;
import dev.flyline.stream.ndjson.NdjsonEncoder;
import dev.flyline.stream.sse.SseEncoder;
import dev.flyline.stream.text.TextEncoder;
import dev.flyline.stream.ws.FlylineEncoder;
import dev.flyline.stream.ws.VerbatimEncoder;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A batch of a busy app in each wire format, once for all its viewers; the time is a line's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EncodingBenchmark {

  private static final int LINES = 25;
  private static final Encoders ENCODERS =
      new Encoders(
          VerbatimEncoder.INSTANCE,
          FlylineEncoder.INSTANCE,
          SseEncoder.INSTANCE,
          NdjsonEncoder.INSTANCE,
          EnvelopeEncoder.INSTANCE,
          TextEncoder.INSTANCE);

  /** The format. */
  @Param public Transport format = Transport.WEBSOCKET;

  private final LogBatch batch = new LogBatch(Sample.APP, "1-node", 42, Sample.lines(LINES));
  private final LineFilter oneRegion = new LineFilter(Set.of("fra"), Set.of());

  /** All lines. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public byte[] all() {
    return ENCODERS.of(format).batch(batch, LineFilter.ALL);
  }

  /** The lines of one region, a fifth of them; the time is that of a line looked at. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public byte[] oneRegion() {
    return ENCODERS.of(format).batch(batch, oneRegion);
  }
}
