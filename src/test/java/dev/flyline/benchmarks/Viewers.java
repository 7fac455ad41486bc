package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/** All viewers of one run: opened together, read by a few threads, counted together. */
final class Viewers implements AutoCloseable {

  private static final int HANDSHAKES_AT_ONCE = 64;
  private static final int OPEN_SECONDS = 60;

  private final Load load;
  private final List<Viewer> viewers;
  private final List<ReaderLoop> loops = new ArrayList<>();

  private Viewers(Load load) {
    this.load = load;
    viewers =
        IntStream.range(0, load.viewers())
            .mapToObj(i -> new Viewer(i, load.appOf(i), load.lineBytes()))
            .toList();
  }

  static Viewers open(Handshake handshake, Load load, int threads, long restNs)
      throws IOException, InterruptedException {
    var viewers = new Viewers(load);
    try {
      for (int i = 0; i < threads; i++) {
        var loop = new ReaderLoop("reader-" + i, restNs);
        viewers.loops.add(loop);
        loop.start();
      }
      viewers.connect(handshake);
      return viewers;
    } catch (IOException | InterruptedException e) {
      viewers.close();
      throw e;
    }
  }

  private void connect(Handshake handshake) throws IOException, InterruptedException {
    var turns = new Semaphore(HANDSHAKES_AT_ONCE);
    try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Void>> tasks =
          IntStream.range(0, load.viewers())
              .<Callable<Void>>mapToObj(
                  i ->
                      () -> {
                        turns.acquire();
                        try {
                          connect(handshake, i);
                        } finally {
                          turns.release();
                        }
                        return null;
                      })
              .toList();
      for (Future<Void> done : executor.invokeAll(tasks, OPEN_SECONDS, TimeUnit.SECONDS)) {
        if (done.isCancelled()) {
          throw new IOException("viewers were not connected within " + OPEN_SECONDS + " s");
        }
        done.get();
      }
    } catch (ExecutionException e) {
      throw new IOException("a viewer could not connect: " + e.getCause().getMessage(), e);
    }
  }

  private void connect(Handshake handshake, int number) throws IOException {
    Viewer viewer = viewers.get(number);
    Handshake.Opened opened = handshake.open(number, viewer.app());
    ByteBuffer received = opened.received();
    viewer.accept(received.compact(), System.nanoTime(), new Delays());
    loops.get(number % loops.size()).add(opened.channel(), viewer);
  }

  /** Lines received by all so far. */
  long lines() {
    return loops.stream().mapToLong(ReaderLoop::lines).sum();
  }

  int closed() {
    return loops.stream().mapToInt(ReaderLoop::closed).sum();
  }

  /** Begins another stretch of time; returns the delays of the one before, one part per thread. */
  List<Delays> nextDelays() {
    return loops.stream().map(ReaderLoop::nextDelays).toList();
  }

  /** The sum of a count over all viewers; only after {@link #stop}. */
  long sum(ToLongFunction<Viewer> count) {
    return viewers.stream().mapToLong(count).sum();
  }

  /** How many viewers have not received a single line; only after {@link #stop}. */
  long silent() {
    return viewers.stream().filter(v -> v.last() < 0).count();
  }

  /** Lines at the end that were published and not received; only after {@link #stop}. */
  long missing(long published) {
    return sum(v -> Math.max(0, load.nextSeq(v.app(), published) - 1 - v.last()));
  }

  /** Reads no more. */
  void stop() {
    loops.forEach(ReaderLoop::stop);
  }

  @Override
  public void close() throws IOException {
    for (ReaderLoop loop : loops) {
      loop.close();
    }
  }
}
