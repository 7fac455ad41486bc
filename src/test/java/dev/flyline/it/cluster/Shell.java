package dev.flyline.it.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Commands of the machine that a test needs beside Java. */
final class Shell {

  private Shell() {}

  /** Runs a command to its end and returns what it printed; fails the test if it fails. */
  static String run(String... command) {
    try {
      Ended ended = end(command);
      if (ended.status != 0) {
        throw new AssertionError(List.of(command) + " ended with " + ended);
      }
      return ended.printed;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Likewise, of a command that may fail, which is then an exception for who asked. */
  static String answer(String... command) throws IOException {
    Ended ended = end(command);
    if (ended.status != 0) {
      throw new IOException(List.of(command) + " ended with " + ended);
    }
    return ended.printed;
  }

  private record Ended(int status, String printed) {}

  private static Ended end(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      return new Ended(process.waitFor(), printed);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted in " + List.of(command), e);
    }
  }
}
