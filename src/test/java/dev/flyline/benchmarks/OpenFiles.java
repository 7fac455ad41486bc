package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** How many viewers a process may hold, each being an open file. */
final class OpenFiles {

  /** What a process needs beside the viewers. */
  private static final int OTHERS = 400;

  private OpenFiles() {}

  /** Among how many processes so many viewers must be shared out. */
  static int processesFor(int viewers) throws IOException {
    return Math.ceilDiv(viewers, limit() - OTHERS);
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
