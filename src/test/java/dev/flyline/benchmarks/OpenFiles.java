package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How many viewers a process may hold, each being an open file. */
final class OpenFiles {

  /** What a process needs beside the viewers. */
  private static final int OTHERS = 400;

  private OpenFiles() {}

  /** The counts of {@code wanted} that can be had; too great a one becomes what can. */
  static List<Integer> possible(List<Integer> wanted, Bench bench) throws IOException {
    int most = limit() - OTHERS;
    wanted.stream()
        .filter(count -> count > most)
        .forEach(
            count ->
                bench.say(
                    "%,d viewers cannot be had: a process may open %,d files here (ulimit -n). Measuring %,d instead."
                        .formatted(count, most + OTHERS, most)));
    return wanted.stream().map(count -> Math.min(count, most)).distinct().toList();
  }

  /** The JVM raises its own soft limit to the hard one when it starts. */
  private static int limit() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/limits"))) {
      return lines
          .filter(line -> line.startsWith("Max open files"))
          .map(line -> line.split(" +", -1)[3])
          .mapToInt(soft -> soft.equals("unlimited") ? Integer.MAX_VALUE : Integer.parseInt(soft))
          .findFirst()
          .orElse(Integer.MAX_VALUE);
    }
  }
}
