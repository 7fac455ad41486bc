package dev.flyline.cli;

import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.server.RouterConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows flyline at work on this machine: a nats-server, three apps that write, one router. */
@Command(
    name = "demo",
    description = {
      "Shows flyline at work on this machine: starts a nats-server, lines of three imagined apps"
          + " and a router, and prints where to look at them. Ctrl-C stops it all.",
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

  DemoCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (System.getProperty(LOG_LEVEL) == null) { // before anything logs
      System.setProperty(LOG_LEVEL, "ERROR");
    }
    stop.listen(Duration.ofSeconds(20));
    try (var nats = NatsServer.start(System.getenv().getOrDefault("PATH", ""))) {
      var config = RouterConfig.from(settings(nats.url()));
      try (var router = RunningRouter.start(config);
          var publisher = NatsPublisher.connect(nats.url())) {
        welcome(router, token(config));
        var lines = APPS.stream().map(app -> new FlyLines(app, 3, 0, app.hashCode())).toList();
        new Traffic(lines, rate, publisher::publish).run(FOR_EVER, stop.asked(), _ -> {});
      }
    }
    return 0;
  }

  private Settings settings(String natsUrl) {
    var secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    return Settings.of(
        Map.of(
            "nats.url",
            natsUrl,
            "http.host",
            host,
            "http.port",
            Integer.toString(freePort("viewers", httpPort)),
            "ops.host",
            host,
            "ops.port",
            Integer.toString(freePort("metrics", opsPort)),
            "drain",
            "1s",
            "auth.hmac.secret",
            HexFormat.of().formatHex(secret)));
  }

  private static String token(RouterConfig config) {
    return config.auth().signer(InstantSource.system()).orElseThrow().sign("demo", APPS, TOKEN_TTL);
  }

  private void welcome(RunningRouter router, String token) {
    String base = "http://localhost:" + router.httpPort();
    AppName app = APPS.getFirst();
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%nThree apps are writing: %s. The page that shows their lines:%n%n", names());
    out.printf("  %s/#token=%s&app=%s%n%n", base, token, app);
    out.printf("One app's lines in a terminal:%n%n");
    out.printf("  curl -N -H 'Authorization: Bearer %s' %s/v1/apps/%s/logs%n%n", token, base, app);
    out.printf("Metrics: http://localhost:%d/metrics%n", router.opsPort());
    out.printf("Ctrl-C stops everything.%n");
    out.flush();
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
                .filter(this::isFree)
                .findFirst()
                .orElseThrow(() -> new CommandFailure("no free port from " + wanted + " on"));
    if (free != wanted) {
      spec.commandLine().getErr().printf("Port %d is taken; %s: %d.%n", wanted, use, free);
    }
    return free;
  }

  /** Whether we could listen, and {@code localhost} would not lead to somebody else. */
  private boolean isFree(int port) {
    try (var _ = new ServerSocket(port, 1, InetAddress.getByName(host))) {
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
