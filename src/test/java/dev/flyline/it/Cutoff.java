package dev.flyline.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A machine with a cable that can be pulled: a network namespace, reached by one link. Needs root
 * and Linux; {@link #isPossible} tells.
 */
final class Cutoff implements AutoCloseable {

  /** Where the machine finds this one. */
  static final String HERE = "10.198." + Fork.number() + ".1";

  private static final String THERE = "10.198." + Fork.number() + ".2";

  private final String namespace = "flycut-" + ProcessHandle.current().pid();
  private final String link = "flycut" + Fork.number();
  private final Thread atExit = new Thread(this::remove);

  Cutoff() {
    Runtime.getRuntime().addShutdownHook(atExit);
    run("ip netns add " + namespace);
    run("ip link add " + link + " type veth peer name far netns " + namespace);
    run("ip addr add " + HERE + "/30 dev " + link);
    run("ip link set " + link + " up");
    run("ip -n " + namespace + " addr add " + THERE + "/30 dev far");
    run("ip -n " + namespace + " link set far up");
  }

  static boolean isPossible() {
    try {
      return Files.getOwner(Path.of("/proc/self")).getName().equals("root")
          && !run("ip netns list").contains("not supported");
    } catch (IOException | UncheckedIOException | AssertionError _) {
      return false;
    }
  }

  /** Starts a program of the tests' class path on that machine. */
  Process start(Class<?> program, String... arguments) throws IOException {
    var command = new ArrayList<String>();
    command.addAll(List.of("ip", "netns", "exec", namespace));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(program.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Pulls the cable: from now on nothing gets through, and nobody is told. */
  void pull() {
    run("ip -n " + namespace + " link set far down");
  }

  private static String run(String command) {
    try {
      Process process =
          new ProcessBuilder(command.split(" ", -1)).redirectErrorStream(true).start();
      process.getOutputStream().close();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(command + ": " + said);
      }
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void remove() {
    run("ip link del " + link);
    run("ip netns del " + namespace);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    remove();
  }
}
