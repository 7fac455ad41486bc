package dev.flyline.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * The results of all runs. Of several runs of the same, the one with the median CPU per line stands
 * for all, and the extremes are told beside it.
 */
final class Results {

  /** More than an idle machine's own processes take. */
  private static final double OTHERS_CORES_MAX = 0.2;

  private final List<Result> results = new ArrayList<>();

  void add(Result result) {
    results.add(result);
  }

  boolean isEmpty() {
    return results.isEmpty();
  }

  /** Passes each load with each of its servers, in the order in which they came. */
  void forEach(BiConsumer<Load, String> action) {
    results.stream()
        .map(Result::load)
        .distinct()
        .forEach(
            load ->
                results.stream()
                    .filter(r -> r.load().equals(load))
                    .map(Result::server)
                    .distinct()
                    .forEach(server -> action.accept(load, server)));
  }

  /** The run that stands for all of one load against one server, if there was any. */
  Optional<Result> median(Load load, String server) {
    List<Result> runs = runs(load, server);
    return runs.isEmpty() ? Optional.empty() : Optional.of(runs.get((runs.size() - 1) / 2));
  }

  /** The extremes of CPU per line in parentheses, if there was more than one run. */
  String spread(Load load, String server) {
    List<Result> runs = runs(load, server);
    return runs.size() < 2
        ? ""
        : String.format(
            Locale.ROOT,
            " (%.3f-%.3f)",
            runs.getFirst().cpuPerLineUs(),
            runs.getLast().cpuPerLineUs());
  }

  /** The runs of one load against one server, the cheapest first. */
  private List<Result> runs(Load load, String server) {
    return results.stream()
        .filter(r -> r.load().equals(load) && r.server().equals(server))
        .sorted(Comparator.comparingDouble(Result::cpuPerLineUs))
        .toList();
  }

  /** Says so if other processes have disturbed the runs; else empty. */
  String warning() {
    long disturbed = results.stream().filter(r -> r.othersCores() > OTHERS_CORES_MAX).count();
    return disturbed == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "%nDisturbed: in %d of %d runs other processes took more than %.1f cores. Do not compare them.%n",
            disturbed,
            results.size(),
            OTHERS_CORES_MAX);
  }
}
