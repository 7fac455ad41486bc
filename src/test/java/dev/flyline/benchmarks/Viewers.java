package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** All viewers of one run: opened together, read by a few threads, counted together. */
final class Viewers implements AutoCloseable {

  private static final int OPEN_SECONDS = 120;

  private final Load load;
  private final Handshake handshake;
  private final List<Viewer> viewers = new ArrayList<>(); // those that have left, too
  private final List<ReaderLoop> loops = new ArrayList<>();
  private final List<Connection> seats = new ArrayList<>();
  private double openSeconds;

  private Viewers(Load load, Handshake handshake) {
    this.load = load;
    this.handshake = handshake;
  }

  static Viewers open(Handshake handshake, Load load, int threads, long restNs)
      throws IOException, InterruptedException {
    var viewers = new Viewers(load, handshake);
    try {
      for (int i = 0; i < threads; i++) {
        var loop = new ReaderLoop("reader-" + i, restNs);
        viewers.loops.add(loop);
        loop.start();
      }
      viewers.connect();
      return viewers;
    } catch (IOException | InterruptedException e) {
      viewers.close();
      throw e;
    }
  }

  private void connect() throws IOException, InterruptedException {
    for (int i = 0; i < load.viewers(); i++) {
      seats.add(connection(i)); // tokens are signed here, before the time counts
    }
    long startNs = System.nanoTime();
    for (ReaderLoop loop : loops) {
      loop.execute(() -> seats.stream().filter(c -> loopOf(c) == loop).forEach(loop::open));
    }
    try {
      CompletableFuture.allOf(
              seats.stream().map(Connection::opened).toArray(CompletableFuture<?>[]::new))
          .get(OPEN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new IOException("a viewer could not connect: " + e.getCause().getMessage(), e);
    } catch (TimeoutException e) {
      throw new IOException("viewers were not connected within " + OPEN_SECONDS + " s", e);
    }
    openSeconds = (System.nanoTime() - startNs) / 1e9;
  }

  private Connection connection(int number) {
    Wish.Pace pace = load.wish().pace(number);
    var viewer = new Viewer(number, load.appOf(number), load.lineBytes(), load.wish().pick(number));
    if (pace != Wish.Pace.FULL) {
      viewer.hearingGaps();
    }
    viewers.add(viewer);
    return new Connection(viewer, pace, handshake);
  }

  private ReaderLoop loopOf(Connection connection) {
    return loops.get(connection.viewer().number() % loops.size());
  }

  /** Has the viewer of that number leave and come back; nothing if it is still on its way. */
  boolean reconnect(int number) {
    Connection before = seats.get(number);
    if (!before.opened().isDone()) {
      return false;
    }
    Connection after = connection(number);
    seats.set(number, after);
    ReaderLoop loop = loopOf(after);
    loop.execute(
        () -> {
          loop.leave(before);
          loop.open(after);
        });
    return true;
  }

  /** How long it took until all were connected. */
  double openSeconds() {
    return openSeconds;
  }

  /** Lines received by all so far. */
  long lines() {
    return loops.stream().mapToLong(ReaderLoop::lines).sum();
  }

  int closed() {
    return loops.stream().mapToInt(ReaderLoop::closed).sum();
  }

  /** Slow viewers read as fast as the others from now on. */
  void hurry() {
    loops.forEach(ReaderLoop::hurry);
  }

  /** Begins another stretch of time; returns the one before, a part per thread. */
  List<ReaderLoop.Stretch> nextStretch() {
    return loops.stream().map(ReaderLoop::nextStretch).toList();
  }

  /** Those that read as fast as they can and have not left; only after {@link #stop}. */
  List<Viewer> present() {
    return seated(connection -> connection.pace() == Wish.Pace.FULL);
  }

  /** Those that read too slowly; only after {@link #stop}. */
  List<Viewer> slow() {
    return seated(connection -> connection.pace() != Wish.Pace.FULL);
  }

  private List<Viewer> seated(Predicate<Connection> which) {
    return seats.stream().filter(which).map(Connection::viewer).toList();
  }

  /** Those that have left; only after {@link #stop}. */
  List<Viewer> gone() {
    Set<Viewer> seated = Set.copyOf(seated(_ -> true));
    return viewers.stream().filter(viewer -> !seated.contains(viewer)).toList();
  }

  /** Lines at the end that were published and not received by {@code some}. */
  long missing(List<Viewer> some, long published) {
    return sum(some, v -> v.missing(load.nextSeq(v.app(), published)));
  }

  static long sum(List<Viewer> some, ToLongFunction<Viewer> count) {
    return some.stream().mapToLong(count).sum();
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
