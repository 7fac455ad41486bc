package dev.flyline.cli;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A nats-server process of our own, on a free port of the loopback interface. */
final class NatsServer implements AutoCloseable {

  private static final String PROGRAM = "nats-server";
  private static final Pattern LISTENS =
      Pattern.compile("Listening for client connections on 127\\.0\\.0\\.1:(\\d+)");
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Process process;
  private final int port;

  private NatsServer(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts the nats-server that is found on {@code path} or where one is usually installed. */
  static NatsServer start(String path) throws InterruptedException {
    return start(Stream.concat(Stream.of(path.split(File.pathSeparator)), usual()));
  }

  /** Starts the nats-server in the first of {@code folders} that has one. */
  static NatsServer start(Stream<String> folders) throws InterruptedException {
    Path program =
        find(folders)
            .orElseThrow(
                () ->
                    new CommandFailure(
                        "nats-server is not installed: on Debian and Ubuntu 'apt install"
                            + " nats-server', on macOS 'brew install nats-server', with Go 'go"
                            + " install github.com/nats-io/nats-server/v2@latest'"));
    try {
      // Port -1 lets the server choose, which no other program can get ahead of; its log says
      // which.
      var process =
          new ProcessBuilder(program.toString(), "-a", "127.0.0.1", "-p", "-1")
              .redirectErrorStream(true)
              .start();
      return new NatsServer(process, portOf(process));
    } catch (IOException e) {
      throw new CommandFailure("cannot run " + program + ": " + e.getMessage(), e);
    }
  }

  /** Where clients connect. */
  String url() {
    return "nats://127.0.0.1:" + port;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(PATIENCE)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException _) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Some of these are not on the path of a plain user. */
  private static Stream<String> usual() {
    String go = System.getProperty("user.home") + "/go/bin";
    return Stream.of("/usr/local/bin", "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin", go);
  }

  private static Optional<Path> find(Stream<String> folders) {
    return folders
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, PROGRAM))
        .filter(file -> Files.isExecutable(file) && Files.isRegularFile(file))
        .findFirst();
  }

  private static int portOf(Process process) throws InterruptedException {
    var port = new CompletableFuture<Integer>();
    Thread.ofVirtual().name(PROGRAM).start(() -> readLog(process, port));
    try {
      return port.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      process.destroyForcibly();
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CommandFailure("nats-server did not start: " + cause.getMessage(), e);
    }
  }

  /** Reads to the end, so that the server never waits for somebody to read its log. */
  private static void readLog(Process process, CompletableFuture<Integer> port) {
    String last = "it said nothing";
    try (BufferedReader log = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = log.readLine(); line != null; line = log.readLine()) {
        last = line;
        Matcher listens = LISTENS.matcher(line);
        if (listens.find()) {
          port.complete(Integer.valueOf(listens.group(1)));
        }
      }
    } catch (IOException e) {
      last = String.valueOf(e.getMessage());
    }
    port.completeExceptionally(new IOException(last));
  }
}
