package dev.flyline.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One run: viewers connect, lines flow for the warm-up and then for the counted time, and at the
 * end every viewer is given time to receive what is still on its way.
 *
 * @param beside a load that runs at the same time; its deliveries count, its delays do not
 * @param reconnects how many viewers leave and come back each second
 */
record Run(
    Load load,
    Optional<Load> beside,
    int reconnects,
    String server,
    int warmUpSeconds,
    int seconds,
    int readers,
    long restNs) {

  /** What has been counted and used up to one moment. */
  private record Moment(
      long atNs,
      long offered,
      long lines,
      long linesBeside,
      long reconnects,
      List<Share> shares,
      double feeder,
      double client,
      double machine) {}

  /** What is at work in a run. */
  private record Parts(Target target, Side main, @Nullable Side beside, @Nullable Churn churn) {

    Moment moment() throws IOException {
      Optional<Process> feeder = target.feeder();
      return new Moment(
          System.nanoTime(),
          main.published() + (beside == null ? 0 : beside.published()),
          main.viewers().lines(),
          beside == null ? 0 : beside.viewers().lines(),
          churn == null ? 0 : churn.reconnects(),
          target.shares(),
          feeder.isPresent() ? Usage.of(feeder.get().pid()).cpuSeconds() : 0,
          Usage.of(ProcessHandle.current().pid()).cpuSeconds(),
          Usage.machineCpuSeconds());
    }
  }

  Result against(Target target) throws IOException, InterruptedException {
    try (Side main = Side.open(load, target, readers, restNs);
        Side more = beside.isPresent() ? Side.open(beside.get(), target, 1, restNs) : null) {
      boolean settled = target.settle();
      main.publish(target);
      if (more != null) {
        more.publish(target);
      }
      if (reconnects > 0) {
        main.awaitHistory();
      }
      try (Churn churn =
          reconnects == 0 ? null : Churn.start(main.viewers(), load.viewers(), reconnects)) {
        return against(new Parts(target, main, more, churn), settled);
      }
    }
  }

  private Result against(Parts parts, boolean settled) throws IOException, InterruptedException {
    Side main = parts.main();
    Thread.sleep(warmUpSeconds * 1_000L);
    Moment from = parts.moment();
    main.viewers().nextStretch();
    Thread.sleep(seconds * 1_000L);
    Moment to = parts.moment();
    var stretch = new ReaderLoop.Stretch();
    List<ReaderLoop.Stretch> stretches = main.viewers().nextStretch();
    if (parts.churn() != null) {
      parts.churn().stop();
    }
    main.finish(parts.churn() == null && load.wish() != Wish.SLOW);
    if (parts.beside() != null) {
      parts.beside().finish(true);
    }
    long moved = parts.target().moved();
    Result.Faults faults = stop(main, settled, moved);
    stretches.forEach(stretch::add); // complete only now that the readers have stopped
    List<String> notes = new ArrayList<>(main.slowOnes().stream().toList());
    if (parts.churn() != null) {
      notes.add(churned(from, to, stretch));
    }
    if (parts.beside() != null) {
      notes.add(besides(from, to, parts.beside()));
    }
    return result(from, to, stretch.lines(), faults, String.join("; ", notes));
  }

  /** From here on the viewers' counts may be read. */
  private static Result.Faults stop(Side side, boolean settled, long moved) {
    int closed = side.viewers().closed();
    side.viewers().stop();
    return side.faults(settled, closed, moved);
  }

  private String churned(Moment from, Moment to, ReaderLoop.Stretch stretch) {
    return String.format(
        Locale.ROOT,
        "%,.0f reconnects/s, handshake p50 %.1f p99 %.1f ms, first line p50 %.1f p99 %.1f ms",
        (to.reconnects - from.reconnects) / seconds(from, to),
        stretch.handshakes().quantileNs(0.5) / 1e6,
        stretch.handshakes().quantileNs(0.99) / 1e6,
        stretch.firstLines().quantileNs(0.5) / 1e6,
        stretch.firstLines().quantileNs(0.99) / 1e6);
  }

  private String besides(Moment from, Moment to, Side side) {
    Result.Faults faults = stop(side, false, 0);
    return String.format(
        Locale.ROOT,
        "beside it %,.0f lines/s of %,d delivered, faults there: %s",
        (to.linesBeside - from.linesBeside) / seconds(from, to),
        side.load().linesPerSecond(),
        faults);
  }

  private static double seconds(Moment from, Moment to) {
    return (to.atNs - from.atNs) / 1e9;
  }

  private Result result(Moment from, Moment to, Delays delays, Result.Faults faults, String note) {
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
        seconds(from, to),
        to.offered - from.offered,
        to.lines + to.linesBeside - from.lines - from.linesBeside,
        to.reconnects - from.reconnects,
        delays,
        shares,
        feeder,
        client,
        Math.max(0, to.machine - from.machine - measured - feeder - client),
        faults,
        note);
  }
}
