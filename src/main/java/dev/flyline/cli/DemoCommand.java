package dev.flyline.cli;

import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.server.RouterConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Shows flyline at work on this machine: a nats-server, three apps that write, one or more routers.
 */
@Command(
    name = "demo",
    description = {
      "Shows flyline at work on this machine: starts a nats-server, lines of three imagined apps"
          + " and one or more routers, and prints where to look at them. Ctrl-C stops it all.",
      "Settings of the environment do not count here."
    })
final class DemoCommand implements Callable<Integer> {

  /** What conf/logback.xml asks for. That NATS is stopped too is no news here. */
  private static final String LOG_LEVEL = "flyline.log.level";

  private static final List<AppName> APPS =
      Stream.of("shop", "blog", "mailer").map(AppName::new).toList();
  private static final Duration FOR_EVER = Duration.ofDays(100);
  private static final Duration TOKEN_TTL = Duration.ofDays(1);
  private static final int MAX_PORT = 65_535;
  private static final int PORTS_TO_TRY = 100;
  private static final int MAX_ROUTERS = 9;
  private static final String CLUSTER_HOST = "127.0.0.1";
  private static final int CLUSTER_PORT = 5701;

  private final StopSignal stop;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "lines a second, of all apps together (default: ${DEFAULT-VALUE})")
  private int rate = 15;

  @Option(
      names = "--http-host",
      paramLabel = "HOST",
      description = "address to listen at (default: ${DEFAULT-VALUE})")
  private String host = "127.0.0.1";

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description =
          "port for viewers; the next free one if it is taken (default: ${DEFAULT-VALUE})")
  private int httpPort = 8080;

  @Option(
      names = "--ops-port",
      paramLabel = "PORT",
      description =
          "port for metrics; the next free one if it is taken (default: ${DEFAULT-VALUE})")
  private int opsPort = 9091;

  @Option(
      names = "--routers",
      paramLabel = "N",
      description =
          "routers, each on the next ports; several form a cluster (default: ${DEFAULT-VALUE})")
  private int routers = 1;

  DemoCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (System.getProperty(LOG_LEVEL) == null) { // before anything logs
      System.setProperty(LOG_LEVEL, "ERROR");
    }
    if (routers < 1 || routers > MAX_ROUTERS) {
      throw new ParameterException(
          spec.commandLine(), "--routers takes 1 to " + MAX_ROUTERS + ", not " + routers);
    }
    stop.listen(Duration.ofSeconds(20));
    try (var nats = NatsServer.start(System.getenv().getOrDefault("PATH", ""))) {
      var configs = settings(nats.url()).stream().map(RouterConfig::from).toList();
      try (var running = new Running();
          var publisher = NatsPublisher.connect(nats.url())) {
        configs.forEach(running::start);
        welcome(running.routers, token(configs.getFirst()));
        var lines = APPS.stream().map(app -> new FlyLines(app, 3, 0, app.hashCode())).toList();
        new GeneratedTraffic(lines, rate, publisher::publish).run(FOR_EVER, stop.asked(), _ -> {});
      }
    }
    return 0;
  }

  /** Routers that run; they stop in the order in which they started. */
  private static final class Running implements AutoCloseable {

    private final List<RunningRouter> routers = new ArrayList<>();

    void start(RouterConfig config) {
      routers.add(RunningRouter.start(config));
    }

    @Override
    public void close() {
      routers.forEach(RunningRouter::close);
    }
  }

  /** The settings of each router; all share the secrets, and none has a port of another. */
  private List<Settings> settings(String natsUrl) {
    Map<String, String> shared = new HashMap<>();
    shared.put("nats.url", natsUrl);
    shared.put("http.host", host);
    shared.put("ops.host", host);
    shared.put("drain", "1s");
    shared.put("auth.hmac.secret", secret());
    List<Integer> clusterPorts = routers == 1 ? List.of() : clusterPorts();
    if (routers > 1) {
      shared.putAll(clusterSettings(clusterPorts));
    }
    List<Settings> all = new ArrayList<>();
    int viewers = httpPort;
    int metrics = opsPort;
    for (int i = 0; i < routers; i++) {
      viewers = freePort("viewers", viewers);
      metrics = freePort("metrics", metrics);
      Map<String, String> own = new HashMap<>(shared);
      own.put("http.port", Integer.toString(viewers));
      own.put("ops.port", Integer.toString(metrics));
      if (routers > 1) {
        own.put("cluster.port", Integer.toString(clusterPorts.get(i)));
      }
      all.add(Settings.of(own));
      viewers = next(viewers);
      metrics = next(metrics);
    }
    return all;
  }

  private static Map<String, String> clusterSettings(List<Integer> ports) {
    return Map.of(
        "cluster",
        "static",
        "cluster.secret",
        secret(),
        "cluster.host",
        CLUSTER_HOST,
        "cluster.peers",
        ports.stream().map(port -> CLUSTER_HOST + ":" + port).collect(Collectors.joining(",")));
  }

  private static int next(int port) {
    return port == 0 ? 0 : port + 1;
  }

  private static String secret() {
    var secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return HexFormat.of().formatHex(secret);
  }

  /** A port for each router that is free, as is the one after it. */
  private List<Integer> clusterPorts() {
    List<Integer> ports =
        IntStream.range(0, PORTS_TO_TRY)
            .map(i -> CLUSTER_PORT + 2 * i)
            .filter(port -> isFree(CLUSTER_HOST, port) && isFree(CLUSTER_HOST, port + 1))
            .limit(routers)
            .boxed()
            .toList();
    if (ports.size() < routers) {
      throw new CommandFailure("no free ports for a cluster from " + CLUSTER_PORT + " on");
    }
    return ports;
  }

  private static String token(RouterConfig config) {
    return config.auth().signer(InstantSource.system()).orElseThrow().sign("demo", APPS, TOKEN_TTL);
  }

  private void welcome(List<RunningRouter> running, String token) {
    RunningRouter router = running.getFirst();
    String base = base(router);
    AppName app = APPS.getFirst();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%nThree apps are writing: %s. The page that shows their lines:%n%n", names());
    out.printf("  %s/#token=%s&app=%s%n%n", base, token, app);
    if (running.size() > 1) {
      out.printf("The same at the other routers of the cluster:%n%n");
      running.stream()
          .skip(1)
          .forEach(other -> out.printf("  %s/#token=%s&app=%s%n%n", base(other), token, app));
    }
    out.printf("One app's lines in a terminal:%n%n");
    out.printf("  curl -N -H 'Authorization: Bearer %s' %s/v1/apps/%s/logs%n%n", token, base, app);
    out.printf("Metrics: http://localhost:%d/metrics%n", router.opsPort());
    out.printf("Ctrl-C stops everything.%n");
    out.flush();
  }

  private static String base(RunningRouter router) {
    return "http://localhost:" + router.httpPort();
  }

  private static String names() {
    return String.join(", ", APPS.stream().map(AppName::value).toList());
  }

  /** The first port from {@code wanted} on that nobody listens at; 0 stays any. */
  private int freePort(String use, int wanted) {
    int end = Math.min(wanted + PORTS_TO_TRY, MAX_PORT + 1);
    int free =
        wanted == 0
            ? 0
            : IntStream.range(wanted, end)
                .filter(port -> isFree(host, port))
                .findFirst()
                .orElseThrow(() -> new CommandFailure("no free port from " + wanted + " on"));
    if (free != wanted) {
      spec.commandLine().getErr().printf("Port %d is taken; %s: %d.%n", wanted, use, free);
    }
    return free;
  }

  /** Whether we could listen, and {@code localhost} would not lead to somebody else. */
  private static boolean isFree(String host, int port) {
    try (var probe = new Socket()) { // never listens, so nobody who waits for the demo meets it
      probe.setReuseAddress(true); // as servers do: what ended just now is no obstacle
      probe.bind(new InetSocketAddress(InetAddress.getByName(host), port));
      return Stream.of(InetAddress.getAllByName("localhost"))
          .filter(address -> !address.getHostAddress().equals(host))
          .noneMatch(address -> answers(address, port));
    } catch (IOException _) {
      return false;
    }
  }

  private static boolean answers(InetAddress address, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1000);
      return true;
    } catch (IOException _) {
      return false;
    }
  }
}
