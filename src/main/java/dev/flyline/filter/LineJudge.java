package dev.flyline.filter;

import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import org.jspecify.annotations.Nullable;

/**
 * Judges a run of an app's entries by a filter, one after the other in their order. What it says of
 * a line depends on the line and on those before it, not on where the run begins: of a stack trace
 * it asks what came before. Used by one thread.
 */
public final class LineJudge {

  /** Where nothing came before the run, or nobody cares. */
  public static final Earlier NOTHING_BEFORE = _ -> null;

  /** The entries before a run. */
  @FunctionalInterface
  public interface Earlier {
    /** The entry that is {@code back} before the run's first; null if it is not known any more. */
    @Nullable Entry entry(int back);
  }

  private final LineFilter filter;
  private final boolean everything; // but for the origin
  private final LineView view = new LineView();
  private final @Nullable TraceLevels levels; // null if no level is asked for

  /** Judges a run by {@code filter}. */
  public LineJudge(LineFilter filter, Earlier earlier) {
    this.filter = filter;
    this.everything = filter.expression().equals(FilterExpression.ALL);
    this.levels = filter.expression().usesLevels() ? new TraceLevels(earlier) : null;
  }

  /** Whether {@code line}, the next one of the run, passes. */
  public boolean passes(LogLine line) {
    if (everything || !filter.passesOrigin(line)) { // a machine's lines all pass that, or none
      return everything && filter.passesOrigin(line);
    }
    view.of(line);
    Level level = levels == null ? Level.INFO : levels.next(view);
    return filter.expression().passes(view, level);
  }
}
