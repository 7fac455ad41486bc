package dev.flyline.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The heap of another Java process, through the JDK's own tool. */
final class Heap {

  private static final Path JCMD = Path.of(System.getProperty("java.home"), "bin", "jcmd");

  /** One line of each space, whatever the collector; a line of G1 tells its whole heap. */
  private static final Pattern USED =
      Pattern.compile(
          "^ *(?:garbage-first heap|DefNew|Tenured|def new|tenured|PSYoungGen|ParOldGen|ZHeap|Shenandoah)"
              + ".*?\\bused (\\d+)([KM])",
          Pattern.MULTILINE);

  private Heap() {}

  /** Collects all garbage of {@code process}, as System.gc() would there. */
  static void collect(Process process) throws IOException, InterruptedException {
    String _ = ask(process, "GC.run");
  }

  /** What is used now; right after {@link #collect}, what is alive. */
  static long usedBytes(Process process) throws IOException, InterruptedException {
    Matcher used = USED.matcher(ask(process, "GC.heap_info"));
    long bytes = 0;
    while (used.find()) {
      bytes += Long.parseLong(used.group(1)) << (used.group(2).equals("K") ? 10 : 20);
    }
    return bytes;
  }

  private static String ask(Process process, String command)
      throws IOException, InterruptedException {
    Process jcmd =
        new ProcessBuilder(JCMD.toString(), Long.toString(process.pid()), command)
            .redirectErrorStream(true)
            .start();
    String answer = String.join("\n", jcmd.inputReader().lines().toList());
    if (jcmd.waitFor() != 0) {
      throw new IOException("jcmd " + command + ": " + answer);
    }
    return answer;
  }
}
