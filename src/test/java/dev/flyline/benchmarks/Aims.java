package dev.flyline.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** How the results stand to what is aimed at, in words; an aim without its runs is left out. */
final class Aims {

  private static final Load ONE_LINE = Load.ALL.getFirst();
  private static final Load TEN_LINES = Load.ALL.get(1);
  private static final Load MANY_APPS = Load.ALL.get(2);
  private static final double MILLION = 1_000_000;

  /** What is let through between offering and counting at the ends of the counted time. */
  private static final double HELD = 0.99;

  private final Results results;

  Aims(Results results) {
    this.results = results;
  }

  List<String> lines() {
    return Stream.of(
            cpu(ONE_LINE, Server.FLYLINE, Server.FLOOR, 1.10),
            cpu(ONE_LINE, Server.FLYLINE, Server.NATS, 0.5),
            cpu(TEN_LINES, Server.FLYLINE, Server.NATS, 0.6),
            held(),
            cpu(MANY_APPS, Server.FLYLINE, Server.NATS, 0.8),
            cpu(TEN_LINES, Server.V1, Server.FLYLINE, 0.8),
            filters(Cases.NARROW),
            filters(Cases.WIDE),
            flood(Server.FLYLINE),
            reconnects())
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<String> cpu(Load load, Server of, Server to, double max) {
    return ratio(load, of, load, to, Result::cpuPerLineUs)
        .map(
            ratio ->
                "`%s`: %s takes %.2f of %s's CPU per line (aim: at most %.2f): %s"
                    .formatted(
                        load.name(), of.title(), ratio, to.title(), max, verdict(ratio <= max)));
  }

  private Optional<String> held() {
    return results
        .median(TEN_LINES, Server.FLYLINE.title())
        .map(
            r ->
                String.format(
                    Locale.ROOT,
                    "`%s`: %,.0f lines/s held, p99 %.1f ms (aim: 1,000,000, under 50 ms): %s",
                    TEN_LINES.name(),
                    r.linesPerSecond(),
                    r.delayMs(0.99),
                    verdict(r.linesPerSecond() >= MILLION * HELD && r.delayMs(0.99) < 50)));
  }

  private Optional<String> filters(Load filtered) {
    return ratio(
            filtered, Server.FLYLINE, Cases.UNFILTERED, Server.FLYLINE, Result::cpuPerOfferedUs)
        .map(
            ratio ->
                "`%s`: %.2f of the unfiltered CPU per line offered (aim: at most 1.30): %s"
                    .formatted(filtered.name(), ratio, verdict(ratio <= 1.3)));
  }

  private Optional<String> flood(Server server) {
    return ratio(Cases.QUIET_FLOODED, server, Cases.QUIET, server, r -> r.delayMs(0.99))
        .map(
            ratio ->
                "`%s`: %.2f of the p99 without the flood (aim: at most 2): %s"
                    .formatted(Cases.QUIET_FLOODED.name(), ratio, verdict(ratio <= 2)));
  }

  /** No aim, but what the two runs are for. */
  private Optional<String> reconnects() {
    return results
        .median(Cases.STAYING, Server.FLYLINE.title())
        .flatMap(
            staying ->
                results
                    .median(Cases.COMING, Server.FLYLINE.title())
                    .map(
                        coming ->
                            "`%s`: %.0f us of CPU for each reconnect, by comparison with `%s`"
                                .formatted(
                                    Cases.COMING.name(),
                                    (coming.cpu() - staying.cpu())
                                        * 1e6
                                        / Math.max(1, coming.reconnects()),
                                    Cases.STAYING.name())));
  }

  private Optional<Double> ratio(
      Load load, Server of, Load toLoad, Server to, ToDoubleFunction<Result> figure) {
    return results
        .median(load, of.title())
        .flatMap(
            a ->
                results
                    .median(toLoad, to.title())
                    .map(b -> figure.applyAsDouble(a) / figure.applyAsDouble(b)));
  }

  private static String verdict(boolean reached) {
    return reached ? "reached" : "missed";
  }
}
