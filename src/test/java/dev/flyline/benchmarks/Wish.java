package dev.flyline.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** What the viewers of a load want, and so what each of them must get. */
enum Wish {
  /** All lines from now on. */
  EVERYTHING,

  /** The 100 lines before as well. */
  RECENT,

  /** The lines of one region or of one machine: 20 different filters, dealt in turn. */
  NARROW,

  /** The lines of all machines but one: 20 different filters, dealt in turn. */
  WIDE,

  /** All lines; but of 40 viewers one reads nothing, and one far too slowly. */
  SLOW;

  /** How many lines a viewer gets at once who wants recent ones. */
  static final int TAIL = 100;

  private static final int ONE_IN = 40;

  /** How fast a viewer reads. */
  enum Pace {
    FULL,
    DRIP,
    NOTHING
  }

  int sources() {
    return isFiltered() ? Sources.MANY : 1;
  }

  private boolean isFiltered() {
    return this == NARROW || this == WIDE;
  }

  Pick pick(int viewer) {
    return isFiltered() ? Pick.of(Sources.MANY, wanted(viewer)) : Pick.ALL;
  }

  Pace pace(int viewer) {
    if (this != SLOW) {
      return Pace.FULL;
    }
    return switch (viewer % ONE_IN) {
      case 0 -> Pace.NOTHING;
      case 1 -> Pace.DRIP;
      default -> Pace.FULL;
    };
  }

  /** A viewer's query to a router. */
  String query(int viewer) {
    String tail = "tail=" + (this == RECENT ? TAIL : 0);
    if (!isFiltered()) {
      return tail;
    }
    return isRegion(viewer)
        ? tail + "&region=" + Sources.region(viewer % Sources.MANY)
        : tail
            + "&machine="
            + wanted(viewer).mapToObj(Sources::machine).collect(Collectors.joining(","));
  }

  /** The ends of the subjects that a viewer subscribes to at a NATS server. */
  List<String> subjects(int viewer) {
    if (!isFiltered()) {
      return List.of(">");
    }
    return isRegion(viewer)
        ? List.of(Sources.region(viewer % Sources.MANY) + ".*")
        : wanted(viewer).mapToObj(source -> "*." + Sources.machine(source)).toList();
  }

  /**
   * A router's settings. Slow viewers must fall behind what it keeps while they are watched, and
   * the kernel keeps much for them already.
   */
  Map<String, String> settings() {
    return this == SLOW ? Map.of("FLYLINE_HISTORY_LINES", "2000") : Map.of();
  }

  private boolean isRegion(int viewer) {
    return this == NARROW && viewer % Sources.MANY < Sources.regions();
  }

  private IntStream wanted(int viewer) {
    int filter = viewer % Sources.MANY;
    IntStream all = IntStream.range(0, Sources.MANY);
    if (this == WIDE) {
      return all.filter(source -> source != filter);
    }
    return isRegion(viewer)
        ? all.filter(source -> source % Sources.regions() == filter)
        : IntStream.of(filter);
  }
}
