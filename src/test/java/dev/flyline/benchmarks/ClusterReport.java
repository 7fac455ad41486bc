package dev.flyline.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The results of routers that share the work, beside those of one that is alone, as text. */
final class ClusterReport {

  private static final String CPU_HEADER =
      """
      | load | routers | who does what | lines/s | p50 ms | p99 ms | max ms | CPU us/line | of single | cores of each | MiB | others cores | load before | faults |
      |---|---|---|---:|---:|---:|---:|---:|---:|---|---:|---:|---:|---|
      """;

  private static final String BUS_HEADER =
      """
      Bytes that each router has handed to the bus, per published line of %d bytes:

      | load | routers | who does what | lines/s published | r1 | r2 | r3 |
      |---|---|---|---:|---:|---:|---:|
      """
          .formatted(Load.BATCHES.lineBytes());

  private static final double CPU_AIM = 1.4;
  private static final double P99_AIM_MS = 50;
  private static final double BUS_AIM_PERCENT = 5;

  private final Results results = new Results();
  private final Map<Result, Double> loadsBefore = new HashMap<>();
  private final Map<String, Shape> shapes = new HashMap<>();

  /** Adds a run, before which the machine had so much to do. */
  void add(Result result, Shape shape, double loadBefore) {
    results.add(result);
    loadsBefore.put(result, loadBefore);
    shapes.put(result.server(), shape);
  }

  /** One run in one line. */
  static String line(Result r) {
    String bus =
        r.shares().size() == 1
            ? ""
            : "  bus "
                + each(r, share -> share.name() + ' ' + one(busPerLine(r, share)))
                + " B/line";
    return Report.line(r)
        + "  cores "
        + each(r, share -> share.name() + ' ' + two(cores(r, share)))
        + bus;
  }

  /** All tables, and how the figures stand to what is aimed at. */
  String text() {
    var text = new StringBuilder(CPU_HEADER);
    results.forEach((load, server) -> text.append(cpuRow(load, server)));
    text.append('\n').append(BUS_HEADER);
    results.forEach((load, server) -> text.append(busRow(load, server)));
    text.append('\n');
    aims().forEach(aim -> text.append("- ").append(aim).append('\n'));
    return text.append(results.warning()).toString();
  }

  private String cpuRow(Load load, String server) {
    Result r = results.median(load, server).orElseThrow();
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %,.0f | %.1f | %.1f | %.0f | %.3f%s | %s | %s | %d | %.2f | %.1f | %s |%n",
        load.description(),
        server,
        shape(server).roles(),
        r.linesPerSecond(),
        r.delayMs(0.5),
        r.delayMs(0.99),
        r.delays().maxNs() / 1e6,
        r.cpuPerLineUs(),
        results.spread(load, server),
        ratio(load, r).map(ClusterReport::two).orElse("-"),
        each(r, share -> share.name() + ' ' + two(cores(r, share))),
        r.residentMiB(),
        r.othersCores(),
        loadsBefore.getOrDefault(r, Double.NaN),
        r.faults());
  }

  private String busRow(Load load, String server) {
    Shape shape = shape(server);
    if (!shape.isCluster()) {
      return "";
    }
    Result r = results.median(load, server).orElseThrow();
    List<String> bytes = new ArrayList<>();
    r.shares().forEach(share -> bytes.add(one(busPerLine(r, share))));
    bytes.add("-"); // there may be no third
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %,.0f | %s | %s | %s |%n",
        load.description(),
        server,
        shape.roles(),
        r.offered() / r.seconds(),
        bytes.get(0),
        bytes.get(1),
        bytes.get(2));
  }

  private Shape shape(String server) {
    return shapes.getOrDefault(server, Shape.SINGLE);
  }

  private static double busPerLine(Result r, Share share) {
    return share.busBytes() / (double) Math.max(1, r.offered());
  }

  private static double cores(Result r, Share share) {
    return share.usage().cpuSeconds() / r.seconds();
  }

  private static String each(Result r, Function<Share, String> text) {
    return r.shares().stream().map(text).collect(Collectors.joining(", "));
  }

  private Optional<Double> ratio(Load load, Result of) {
    return results
        .median(load, Shape.SINGLE.title())
        .map(single -> of.cpuPerLineUs() / single.cpuPerLineUs());
  }

  // ---- aims ----

  private List<String> aims() {
    return Stream.of(
            Load.ALL.stream().flatMap(load -> cpuAim(load).stream()),
            Stream.of(Shape.TWO, Shape.THREE).flatMap(shape -> fastAim(shape).stream()),
            busAim().stream())
        .flatMap(aims -> aims)
        .toList();
  }

  private Optional<String> cpuAim(Load load) {
    return results
        .median(load, Shape.TWO.title())
        .flatMap(r -> ratio(load, r))
        .map(
            ratio ->
                "%s: both routers take %s of a single router's CPU per delivered line (aim: at most %s): %s"
                    .formatted(load.name(), two(ratio), two(CPU_AIM), verdict(ratio <= CPU_AIM)));
  }

  private Optional<String> fastAim(Shape shape) {
    return results
        .median(Load.FAST, shape.title())
        .map(
            r ->
                "%s through the bus, %s: p99 %s ms (aim: under %s), faults: %s: %s"
                    .formatted(
                        Load.FAST.name(),
                        shape.title(),
                        one(r.delayMs(0.99)),
                        one(P99_AIM_MS),
                        r.faults(),
                        verdict(r.delayMs(0.99) < P99_AIM_MS && r.faults().areNone())));
  }

  /** What goes to a router that only watches is what an owner with local viewers does not send. */
  private Optional<String> busAim() {
    Optional<Result> all = results.median(Load.BATCHES, Shape.THREE.title());
    Optional<Result> toStandby = results.median(Load.BATCHES, Shape.AT_OWNER.title());
    if (all.isEmpty() || toStandby.isEmpty()) {
      return Optional.empty();
    }
    double standby = sent(toStandby.get(), Shape.AT_OWNER.owner());
    double watcher = sent(all.get(), Shape.THREE.owner()) - standby;
    double percent = (watcher / Load.BATCHES.lineBytes() - 1) * 100;
    return Optional.of(
        "bus bytes per line, about 25 lines a batch: to the watching router %s = payload + %s %% (aim: at most %s %%): %s; apart from that, to the standby %s, by it (acknowledgements) %s, by the watching router %s"
            .formatted(
                one(watcher),
                one(percent),
                one(BUS_AIM_PERCENT),
                verdict(percent <= BUS_AIM_PERCENT),
                one(standby),
                one(sent(all.get(), Shape.THREE.standby())),
                one(sent(all.get(), Shape.THREE.door()))));
  }

  private static double sent(Result r, int router) {
    return busPerLine(r, r.shares().get(router));
  }

  private static String verdict(boolean reached) {
    return reached ? "reached" : "missed";
  }

  private static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
