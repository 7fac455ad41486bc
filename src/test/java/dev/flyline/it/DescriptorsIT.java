package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A router that may open few files, while viewers and strangers take all that they get. */
@Timeout(300)
@SideBySide
final class DescriptorsIT {

  private static final int ULIMIT = 300;
  private static final int STREAMS = 400;

  @TempDir private Path folder;

  @Test
  void allDescriptorsTaken_healthStillAnswersAndNatsComesBack() throws Exception {
    int http = FreePorts.one("127.0.0.1");
    int ops = FreePorts.one("127.0.0.1");
    var wires = new ArrayList<Wire>();
    try (TestNats nats = TestNats.start()) {
      Process router = start(nats.url(), http, ops);
      try {
        await(router, ops);
        // With a good token each, so that nobody is crowded out by the next.
        String ask =
            Ask.app("busy", Transport.SSE).token(Tokens.of("busy")).with("tail", 0).request();
        // The classes of these tests are files, which cannot be opened later; a router has jars.
        for (int i = 0; i < 4; i++) {
          wires.add(Wire.connect(http));
          wires.getLast().send(ask);
          assertThat(isServed(wires.getLast(), Deadline.soon())).isTrue();
          assertThat(get(ops, "/metrics")).contains("flyline_connections");
        }
        wires.forEach(Wire::cut);
        wires.clear();
        for (int i = 0; i < STREAMS; i++) {
          wires.add(Wire.connect(http));
          trySend(wires.getLast(), ask);
        }
        var deadline = Deadline.in(Duration.ofMinutes(2));
        long served = wires.stream().filter(wire -> isServed(wire, deadline)).count();
        assertThat(served).isBetween(1L, (long) ULIMIT);
        for (int i = 0; i < 20; i++) {
          assertThat(get(ops, "/health/ready")).contains("200 OK");
          assertThat(get(ops, "/health/live")).contains("200 OK");
        }
        assertThat(get(ops, "/metrics"))
            .contains("flyline_connections_closed_total{cause=\"no_room\"}");
        nats.kill();
        nats.restart();
        awaitMetric(ops, "flyline_nats_reconnects_total 1");
        assertThat(Files.readString(log())).contains("ulimit -n is " + ULIMIT + ": ");
      } finally {
        wires.forEach(Wire::cut);
        router.destroyForcibly().waitFor();
      }
    }
  }

  private Path log() {
    return folder.resolve("router.log");
  }

  private Process start(String nats, int http, int ops) throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command =
        List.of(
            "sh",
            "-c",
            "ulimit -n " + ULIMIT + " && exec \"$0\" \"$@\"",
            java,
            "-Xmx128m",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dvertx.disableDnsResolver=true",
            "-Dlogback.configurationFile=conf/logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.flyline.cli.Main",
            "serve");
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log().toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FLY"));
    builder
        .environment()
        .putAll(
            Map.of(
                "FLYLINE_NATS_URL",
                nats,
                "FLYLINE_HTTP_HOST",
                "127.0.0.1",
                "FLYLINE_HTTP_PORT",
                Integer.toString(http),
                "FLYLINE_OPS_HOST",
                "127.0.0.1",
                "FLYLINE_OPS_PORT",
                Integer.toString(ops),
                "FLYLINE_AUTH_HMAC_SECRET",
                Tokens.SECRET,
                "FLYLINE_LIMIT_PER_USER",
                "10000",
                "FLYLINE_LIMIT_PER_APP",
                "10000"));
    Process started = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  private void await(Process router, int ops) throws IOException {
    String answer = "";
    while (!answer.contains("200 OK")) {
      assertThat(router.isAlive()).as("the router ended").isTrue();
      answer = tryGet(ops, "/health/ready");
    }
  }

  private static void awaitMetric(int ops, String sample) throws IOException {
    var deadline = Deadline.in(Duration.ofSeconds(40));
    while (get(ops, "/metrics").lines().noneMatch(line -> line.startsWith(sample))) {
      assertThat(deadline.passed()).as("never seen: " + sample).isFalse();
    }
  }

  private static String tryGet(int port, String target) {
    try {
      return get(port, target);
    } catch (IOException | UncheckedIOException _) {
      Thread.onSpinWait();
      return ""; // not yet
    }
  }

  /** The whole answer as it came. */
  private static String get(int port, String target) throws IOException {
    try (Wire wire = Wire.connect(port)) {
      wire.send(Ask.plainGet(target).request());
      HttpHead head = HttpHead.read(wire, Deadline.soon());
      String body = HttpAnswer.read(head, wire, Deadline.soon()).body();
      return head.status() + (head.status() == 200 ? " OK " : " ") + body;
    }
  }

  private static void trySend(Wire wire, String text) {
    try {
      wire.send(text);
    } catch (IOException _) {
      // closed at once, as those must be for whom there is no room
    }
  }

  private static boolean isServed(Wire wire, Deadline deadline) {
    try {
      return HttpHead.read(wire, deadline).status() == 200;
    } catch (IOException | AssertionError _) {
      return false;
    }
  }
}
