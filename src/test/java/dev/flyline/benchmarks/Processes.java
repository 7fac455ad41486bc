package dev.flyline.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The servers that a benchmark has started, and the folder of their files; all go with it. */
final class Processes implements AutoCloseable {

  private static final int LOG_LINES_TOLD = 20;

  private final Path folder;
  private final Queue<Process> started = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  Processes() throws IOException {
    folder = Files.createTempDirectory("flyline-bench");
  }

  /** Writes a file that a server reads. */
  Path file(String name, String content) throws IOException {
    return Files.writeString(folder.resolve(name), content);
  }

  Process start(String name, List<String> command, Map<String, String> environment)
      throws IOException {
    var builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(log(name).toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    return started(builder.start());
  }

  /** Starts a process that reads what it is told and writes answers; its errors go to its log. */
  Process converse(String name, List<String> command) throws IOException {
    return started(new ProcessBuilder(command).redirectError(log(name).toFile()).start());
  }

  private Process started(Process process) throws IOException {
    started.add(process);
    if (closed) {
      end(process);
    }
    check();
    return process;
  }

  /** Throws if the benchmark is ending, perhaps by Ctrl-C: nothing is to be started any more. */
  void check() throws IOException {
    if (closed) {
      throw new IOException("ended before its time");
    }
  }

  /** The end of what a server has printed, for an error's message. */
  String logTail(String name) throws IOException {
    List<String> lines = Files.readAllLines(log(name));
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - LOG_LINES_TOLD), lines.size()));
  }

  private Path log(String name) {
    return folder.resolve(name + ".log");
  }

  /** Ends a server at once: what it would still do for its clients is not measured. */
  void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    started.remove(process);
  }

  /** Ends all that run now, such as those of a run that has failed. */
  void endAll() {
    started.forEach(this::end);
  }

  /** Ends all; may be called again, and while another thread starts a server. */
  @Override
  public void close() {
    closed = true;
    endAll();
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
