package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run: viewers connect, lines flow for the warm-up and then for the counted time, and at the
 * end every viewer is given time to receive what is still on its way.
 */
record Run(Load load, String server, int warmUpSeconds, int seconds, int readers, long restNs) {

  private static final int WAIT_MS = 500;
  private static final int MAX_WAITS = 40;

  /** Routers that take over from each other may be quiet for seconds, and lose nothing. */
  private static final int MAX_QUIET_WAITS = 12;

  /** What has been counted and used up to one moment. */
  private record Moment(
      long atNs,
      long offered,
      long lines,
      List<Share> shares,
      double feeder,
      double client,
      double machine) {}

  Result against(Target target) throws IOException, InterruptedException {
    try (var viewers = Viewers.open(target.handshake(), load, readers, restNs)) {
      boolean settled = target.settle();
      try (var publisher = publisher(target)) {
        return against(target, viewers, publisher, settled);
      }
    }
  }

  private Result against(
      Target target, Viewers viewers, @Nullable Publisher publisher, boolean settled)
      throws IOException, InterruptedException {
    Thread.sleep(warmUpSeconds * 1_000L);
    Moment from = moment(target, viewers, publisher);
    viewers.nextDelays();
    Thread.sleep(seconds * 1_000L);
    Moment to = moment(target, viewers, publisher);
    List<Delays> delays = viewers.nextDelays();
    long published = 0;
    if (publisher != null) {
      publisher.stop();
      published = publisher.published();
      awaitLast(viewers, published * load.viewers() / load.apps());
    }
    long moved = target.moved();
    int closed = viewers.closed();
    viewers.stop(); // from here on the viewers' counts may be read
    return result(from, to, delays, faults(viewers, published, settled, closed, moved));
  }

  private @Nullable Publisher publisher(Target target) throws IOException {
    var nats = target.nats();
    return nats.isPresent() ? Publisher.start(load, target::app, nats.get()) : null;
  }

  private static Moment moment(Target target, Viewers viewers, @Nullable Publisher publisher)
      throws IOException {
    Optional<Process> feeder = target.feeder();
    return new Moment(
        System.nanoTime(),
        publisher == null ? 0 : publisher.published(),
        viewers.lines(),
        target.shares(),
        feeder.isPresent() ? Usage.of(feeder.get().pid()).cpuSeconds() : 0,
        Usage.of(ProcessHandle.current().pid()).cpuSeconds(),
        Usage.machineCpuSeconds());
  }

  /** Waits until all lines are there, or none has come for a while. */
  private static void awaitLast(Viewers viewers, long expected) throws InterruptedException {
    int quiet = 0;
    long lines = viewers.lines();
    for (int i = 0; lines < expected && quiet < MAX_QUIET_WAITS && i < MAX_WAITS; i++) {
      Thread.sleep(WAIT_MS);
      long now = viewers.lines();
      quiet = now > lines ? 0 : quiet + 1;
      lines = now;
    }
  }

  /** Where not all had settled, the lines before a viewer's first are not told from lost ones. */
  private static Result.Faults faults(
      Viewers viewers, long published, boolean settled, int closed, long moved) {
    long before = settled ? viewers.sum(v -> Math.max(0, v.first())) : 0;
    return new Result.Faults(
        before + viewers.sum(Viewer::gaps),
        viewers.missing(published),
        viewers.sum(Viewer::duplicates),
        viewers.sum(Viewer::reordered),
        viewers.silent(),
        closed,
        moved);
  }

  private Result result(Moment from, Moment to, List<Delays> parts, Result.Faults faults) {
    var delays = new Delays();
    parts.forEach(delays::add);
    List<Share> shares =
        IntStream.range(0, to.shares.size())
            .mapToObj(i -> to.shares.get(i).since(from.shares.get(i)))
            .toList();
    double measured = shares.stream().mapToDouble(share -> share.usage().cpuSeconds()).sum();
    double feeder = to.feeder - from.feeder;
    double client = to.client - from.client;
    return new Result(
        load,
        server,
        (to.atNs - from.atNs) / 1e9,
        to.offered - from.offered,
        to.lines - from.lines,
        delays,
        shares,
        feeder,
        client,
        Math.max(0, to.machine - from.machine - measured - feeder - client),
        faults);
  }
}
