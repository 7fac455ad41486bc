package dev.flyline.filter;

import dev.flyline.log.LogLine;
import java.util.Set;

/**
 * Lets through the lines of some regions and machines that an expression lets through as well. Two
 * equal filters share their encoded bytes.
 *
 * @param regions the regions wanted; empty for all
 * @param machines the machines wanted; empty for all
 * @param expression what else must hold
 */
public record LineFilter(Set<String> regions, Set<String> machines, FilterExpression expression) {

  /** Lets everything through. */
  public static final LineFilter ALL = new LineFilter(Set.of(), Set.of());

  /** A string, its array, and two places in a set. */
  private static final int NAME_BYTES = 56;

  /** Copies the sets. */
  public LineFilter {
    regions = Set.copyOf(regions);
    machines = Set.copyOf(machines);
  }

  /** Lets through the lines of some regions and machines. */
  public LineFilter(Set<String> regions, Set<String> machines) {
    this(regions, machines, FilterExpression.ALL);
  }

  /** The same regions and machines with another expression. */
  public LineFilter with(FilterExpression another) {
    return new LineFilter(regions, machines, another);
  }

  /** Whether every line passes. */
  public boolean isAll() {
    return regions.isEmpty() && machines.isEmpty() && expression.equals(FilterExpression.ALL);
  }

  /** What it costs to judge a byte of a line, beside copying one. */
  public int weight() {
    return expression.weight();
  }

  /** Roughly what this holds of the heap, in bytes. */
  public long bytes() {
    return bytes(regions) + bytes(machines) + expression.bytes();
  }

  private static long bytes(Set<String> names) {
    long bytes = 0;
    for (String name : names) {
      bytes += NAME_BYTES + name.length();
    }
    return bytes;
  }

  /** Whether {@code line} passes, seen by itself: of a stack trace it has the first line alone. */
  public boolean passes(LogLine line) {
    return new LineJudge(this, LineJudge.NOTHING_BEFORE).passes(line);
  }

  /** Whether the line's origin is one of those wanted. */
  boolean passesOrigin(LogLine line) {
    return (regions.isEmpty() || regions.contains(line.region()))
        && (machines.isEmpty() || machines.contains(line.machine()));
  }
}
