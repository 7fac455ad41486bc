package dev.flyline.filter;

import dev.flyline.log.LogLine;
import java.util.Set;

/**
 * Lets through the lines of some regions and machines. Two equal filters share their encoded bytes.
 *
 * @param regions the regions wanted; empty for all
 * @param machines the machines wanted; empty for all
 */
public record LineFilter(Set<String> regions, Set<String> machines) {

  /** Lets everything through. */
  public static final LineFilter ALL = new LineFilter(Set.of(), Set.of());

  /** A string, its array, and two places in a set. */
  private static final int NAME_BYTES = 56;

  /** Copies the sets. */
  public LineFilter {
    regions = Set.copyOf(regions);
    machines = Set.copyOf(machines);
  }

  /** Whether every line passes. */
  public boolean isAll() {
    return regions.isEmpty() && machines.isEmpty();
  }

  /** Roughly what this holds of the heap, in bytes. */
  public long bytes() {
    return bytes(regions) + bytes(machines);
  }

  private static long bytes(Set<String> names) {
    long bytes = 0;
    for (String name : names) {
      bytes += NAME_BYTES + name.length();
    }
    return bytes;
  }

  /** Whether {@code line} passes. */
  public boolean passes(LogLine line) {
    return (regions.isEmpty() || regions.contains(line.region()))
        && (machines.isEmpty() || machines.contains(line.machine()));
  }
}
