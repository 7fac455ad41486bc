package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What a process, or all of them, have used, by the kernel's own account. */
record Usage(double cpuSeconds, long residentBytes) {

  /** The kernel's unit of CPU time for user space, on every platform. */
  private static final double TICKS_PER_SECOND = 100;

  private static final int USER_TICKS = 11;
  private static final int SYSTEM_TICKS = 12;

  // In the machine's own line: user, nice, system, idle, waiting, interrupts, the same deferred,
  // and stolen by another machine on the same host.
  private static final int[] BUSY_TICKS = {1, 2, 3, 6, 7, 8};

  static Usage of(long pid) throws IOException {
    Path proc = Path.of("/proc", Long.toString(pid));
    String stat = Files.readString(proc.resolve("stat"));
    // The command's name, in parentheses, may itself hold blanks and parentheses.
    List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
    double ticks =
        Double.parseDouble(fields.get(USER_TICKS)) + Double.parseDouble(fields.get(SYSTEM_TICKS));
    return new Usage(
        ticks / TICKS_PER_SECOND, resident(Files.readAllLines(proc.resolve("status"))));
  }

  /** CPU time that all processes together, and other machines on this host, have taken. */
  static double machineCpuSeconds() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/stat"))) {
      String[] fields = lines.findFirst().orElseThrow().split(" +", -1);
      return IntStream.of(BUSY_TICKS).mapToLong(i -> Long.parseLong(fields[i])).sum()
          / TICKS_PER_SECOND;
    }
  }

  private static long resident(List<String> status) {
    return status.stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElse(0);
  }
}
