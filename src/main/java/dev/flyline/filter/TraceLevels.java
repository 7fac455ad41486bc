package dev.flyline.filter;

import dev.flyline.log.Entry;
import dev.flyline.log.LogLine;
import java.util.HashMap;
import java.util.Map;

/**
 * The levels of an app's lines in their order. A line that says nothing of its own level and goes
 * on with what the same machine wrote as an error just before has that line's level: so a stack
 * trace is one error. Used by one thread.
 */
final class TraceLevels {

  /** How soon after a line another one may go on with it. */
  static final long TOGETHER_MS = 50;

  /** How many entries before the run are looked through for what a line goes on with. */
  static final int MAX_BACK = 1024;

  private final LineJudge.Earlier earlier;
  private final Map<String, Last> lastOfMachine = new HashMap<>();
  private final LineView viewBack = new LineView();

  private record Last(Level level, long arrivedMs) {}

  TraceLevels(LineJudge.Earlier earlier) {
    this.earlier = earlier;
  }

  /** The level of the next line. */
  Level next(LineView view) {
    LogLine line = view.line();
    Level level = LineLevel.stated(view);
    if (level == null) {
      level = LineLevel.goesOn(view) ? before(line) : Level.INFO;
      if (level == Level.INFO) {
        level = LineLevel.unstated(view);
      }
    }
    lastOfMachine.put(line.machine(), new Last(level, line.arrivedMs()));
    return level;
  }

  /** The level of what {@code line} goes on with; info if that is no error. */
  private Level before(LogLine line) {
    Last last = lastOfMachine.get(line.machine());
    Level level =
        last == null
            ? beforeTheRun(line)
            : line.arrivedMs() - last.arrivedMs <= TOGETHER_MS ? last.level : Level.INFO;
    return level.compareTo(Level.ERROR) >= 0 ? level : Level.INFO;
  }

  private Level beforeTheRun(LogLine line) {
    long after = line.arrivedMs() - TOGETHER_MS;
    for (int back = 1; back <= MAX_BACK; back++) {
      Entry entry = earlier.entry(back);
      if (entry == null) {
        break;
      }
      if (entry instanceof LogLine one && one.machine().equals(line.machine())) {
        if (one.arrivedMs() < after) {
          break;
        }
        Level level = LineLevel.stated(viewBack.of(one));
        if (level != null) {
          return level;
        }
        if (!LineLevel.goesOn(viewBack)) {
          break;
        }
        after = one.arrivedMs() - TOGETHER_MS;
      }
    }
    return Level.INFO;
  }
}
