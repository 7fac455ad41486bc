package dev.flyline.benchmarks;

import java.util.List;
import java.util.Locale;

/** The results of all runs as text. */
final class Report {

  private static final String HEADER =
      """
      | load | server | lines/s | p50 ms | p99 ms | CPU us/line | of nats | cores | MiB | feeder us/line | client us/line | others cores | faults | also |
      |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|---|
      """;

  private final Results results = new Results();

  void add(Result result) {
    results.add(result);
  }

  /** One run in one line. */
  static String line(Result r) {
    return String.format(
        Locale.ROOT,
        "%-14s %-11s offered %,d/s delivered %,.0f/s  p50 %.1f p99 %.1f max %.0f ms  cpu %.3f us/line"
            + " (%.2f cores)  feeder %.3f  client %.3f  others %.2f cores  %d MiB  faults: %s%s",
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
        r.faults(),
        r.note().isEmpty() ? "" : "  " + r.note());
  }

  boolean isEmpty() {
    return results.isEmpty();
  }

  /** All loads and servers as a Markdown table. */
  String table() {
    var table = new StringBuilder(HEADER);
    results.forEach((load, server) -> table.append(row(load, server)));
    List<String> aims = new Aims(results).lines();
    if (!aims.isEmpty()) {
      table.append('\n');
      aims.forEach(aim -> table.append("- ").append(aim).append('\n'));
    }
    return table.append(results.warning()).toString();
  }

  private String row(Load load, String server) {
    Result r = results.median(load, server).orElseThrow();
    return String.format(
        Locale.ROOT,
        "| `%s`: %s | %s | %,.0f | %.1f | %.1f | %.3f%s | %s | %.2f | %d | %.3f | %.3f | %.2f | %s | %s |%n",
        load.name(),
        load.description(),
        server,
        r.linesPerSecond(),
        r.delayMs(0.5),
        r.delayMs(0.99),
        r.cpuPerLineUs(),
        results.spread(load, server),
        ratio(load, r),
        r.cpu() / r.seconds(),
        r.residentMiB(),
        r.feederCpuPerLineUs(),
        r.clientCpuPerLineUs(),
        r.othersCores(),
        r.faults(),
        r.note());
  }

  private String ratio(Load load, Result of) {
    return results
        .median(load, Server.NATS.title())
        .map(nats -> String.format(Locale.ROOT, "%.2f", of.cpuPerLineUs() / nats.cpuPerLineUs()))
        .orElse("-");
  }
}
