package dev.flyline.it.cluster;

import dev.flyline.log.Position;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Holds one viewer's journal against what was published.
 *
 * <p>It knows nothing of how routers work: lines are numbered by their publisher, per machine, so
 * what is lost, doubled or out of order shows in the lines themselves; positions are judged apart,
 * by the contract's "delivered + told = last - first + 1".
 */
final class Checker implements Journal.Reader {

  private static final String FAILOVER = "failover";

  private final String viewer;
  private final Machine[] machines;
  private final List<Integer> gapsAt = new ArrayList<>();
  private final Map<String, Integer> gaps = new TreeMap<>();
  private final List<String> examples = new ArrayList<>();

  // How many lines have come, and how many had when the last failover gap was told.
  private int came;
  private int failoverAt = -1;

  // The seq that must follow; after a failover gap that may be an older one as well.
  private long expected;
  private long alternative;
  private long told;
  private boolean allCounted = true;
  private long twice;
  private long twiceUntold;
  private long reordered;
  private long misplaced;

  private Checker(String viewer, long[] published, long expected) {
    this.viewer = viewer;
    this.expected = expected;
    this.alternative = expected;
    machines = new Machine[published.length];
    for (int m = 0; m < machines.length; m++) {
      machines[m] = new Machine(Math.toIntExact(published[m]));
    }
  }

  /** One machine's lines: when each came first, as the count of lines by then; 0 for never. */
  private static final class Machine {
    final int[] cameAs;
    int last; // the highest since the last failover gap

    Machine(int published) {
      cameAs = new int[published + 1];
    }
  }

  /**
   * Checks a journal.
   *
   * @param viewer names the viewer in what is found
   * @param published how many lines each machine has published, numbered from 1
   */
  static Findings check(String viewer, Journal journal, long[] published) {
    long first = journal.start().map(at -> at.seq() + 1).orElse(-1L);
    var checker = new Checker(viewer, published, first);
    checker.examples.addAll(journal.problems());
    if (first < 0) {
      checker.fault("was never told where it begins");
    }
    journal.replay(checker);
    return checker.findings();
  }

  @Override
  public void line(String epoch, long seq, int machine, long n) {
    came++;
    place(epoch, seq);
    if (machine >= machines.length || n < 1 || n >= machines[machine].cameAs.length) {
      reordered++;
      fault("got line %d of machine %d, which nobody published".formatted(n, machine));
      return;
    }
    Machine from = machines[machine];
    int line = (int) n;
    if (from.cameAs[line] > 0) {
      again(from, machine, line);
    } else {
      from.cameAs[line] = came;
      if (line < from.last) {
        reordered++;
        fault("got line %d of machine %d after %d".formatted(line, machine, from.last));
      }
    }
    from.last = Math.max(from.last, line);
  }

  private void place(String epoch, long seq) {
    if (seq != expected && seq != alternative) {
      misplaced++;
      fault("got %s:%d where %d had to come".formatted(epoch, seq, expected));
    }
    expected = seq + 1;
    alternative = expected;
  }

  private void again(Machine from, int machine, int line) {
    twice++;
    if (failoverAt < from.cameAs[line]) {
      twiceUntold++;
      fault("got line %d of machine %d again".formatted(line, machine));
    }
  }

  @Override
  public void gap(Journal.Gap gap) {
    gapsAt.add(came);
    gaps.merge(gap.cause(), 1, Integer::sum);
    gap.count().ifPresentOrElse(n -> told += n, () -> allCounted = false);
    if (gap.cause().equals(FAILOVER)) {
      failover(gap);
    } else if (!isPassedMark(gap)) {
      judge(gap);
      expected = gap.to().seq() + 1;
      alternative = expected;
    }
  }

  /** Says that nothing is known of what comes next: it may be older than what came. */
  private void failover(Journal.Gap gap) {
    failoverAt = came;
    for (Machine machine : machines) {
      machine.last = 0;
    }
    alternative = gap.to().seq() + 1;
    if (!isPassedMark(gap)) {
      expected = alternative;
    }
  }

  /** A gap that passes over marks is followed by them; they are older than its end. */
  private boolean isPassedMark(Journal.Gap gap) {
    Position at = gap.to();
    return gap.from().equals(at) && at.seq() < expected;
  }

  private void judge(Journal.Gap gap) {
    long length = gap.to().seq() - gap.from().seq() + 1;
    boolean isMark = length == 1;
    boolean counts = isMark || gap.count().isEmpty() || gap.count().getAsLong() == length;
    if (gap.from().seq() != expected || length < 1 || !counts) {
      misplaced++;
      fault("was told of %s where %d had to come".formatted(gap, expected));
    }
  }

  private void fault(String what) {
    examples.add(viewer + ' ' + what);
  }

  private Findings findings() {
    long lost = 0;
    long untold = 0;
    long lines = 0;
    for (int m = 0; m < machines.length; m++) {
      int[] cameAs = machines[m].cameAs;
      int before = 0; // when the last line before the missing ones came
      for (int n = 1; n < cameAs.length; n++) {
        if (cameAs[n] > 0) {
          lines++;
          before = cameAs[n];
          continue;
        }
        int begin = n;
        while (n + 1 < cameAs.length && cameAs[n + 1] == 0) {
          n++;
        }
        lost += n - begin + 1;
        int after = n + 1 < cameAs.length ? cameAs[n + 1] : came + 1;
        if (!isTold(Math.min(before, after), Math.max(before, after))) {
          untold += n - begin + 1;
          fault("lost lines %d to %d of machine %d and was told of no gap".formatted(begin, n, m));
        }
      }
    }
    if (allCounted && lost - untold > told) {
      fault("lost %d lines where gaps told of %d".formatted(lost - untold, told));
      untold = lost - told;
    }
    return new Findings(
        lines, lost, untold, twice, twiceUntold, reordered, misplaced, gaps, examples);
  }

  /** Whether a gap was told after line {@code before} came and before line {@code after} did. */
  private boolean isTold(int before, int after) {
    return gapsAt.stream().anyMatch(at -> at >= before && at < after);
  }
}
