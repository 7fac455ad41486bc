package dev.flyline.it.cluster;

import dev.flyline.it.Tokens;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A router as operators run it: a process, settings in its environment, one log. */
final class RouterProcess {

  private static final Duration READY = Duration.ofMinutes(2);
  private static final Duration END = Duration.ofSeconds(60);
  private static final int ANSWER_MS = 10_000;
  private static final int TAIL_LINES = 60;
  private static final Pattern HEAP_USED = Pattern.compile("heap .*used (\\d+)K");

  /**
   * What bin/flyline sets, but one compiler, which is sooner warm, and a heap for small machines.
   */
  private static final List<String> JVM_FLAGS =
      List.of(
          "-Xmx256m",
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseG1GC",
          "-XX:+UseCompactObjectHeaders",
          "-XX:+ExitOnOutOfMemoryError",
          "--enable-native-access=ALL-UNNAMED",
          "--sun-misc-unsafe-memory-access=allow",
          "-Dio.netty.allocator.type=pooled",
          "-Dvertx.disableDnsResolver=true",
          "-Djava.net.preferIPv6Addresses=true",
          "-Dsun.net.inetaddr.ttl=5",
          "-Dsun.net.inetaddr.negative.ttl=1",
          "-Dlogback.configurationFile=conf/logback.xml");

  private final Site site;
  private Map<String, String> settings;
  private final Path log;
  private Process process;

  /** Starts a router; {@code settings} by their variables, over the tests' own. */
  RouterProcess(Site site, Map<String, String> settings, Path folder) {
    this.site = site;
    this.settings = Map.copyOf(settings);
    this.log = folder.resolve(site.name() + ".log");
    this.process = launch();
  }

  private Process launch() {
    var builder =
        new ProcessBuilder(command())
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    builder.environment().keySet().removeIf(name -> name.startsWith("FLY"));
    builder.environment().putAll(ownSettings());
    builder.environment().putAll(settings);
    try {
      Process started = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<String> command() {
    var command = new ArrayList<String>();
    site.namespace().ifPresent(n -> command.addAll(List.of("ip", "netns", "exec", n)));
    command.add(javaHome("java"));
    command.addAll(JVM_FLAGS);
    command.addAll(List.of("-cp", classPath(), "dev.flyline.cli.Main", "serve"));
    return command;
  }

  static String javaHome(String program) {
    return Path.of(System.getProperty("java.home"), "bin", program).toString();
  }

  /** The built jar, which names those that it needs; before there is one, the tests' class path. */
  static String classPath() {
    String separator = System.getProperty("path.separator");
    List<String> entries =
        Stream.of(System.getProperty("java.class.path").split(separator))
            .filter(entry -> !entry.endsWith("test-classes"))
            .toList();
    return entries.stream()
        .filter(entry -> entry.endsWith("flyline.jar"))
        .findFirst()
        .orElseGet(() -> String.join(separator, entries));
  }

  private Map<String, String> ownSettings() {
    return Map.of(
        "FLY_REGION",
        site.region(),
        "FLYLINE_NATS_URL",
        site.natsUrl(),
        "FLYLINE_HTTP_HOST",
        site.host(),
        "FLYLINE_HTTP_PORT",
        Integer.toString(site.httpPort()),
        "FLYLINE_OPS_HOST",
        site.namespace().isPresent() ? "::" : site.host(),
        "FLYLINE_OPS_PORT",
        Integer.toString(site.opsPort()),
        "FLYLINE_AUTH_HMAC_SECRET",
        Tokens.SECRET,
        "FLYLINE_LIMIT_PER_USER",
        "100000",
        "FLYLINE_LIMIT_PER_APP",
        "100000",
        "FLYLINE_LIMIT_CONNECTS_PER_ADDRESS",
        "0");
  }

  Site site() {
    return site;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Starts the ended router again at the same addresses; it is ready when {@link #awaitReady}. */
  void restart() {
    if (process.isAlive()) {
      throw new IllegalStateException(site.name() + " still runs");
    }
    process = launch();
  }

  /** The same with some settings changed from now on, as after a deployment. */
  void restartWith(Map<String, String> changed) {
    var all = new HashMap<>(settings);
    all.putAll(changed);
    settings = Map.copyOf(all);
    restart();
  }

  /** Waits until the router says that it is ready. */
  void awaitReady() {
    Await.until(
        site.name() + " is ready",
        READY,
        () -> {
          if (!process.isAlive()) {
            throw new AssertionError(site.name() + " ended with " + process.exitValue());
          }
          return isReady();
        },
        () -> "its log:\n" + logTail());
  }

  private boolean isReady() {
    try {
      return connect("/health/ready").getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException _) {
      return false; // not yet
    }
  }

  private HttpURLConnection connect(String target) throws IOException {
    URI uri = URI.create("http://" + site.host() + ':' + site.opsPort() + target);
    var connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(ANSWER_MS);
    connection.setReadTimeout(ANSWER_MS);
    return connection;
  }

  /** What operators get at {@code target}. */
  String get(String target) throws IOException {
    HttpURLConnection connection = connect(target);
    try (var body = connection.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** What this router knows of the cluster. */
  ClusterView view() throws IOException {
    return ClusterView.parse(new JsonObject(cluster()));
  }

  /** Asked from the router's own machine, since it names apps to nobody else. */
  private String cluster() throws IOException {
    Optional<String> namespace = site.namespace();
    if (namespace.isEmpty()) {
      return get("/v1/cluster");
    }
    String url = "http://127.0.0.1:" + site.opsPort() + "/v1/cluster";
    String seconds = Integer.toString(ANSWER_MS / 1000);
    return Shell.answer(
        "ip", "netns", "exec", namespace.get(), "curl", "-sf", "--max-time", seconds, url);
  }

  /** The sum of a metric over its labels. */
  double metric(String name) {
    try {
      return get("/metrics")
          .lines()
          .filter(line -> line.startsWith(name + ' ') || line.startsWith(name + '{'))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
          .sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Bytes of live objects: what is in use after a collection. */
  long heapBytes() {
    String pid = Long.toString(process.pid());
    Shell.run(javaHome("jcmd"), pid, "GC.run");
    String told = Shell.run(javaHome("jcmd"), pid, "GC.heap_info");
    Matcher used = HEAP_USED.matcher(told);
    if (!used.find()) {
      throw new AssertionError("no heap in: " + told);
    }
    return Long.parseLong(used.group(1)) * 1024;
  }

  /** The processor time used so far. */
  Duration cpu() {
    return process.info().totalCpuDuration().orElseThrow();
  }

  /** Kills the process and returns when it is gone. */
  void kill9() {
    process.destroyForcibly();
    awaitEnd(END);
  }

  /** Asks the router to stop, as a platform does before it replaces a machine. */
  void terminate() {
    process.destroy();
  }

  void awaitEnd(Duration wait) {
    try {
      if (!process.waitFor(wait.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError(site.name() + " did not end within " + wait);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  int exitStatus() {
    return process.exitValue();
  }

  /** Stops the process as it stands: its sockets stay open and nothing answers. */
  void freeze() {
    signal("STOP");
  }

  void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    Shell.run("sh", "-c", "kill -" + name + ' ' + process.pid());
  }

  /** All that the router has logged, over restarts. */
  List<String> log() {
    try {
      return Files.readAllLines(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String logTail() {
    List<String> lines = log();
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}
