package dev.flyline.it;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A flood of handshakes with bad tokens from another process, so that its work is its own. */
final class TokenFlood implements AutoCloseable {

  private final Process process;
  private final BufferedReader output;

  private TokenFlood(Process process) {
    this.process = process;
    this.output = process.inputReader(StandardCharsets.US_ASCII);
  }

  /** Starts a flood with the tokens of a file, and returns when it has begun. */
  static TokenFlood start(int port, int addresses, int perSecond, Path tokens) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            java,
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Djdk.virtualThreadScheduler.parallelism=1",
            "-cp",
            System.getProperty("java.class.path"),
            TokenFloodProgram.class.getName(),
            Integer.toString(port),
            Integer.toString(addresses),
            Integer.toString(perSecond),
            tokens.toString());
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    var flood = new TokenFlood(builder.start());
    Runtime.getRuntime().addShutdownHook(new Thread(flood.process::destroyForcibly));
    flood.line();
    return flood;
  }

  private String line() throws IOException {
    String line = output.readLine();
    if (line == null) {
      throw new IOException("the flood has ended by itself");
    }
    return line;
  }

  /** Ends it, and returns how many handshakes got which status. */
  Map<Integer, Long> stop() throws IOException {
    process.getOutputStream().close();
    var answers = new TreeMap<Integer, Long>();
    for (String count : line().strip().split(" ", -1)) {
      int equals = count.indexOf('=');
      answers.put(
          Integer.parseInt(count.substring(0, equals)),
          Long.parseLong(count.substring(equals + 1)));
    }
    return answers;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
