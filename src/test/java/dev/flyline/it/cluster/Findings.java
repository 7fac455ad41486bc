package dev.flyline.it.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was wrong, and right, with the lines of one viewer or of many.
 *
 * @param lines lines that came, each counted once
 * @param lost published lines that did not come
 * @param untold those of them that no gap explains
 * @param twice lines that came again
 * @param twiceUntold those of them that came again without a {@code failover} gap in between
 * @param reordered lines that came after a later line of their machine
 * @param misplaced positions that do not rise by one from line to line, gaps taken into account
 * @param gaps how many gaps were told, by cause
 * @param examples the first faults in words
 */
record Findings(
    long lines,
    long lost,
    long untold,
    long twice,
    long twiceUntold,
    long reordered,
    long misplaced,
    Map<String, Integer> gaps,
    List<String> examples) {

  private static final int EXAMPLES = 12;

  static final Findings NONE = new Findings(0, 0, 0, 0, 0, 0, 0, Map.of(), List.of());

  Findings {
    gaps = new TreeMap<>(gaps);
    examples = List.copyOf(examples.subList(0, Math.min(EXAMPLES, examples.size())));
  }

  Findings plus(Findings other) {
    var allGaps = new TreeMap<>(gaps);
    other.gaps.forEach((cause, n) -> allGaps.merge(cause, n, Integer::sum));
    var allExamples = new ArrayList<>(examples);
    allExamples.addAll(other.examples);
    return new Findings(
        lines + other.lines,
        lost + other.lost,
        untold + other.untold,
        twice + other.twice,
        twiceUntold + other.twiceUntold,
        reordered + other.reordered,
        misplaced + other.misplaced,
        allGaps,
        allExamples);
  }

  /** Every line once and in order, and no gap at all. */
  boolean isExact() {
    return lost == 0 && twice == 0 && gaps.isEmpty() && isHonest();
  }

  /** What is missing is told, and nothing comes again that was not announced. */
  boolean isHonest() {
    return untold == 0
        && twiceUntold == 0
        && reordered == 0
        && misplaced == 0
        && examples.isEmpty(); // such as a line of another app
  }

  @Override
  public String toString() {
    return ("%,d lines, lost %d (untold %d), twice %d (untold %d), reordered %d, misplaced %d,"
            + " gaps %s%s")
        .formatted(
            lines,
            lost,
            untold,
            twice,
            twiceUntold,
            reordered,
            misplaced,
            gaps.isEmpty() ? "0" : gaps,
            examples.isEmpty() ? "" : "\n  " + String.join("\n  ", examples));
  }
}
