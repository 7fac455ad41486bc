package dev.flyline.it.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flyline.it.SideBySide;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tests' network does to packets what it is told to do, and nothing else. */
@Timeout(300)
@SideBySide
final class LabIT {

  private static final int PORT = 5702; // where a bus would be
  private static final int NO_NATS = 4222;

  private final List<Process> started = new ArrayList<>();

  @AfterEach
  void stop() {
    started.forEach(Process::destroyForcibly);
  }

  @Test
  void network_delaysCutsHealsAndResets() throws IOException {
    assumeTrue(Lab.isPossible(), "needs root on Linux, for network namespaces");
    try (var lab = Lab.of(2, NO_NATS)) {
      Site server = lab.sites().get(0);
      awaitWord(start(server, "server", server.clusterHost()), "serves");
      BufferedReader client = start(lab.sites().get(1), "client", server.clusterHost());
      awaitWord(client, "connected");
      awaitWord(client, "back after 0");

      lab.delay(Duration.ofMillis(100));
      assertThat(awaitRoundTrip(client, 150)).isGreaterThanOrEqualTo(200L);
      lab.heal();
      awaitWord(client, "back after 0");

      assertThat(lab.resetBus(0, 1)).isEqualTo(1);
      awaitWord(client, "reset");
      awaitWord(client, "connected");
      awaitWord(client, "back after 0");

      lab.cutOff(0);
      awaitWord(client, "silence");
      awaitWord(client, "silence"); // which was an attempt to connect
      lab.heal();
      awaitWord(client, "connected");
      awaitWord(client, "back after 0");
    }
  }

  private BufferedReader start(Site site, String role, String host) throws IOException {
    Process process =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                site.namespace().orElseThrow(),
                RouterProcess.javaHome("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                EchoProgram.class.getName(),
                role,
                host,
                Integer.toString(PORT))
            .redirectErrorStream(true)
            .start();
    started.add(process);
    return process.inputReader();
  }

  /** Passes over all that is said before {@code word}. */
  private static void awaitWord(BufferedReader from, String word) throws IOException {
    String said = from.readLine();
    while (said != null && !said.equals(word)) {
      said = from.readLine();
    }
    assertThat(said).isEqualTo(word);
  }

  /** The next round trip of at least so many milliseconds. */
  private static long awaitRoundTrip(BufferedReader from, long leastMs) throws IOException {
    while (true) {
      String said = from.readLine();
      assertThat(said).startsWith("back after ");
      long ms = Long.parseLong(said.substring("back after ".length()));
      if (ms >= leastMs) {
        return ms;
      }
    }
  }
}
