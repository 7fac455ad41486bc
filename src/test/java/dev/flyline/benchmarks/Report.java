package dev.flyline.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * The results of all runs as text. Of several runs of the same, the one with the median CPU per
 * line stands for all, and the extremes are told beside it.
 */
final class Report {

  private static final String HEADER =
      """
      | load | server | lines/s | p50 ms | p99 ms | CPU us/line | of nats | cores | MiB | feeder us/line | client us/line | others cores | faults |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|
      """;

  /** More than an idle machine's own processes take. */
  private static final double OTHERS_CORES_MAX = 0.2;

  private final List<Result> results = new ArrayList<>();

  void add(Result result) {
    results.add(result);
  }

  /** One run in one line. */
  static String line(Result r) {
    return String.format(
        Locale.ROOT,
        "%-12s %-7s offered %,d/s delivered %,.0f/s  p50 %.1f p99 %.1f max %.0f ms  cpu %.3f us/line"
            + " (%.2f cores)  feeder %.3f  client %.3f  others %.2f cores  %d MiB  faults: %s",
        r.load().name(),
        r.server(),
        Math.round(r.offered() / r.seconds()),
        r.linesPerSecond(),
        r.delayMs(0.5),
        r.delayMs(0.99),
        r.delays().maxNs() / 1e6,
        r.cpuPerLineUs(),
        r.cpu() / r.seconds(),
        r.feederCpuPerLineUs(),
        r.clientCpuPerLineUs(),
        r.othersCores(),
        r.residentMiB(),
        r.faults());
  }

  /** All loads and servers as a Markdown table. */
  String table() {
    var table = new StringBuilder(HEADER);
    results.stream()
        .map(Result::load)
        .distinct()
        .forEach(
            load ->
                results.stream()
                    .filter(r -> r.load().equals(load))
                    .map(Result::server)
                    .distinct()
                    .forEach(server -> table.append(row(load, server))));
    return table.append(warning()).toString();
  }

  private String warning() {
    long disturbed = results.stream().filter(r -> r.othersCores() > OTHERS_CORES_MAX).count();
    return disturbed == 0
        ? ""
        : "\nDisturbed: in %d of %d runs other processes took more than %.1f cores. Do not compare them.\n"
            .formatted(disturbed, results.size(), OTHERS_CORES_MAX);
  }

  private String row(Load load, String server) {
    List<Result> runs = runs(load, server);
    Result r = median(runs);
    String spread =
        runs.size() == 1
            ? ""
            : " (%.3f-%.3f)"
                .formatted(runs.getFirst().cpuPerLineUs(), runs.getLast().cpuPerLineUs());
    return String.format(
        Locale.ROOT,
        "| %s | %s | %,.0f | %.1f | %.1f | %.3f%s | %s | %.2f | %d | %.3f | %.3f | %.2f | %s |%n",
        load.description(),
        server,
        r.linesPerSecond(),
        r.delayMs(0.5),
        r.delayMs(0.99),
        r.cpuPerLineUs(),
        spread,
        ratio(load, r),
        r.cpu() / r.seconds(),
        r.residentMiB(),
        r.feederCpuPerLineUs(),
        r.clientCpuPerLineUs(),
        r.othersCores(),
        r.faults());
  }

  private String ratio(Load load, Result of) {
    List<Result> nats = runs(load, Server.NATS.title());
    return nats.isEmpty()
        ? "-"
        : String.format(Locale.ROOT, "%.2f", of.cpuPerLineUs() / median(nats).cpuPerLineUs());
  }

  /** The runs of one load against one server, the cheapest first. */
  private List<Result> runs(Load load, String server) {
    return results.stream()
        .filter(r -> r.load().equals(load) && r.server().equals(server))
        .sorted(Comparator.comparingDouble(Result::cpuPerLineUs))
        .toList();
  }

  private static Result median(List<Result> sorted) {
    return sorted.get((sorted.size() - 1) / 2);
  }
}
