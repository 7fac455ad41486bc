package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The viewers of one load and the publisher of its lines. */
final class Side implements AutoCloseable {

  private static final int WAIT_MS = 500;
  private static final int MAX_WAITS = 40;

  /** Routers that take over from each other may be quiet for seconds, and lose nothing. */
  private static final int MAX_QUIET_WAITS = 12;

  /** For lines of which nobody knows how many are to come. */
  private static final int QUIET_WAITS = 4;

  private final Load load;
  private final Viewers viewers;
  private @Nullable Publisher publisher; // once lines flow; a floor makes its own

  private Side(Load load, Viewers viewers) {
    this.load = load;
    this.viewers = viewers;
  }

  /** Connects the viewers; {@link #publish} makes lines flow. */
  static Side open(Load load, Target target, int readers, long restNs)
      throws IOException, InterruptedException {
    return new Side(load, Viewers.open(target.handshake(load), load, readers, restNs));
  }

  /** Makes lines flow, unless the server makes its own. */
  void publish(Target target) throws IOException {
    var nats = target.nats();
    if (nats.isPresent()) {
      publisher = Publisher.start(load, app -> target.app(load, app), nats.get());
    }
  }

  Load load() {
    return load;
  }

  Viewers viewers() {
    return viewers;
  }

  long published() {
    return publisher == null ? 0 : publisher.published();
  }

  /** Waits until each app has twice the lines that a viewer gets at once who wants recent ones. */
  void awaitHistory() throws InterruptedException {
    while (publisher != null && published() < 2L * Wish.TAIL * load.apps()) {
      Thread.sleep(WAIT_MS);
    }
  }

  /** Publishes no more and waits until all lines are there, or none has come for a while. */
  void finish(boolean countable) throws IOException, InterruptedException {
    if (publisher == null) {
      return;
    }
    publisher.stop();
    viewers.hurry();
    long expected = countable ? load.deliveries(published()) : Long.MAX_VALUE;
    int maxQuiet = countable ? MAX_QUIET_WAITS : QUIET_WAITS;
    int quiet = 0;
    long lines = viewers.lines();
    for (int i = 0; lines < expected && quiet < maxQuiet && i < MAX_WAITS; i++) {
      Thread.sleep(WAIT_MS);
      long now = viewers.lines();
      quiet = now > lines ? 0 : quiet + 1;
      lines = now;
    }
  }

  /**
   * What has gone wrong; after {@link #finish} and the viewers' stop. Where not all had {@code
   * settled}, the lines before a viewer's first are not told from lost ones.
   */
  Result.Faults faults(boolean settled, int closed, long moved) {
    List<Viewer> present = viewers.present();
    List<Viewer> gone = viewers.gone();
    List<Viewer> all = new ArrayList<>(present);
    all.addAll(gone);
    long before = settled ? Viewers.sum(present, Viewer::before) : 0;
    return new Result.Faults(
        before + Viewers.sum(all, Viewer::gaps),
        viewers.missing(present, published()),
        Viewers.sum(all, Viewer::duplicates),
        Viewers.sum(all, Viewer::reordered),
        Viewers.sum(all, Viewer::foreign),
        present.stream().filter(viewer -> viewer.last() < 0).count(),
        gone.stream().filter(viewer -> viewer.lines() < Wish.TAIL).count(),
        closed,
        moved);
  }

  /** How it went for the viewers that read too slowly, if there were any. */
  Optional<String> slowOnes() {
    List<Viewer> slow = viewers.slow();
    if (slow.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%d slow viewers: %,d lines each skipped, %,d told, %,d missing at the end, %d twice or out of order"
            .formatted(
                slow.size(),
                Viewers.sum(slow, Viewer::gaps) / slow.size(),
                Viewers.sum(slow, Viewer::told) / slow.size(),
                viewers.missing(slow, published()),
                Viewers.sum(slow, v -> v.duplicates() + v.reordered())));
  }

  @Override
  public void close() throws IOException {
    if (publisher != null) {
      publisher.close();
    }
    viewers.close();
  }
}
