package dev.flyline.replica;

import dev.flyline.bus.AppMessage;
import dev.flyline.feed.BlockRing;
import dev.flyline.feed.Owner;
import dev.flyline.feed.RingBudget;
import dev.flyline.feed.RingLimits;
import dev.flyline.log.AppName;
import dev.flyline.log.Entry;
import dev.flyline.log.LogBatch;
import dev.flyline.log.Member;
import dev.flyline.log.Sample;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * What an owner that is alone does with lines: numbers them, puts them into its ring, and tells it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class NumberingBenchmark {

  private static final int LINES = 25;
  private static final Member SELF = new Member("node", "127.0.0.1:1", "dfw");

  private final List<Entry> busy = Sample.lines(LINES);
  private final List<Entry> quiet = Sample.lines(1);
  private final Alone world = new Alone();
  private final Replicas replicas =
      new Replicas(
          world,
          new Liveness(SELF, Timing.DEFAULT),
          Timing.DEFAULT,
          new RingLimits(10_000, 8 << 20, Duration.ofMinutes(15)),
          new RingBudget(1L << 30));

  /** Lets the router own an app. */
  public NumberingBenchmark() {
    var watched = replicas.watch(Sample.APP, new Nobody());
    replicas.confirmed(Sample.APP);
    if (!watched.succeeded() || busyApp() == 0) {
      throw new IllegalStateException("the router does not own the app");
    }
  }

  /** A batch of a busy app; the time is a line's. */
  @Benchmark
  @OperationsPerInvocation(LINES)
  public final long busyApp() {
    replicas.arrived(Sample.APP, busy);
    return world.last;
  }

  /** The only line of a quiet app. */
  @Benchmark
  public final long quietApp() {
    replicas.arrived(Sample.APP, quiet);
    return world.last;
  }

  /** Time stands still, so that nothing but lines costs anything. */
  private static final class Alone implements World {
    private long last;

    @Override
    public long nowMs() {
      return 0;
    }

    @Override
    public long wallMs() {
      return 0;
    }

    @Override
    public void send(String node, AppMessage message) {
      throw new IllegalStateException("there is nobody");
    }

    @Override
    public void subscribe(AppName app) {}

    @Override
    public void unsubscribe(AppName app) {}

    @Override
    public void failed(AppName app, RuntimeException cause) {
      throw cause;
    }

    @Override
    public void hurry(AppName app) {}

    @Override
    public void roleChanged(Role to, RoleCause cause) {}

    @Override
    public void committed(LogBatch batch) {
      last = batch.lastSeq();
    }
  }

  private static final class Nobody implements Owner.Watcher {
    @Override
    public void replaced(BlockRing ring, long after) {}
  }
}
