package dev.flyline.it.cluster;

import dev.flyline.log.Position;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * All that one viewer was given, in order. Lines are kept as two numbers each: a run has millions.
 *
 * <p>Written by the viewer's thread, read when that has ended.
 */
final class Journal {

  private static final int SHIFT = 44;
  private static final long LOW = (1L << SHIFT) - 1;

  /** A hole that the viewer was told of. */
  record Gap(Position from, Position to, OptionalLong count, String cause) {}

  /** A gap, and how many lines had come before it. */
  private record Told(int before, Gap gap) {}

  /** Whoever goes through a journal. */
  interface Reader {
    void line(String epoch, long seq, int machine, long n);

    void gap(Gap gap);
  }

  private final List<String> epochs = new ArrayList<>();
  private final List<Told> gaps = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();
  private Optional<Position> start = Optional.empty();
  private long[] places = new long[256];
  private long[] lines = new long[256];
  private int count;

  /** The viewer is told where it begins. */
  void begin(Position at) {
    if (start.isEmpty()) {
      start = Optional.of(at);
    }
  }

  /** The viewer gets line {@code n} of a machine. */
  void line(Position at, int machine, long n) {
    if (count == lines.length) {
      places = Arrays.copyOf(places, 2 * count);
      lines = Arrays.copyOf(lines, 2 * count);
    }
    places[count] = (long) epoch(at.epoch()) << SHIFT | at.seq();
    lines[count] = (long) machine << SHIFT | n;
    count++;
  }

  private int epoch(String epoch) {
    int known = epochs.lastIndexOf(epoch);
    if (known >= 0) {
      return known;
    }
    epochs.add(epoch);
    return epochs.size() - 1;
  }

  void gap(Gap gap) {
    gaps.add(new Told(count, gap));
  }

  /** Something that no viewer should ever get. */
  void problem(String problem) {
    problems.add(problem);
  }

  /** Where the viewer began; empty if it was never told. */
  Optional<Position> start() {
    return start;
  }

  List<String> problems() {
    return problems;
  }

  void replay(Reader reader) {
    int told = 0;
    for (int i = 0; i <= count; i++) {
      while (told < gaps.size() && gaps.get(told).before() == i) {
        reader.gap(gaps.get(told).gap());
        told++;
      }
      if (i < count) {
        reader.line(
            epochs.get((int) (places[i] >> SHIFT)),
            places[i] & LOW,
            (int) (lines[i] >> SHIFT),
            lines[i] & LOW);
      }
    }
  }
}
