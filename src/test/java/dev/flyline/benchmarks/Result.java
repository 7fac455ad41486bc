package dev.flyline.benchmarks;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one run of one load against one server has shown. Times, CPU and lines are of the counted
 * stretch; the faults are of the whole run.
 *
 * @param offered lines published
 * @param lines lines delivered, over all viewers
 * @param reconnects viewers that left and came back
 * @param shares of the measured processes
 * @param feederCpu of the NATS server that only brings the lines; 0 when there is none
 * @param clientCpu of the load client, the publisher included
 * @param othersCpu of all other processes; where it is not small the figures mean little, since a
 *     server that is kept waiting writes more lines at once and so cheaper ones
 * @param note what else was seen, in words
 */
record Result(
    Load load,
    String server,
    double seconds,
    long offered,
    long lines,
    long reconnects,
    Delays delays,
    List<Share> shares,
    double feederCpu,
    double clientCpu,
    double othersCpu,
    Faults faults,
    String note) {

  /**
   * What a server has done wrong, over all viewers.
   *
   * @param foreign lines that nobody had asked for
   * @param unserved viewers that left again without the recent lines they asked for
   * @param moved apps that were not in place at the end
   */
  record Faults(
      long gaps,
      long missing,
      long duplicates,
      long reordered,
      long foreign,
      long silent,
      long unserved,
      int closed,
      long moved) {

    boolean areNone() {
      return gaps + missing + duplicates + reordered + foreign + silent + unserved + closed + moved
          == 0;
    }

    @Override
    public String toString() {
      if (areNone()) {
        return "none";
      }
      return Stream.of(
              told(gaps, "skipped"),
              told(missing, "missing at the end"),
              told(duplicates, "twice"),
              told(reordered, "out of order"),
              told(foreign, "of others"),
              told(silent, "viewers without a line"),
              told(unserved, "viewers without their recent lines"),
              told(closed, "closed"),
              told(moved, "apps not in place at the end"))
          .flatMap(Optional::stream)
          .collect(Collectors.joining(", "));
    }

    private static Optional<String> told(long count, String what) {
      return count == 0 ? Optional.empty() : Optional.of("%,d %s".formatted(count, what));
    }
  }

  double linesPerSecond() {
    return lines / seconds;
  }

  double cpuPerLineUs() {
    return perLineUs(cpu());
  }

  /** CPU for each published line, however many viewers got it. */
  double cpuPerOfferedUs() {
    return cpu() * 1e6 / Math.max(1, offered);
  }

  double feederCpuPerLineUs() {
    return perLineUs(feederCpu);
  }

  double clientCpuPerLineUs() {
    return perLineUs(clientCpu);
  }

  double othersCores() {
    return othersCpu / seconds;
  }

  private double perLineUs(double cpuSeconds) {
    return cpuSeconds * 1e6 / Math.max(1, lines);
  }

  double delayMs(double share) {
    return delays.quantileNs(share) / 1e6;
  }

  /** CPU seconds of all measured processes. */
  double cpu() {
    return shares.stream().mapToDouble(share -> share.usage().cpuSeconds()).sum();
  }

  long residentMiB() {
    return shares.stream().mapToLong(share -> share.usage().residentBytes()).sum() >> 20;
  }
}
