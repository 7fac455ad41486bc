package dev.flyline.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A client that others have written, run by a small script of src/test/clients that says what it
 * sees. script/test installs them in target/clients.
 */
final class RealClient implements AutoCloseable {

  private static final Path SCRIPTS = Path.of("src/test/clients").toAbsolutePath();
  private static final Path NODE = Path.of("target/clients/node").toAbsolutePath();
  private static final Path PYTHON = Path.of("target/clients/python").toAbsolutePath();
  private static final String END = "(the program has ended)";

  private final Process process;
  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final List<String> past = new ArrayList<>();

  private RealClient(List<String> command) {
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("CLIENTS", NODE.toString());
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.toLowerCase(Locale.ROOT).endsWith("_proxy"));
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread.ofVirtual().start(() -> read(process.inputReader()));
  }

  private void read(BufferedReader output) {
    try (output) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        said.add(line);
      }
    } catch (IOException _) {
      // it has been ended
    }
    said.add(END);
  }

  static boolean hasNode() {
    return Files.exists(NODE.resolve(".installed"));
  }

  static boolean hasPython() {
    return Files.exists(PYTHON.resolve(".installed"));
  }

  /** A file of a package that npm has installed. */
  static Path nodeFile(String path) {
    return NODE.resolve("node_modules").resolve(path);
  }

  static RealClient node(String script, String... arguments) {
    return new RealClient(command("node", script, arguments));
  }

  static RealClient python(String script, String... arguments) {
    return new RealClient(command(PYTHON.resolve("bin/python").toString(), script, arguments));
  }

  private static List<String> command(String program, String script, String... arguments) {
    var command = new ArrayList<String>();
    command.add(program);
    command.add(SCRIPTS.resolve(script).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** The next thing it says that begins like this. */
  String await(String beginning) {
    while (true) {
      String line = next();
      past.add(line);
      if (line.startsWith(beginning)) {
        return line;
      }
      if (line.equals(END)) {
        throw new AssertionError(beginning + " was expected; it said: " + past);
      }
    }
  }

  private String next() {
    try {
      String line = said.poll(Deadline.SOON.toMillis(), TimeUnit.MILLISECONDS);
      if (line == null) {
        throw new AssertionError("nothing more was said after: " + past);
      }
      return line;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  /** All that it has said. */
  List<String> past() {
    return past;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
