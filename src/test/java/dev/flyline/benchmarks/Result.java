package dev.flyline.benchmarks;

import java.util.List;

/**
 * What one run of one load against one server has shown. Times, CPU and lines are of the counted
 * stretch; the faults are of the whole run.
 *
 * @param offered lines published
 * @param lines lines delivered, over all viewers
 * @param shares of the measured processes
 * @param feederCpu of the NATS server that only brings the lines; 0 when there is none
 * @param clientCpu of the load client, the publisher included
 * @param othersCpu of all other processes; where it is not small the figures mean little, since a
 *     server that is kept waiting writes more lines at once and so cheaper ones
 */
record Result(
    Load load,
    String server,
    double seconds,
    long offered,
    long lines,
    Delays delays,
    List<Share> shares,
    double feederCpu,
    double clientCpu,
    double othersCpu,
    Faults faults) {

  /** What a server has done wrong, over all viewers. */
  record Faults(
      long gaps,
      long missing,
      long duplicates,
      long reordered,
      long silent,
      int closed,
      long moved) {

    boolean areNone() {
      return gaps + missing + duplicates + reordered + silent + closed + moved == 0;
    }

    @Override
    public String toString() {
      if (areNone()) {
        return "none";
      }
      String all =
          "%d skipped, %d missing at the end, %d twice, %d out of order, %d viewers without a line, %d closed"
              .formatted(gaps, missing, duplicates, reordered, silent, closed);
      return moved == 0 ? all : all + ", %d apps not in place at the end".formatted(moved);
    }
  }

  double linesPerSecond() {
    return lines / seconds;
  }

  double cpuPerLineUs() {
    return perLineUs(cpu());
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
