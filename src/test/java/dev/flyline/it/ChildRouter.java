package dev.flyline.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A router in a process of its own, with the heap of a small machine, as strangers meet it. */
final class ChildRouter implements AutoCloseable {

  private static final String HOST = "127.0.0.1";
  private static final Duration START = Duration.ofSeconds(60);

  private final int httpPort = FreePorts.one(HOST);
  private final int opsPort = FreePorts.one(HOST);
  private final Path log;
  private final Process process;

  private ChildRouter(Path folder, String nats, List<String> flags, Map<String, String> settings)
      throws IOException {
    this.log = folder.resolve("router.log");
    this.process = launch(nats, flags, settings);
  }

  /** Starts one with these flags of the JVM and variables, and waits until it is ready. */
  static ChildRouter start(
      Path folder, TestNats nats, List<String> flags, Map<String, String> settings)
      throws IOException {
    var router = new ChildRouter(folder, nats.url(), flags, settings);
    router.awaitReady();
    return router;
  }

  private Process launch(String nats, List<String> flags, Map<String, String> settings)
      throws IOException {
    var command = new ArrayList<String>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(
        List.of(
            "-XX:+UseG1GC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.allocator.type=pooled",
            "-Dvertx.disableDnsResolver=true",
            "-Dlogback.configurationFile=conf/logback.xml",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.flyline.cli.Main",
            "serve"));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("FLY"));
    var all = new HashMap<String, String>();
    all.put("FLYLINE_NATS_URL", nats);
    all.put("FLYLINE_HTTP_HOST", HOST);
    all.put("FLYLINE_HTTP_PORT", Integer.toString(httpPort));
    all.put("FLYLINE_OPS_HOST", HOST);
    all.put("FLYLINE_OPS_PORT", Integer.toString(opsPort));
    all.put("FLYLINE_AUTH_HMAC_SECRET", Tokens.SECRET);
    all.put("FLYLINE_LIMIT_PER_USER", "10000");
    all.put("FLYLINE_LIMIT_PER_APP", "10000");
    all.put("FLYLINE_LIMIT_CONNECTS_PER_ADDRESS", "0");
    all.putAll(settings);
    builder.environment().putAll(all);
    Process started = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    return started;
  }

  private void awaitReady() {
    var deadline = Deadline.in(START);
    while (!isReady()) {
      if (!isAlive() || deadline.passed()) {
        throw new AssertionError("the router did not start:\n" + log());
      }
      Thread.onSpinWait();
    }
  }

  private boolean isReady() {
    try {
      return get(opsPort, "/health/ready").status() == 200;
    } catch (IOException | UncheckedIOException _) {
      return false; // not yet
    }
  }

  int httpPort() {
    return httpPort;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has logged. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The answer of the viewers' port to a plain request. */
  HttpAnswer get(String target) throws IOException {
    return get(httpPort, target);
  }

  /** The sum of a metric over its labels. */
  double metric(String name) throws IOException {
    return get(opsPort, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith(name + ' ') || line.startsWith(name + '{'))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  private static HttpAnswer get(int port, String target) throws IOException {
    try (Wire wire = Wire.connect(port)) {
      wire.send(Ask.plainGet(target).request());
      return HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
    }
  }

  /** The memory that the machine gives it now, what is not on the heap included. */
  long residentBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
        .findFirst()
        .orElseThrow();
  }

  /** The processor time used so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  @Override
  public void close() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
