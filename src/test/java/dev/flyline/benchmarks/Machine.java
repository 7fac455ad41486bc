package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** What a reader must know of the machine and the programs to make sense of the figures. */
final class Machine {

  private Machine() {}

  static String facts() throws IOException {
    return String.join(
        "\n",
        "- date: " + LocalDate.now(ZoneOffset.UTC),
        "- machine: %d cores, %s, %s of memory"
            .formatted(
                Runtime.getRuntime().availableProcessors(),
                field("/proc/cpuinfo", "model name"),
                memory()),
        "- kernel: " + Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        "- java: " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
        "- flyline: " + output("git", "describe", "--always", "--dirty"),
        "- " + output("nats-server", "--version"));
  }

  /** How many processes and threads have lately run or waited to, as the kernel counts them. */
  static double load() throws IOException {
    return Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ", -1)[0]);
  }

  private static String memory() throws IOException {
    long kib = Long.parseLong(field("/proc/meminfo", "MemTotal").replaceAll("\\D", ""));
    return "%.1f GiB".formatted(kib / 1024.0 / 1024.0);
  }

  /** The value of the first {@code name : value} in a file. */
  private static String field(String file, String name) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of(file))) {
      return lines
          .filter(line -> line.startsWith(name))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    }
  }

  private static String output(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      List<String> lines = process.inputReader().lines().toList();
      return process.waitFor() == 0 && !lines.isEmpty() ? lines.getFirst() : "unknown";
    } catch (IOException _) { // not installed
      return "unknown";
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
