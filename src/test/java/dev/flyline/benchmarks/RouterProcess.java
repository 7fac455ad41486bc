package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** A router as operators run it: a process, and where viewers and operators find it. */
record RouterProcess(String name, Process process, InetSocketAddress http, InetSocketAddress ops) {

  /** Where the build leaves the distribution, from the project's folder. */
  private static final Path PROGRAM = Path.of("target", "flyline", "bin", "flyline");

  private static final String MANY = "1000000";
  private static final String BUS_BYTES = "flyline_peer_sent_bytes_total";
  private static final String UNHEARD = "flyline_cluster_unheard";
  private static final int CONNECT_MS = 1_000;
  private static final int ANSWER_MS = 5_000;

  /** Starts a router that reads from {@code nats}; {@code more} are settings over the usual. */
  static RouterProcess start(
      Processes processes, String name, InetSocketAddress nats, Map<String, String> more)
      throws IOException {
    InetSocketAddress http = Target.freeAddress();
    InetSocketAddress ops = Target.freeAddress();
    var settings = new HashMap<>(settings(nats, http, ops));
    settings.putAll(more);
    Process process =
        processes.start(name, List.of(PROGRAM.toAbsolutePath().toString(), "serve"), settings);
    return new RouterProcess(name, process, http, ops);
  }

  private static Map<String, String> settings(
      InetSocketAddress nats, InetSocketAddress http, InetSocketAddress ops) {
    var settings = new HashMap<String, String>();
    settings.put("FLYLINE_NATS_URL", "nats://127.0.0.1:" + nats.getPort());
    settings.put("FLYLINE_HTTP_HOST", "127.0.0.1");
    settings.put("FLYLINE_HTTP_PORT", Integer.toString(http.getPort()));
    settings.put("FLYLINE_OPS_HOST", "127.0.0.1");
    settings.put("FLYLINE_OPS_PORT", Integer.toString(ops.getPort()));
    settings.put("FLYLINE_AUTH_HMAC_SECRET", Token.SECRET);
    settings.put("FLYLINE_LIMIT_VIEWERS", MANY);
    settings.put("FLYLINE_LIMIT_PER_USER", MANY);
    settings.put("FLYLINE_LIMIT_PER_APP", MANY);
    settings.put("FLYLINE_LIMIT_CONNECTS_PER_ADDRESS", "0"); // any number
    settings.put("FLYLINE_LIMIT_STRANGERS_PER_ADDRESS", MANY);
    return settings;
  }

  void awaitReady(Processes processes) throws IOException, InterruptedException {
    Target.await(name, process, processes, this::isReady);
  }

  private boolean isReady() {
    try {
      return connect("/health/ready").getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException _) { // not yet
      return false;
    }
  }

  /** What operators get at {@code target}. */
  String get(String target) throws IOException {
    try (var body = connect(target).getInputStream()) {
      return new String(body.readAllBytes(), UTF_8);
    }
  }

  private HttpURLConnection connect(String target) throws IOException {
    URI uri = URI.create("http://127.0.0.1:" + ops.getPort() + target);
    var connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setConnectTimeout(CONNECT_MS);
    connection.setReadTimeout(ANSWER_MS);
    return connection;
  }

  /** What the process has used, and what it has handed to the bus for other routers. */
  Share share() throws IOException {
    Usage usage = Usage.of(process.pid()); // first: what follows is work, too
    return new Share(name, usage, metric(BUS_BYTES));
  }

  /** How many other routers do not answer this one over the bus. */
  long unheard() throws IOException {
    return metric(UNHEARD);
  }

  private long metric(String metric) throws IOException {
    return get("/metrics")
        .lines()
        .filter(line -> line.startsWith(metric + ' '))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(metric.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new IOException(name + " does not tell " + metric));
  }

  /** How the viewers of a load open their streams here; {@code names} are those of its apps. */
  Handshake handshake(IntFunction<String> names, Wish wish, Format format) {
    return new Handshake(
        http,
        format.isWebSocket(),
        (viewer, app) -> "/v1/apps/" + names.apply(app) + "/logs?" + wish.query(viewer),
        (viewer, app) ->
            "Authorization: Bearer "
                + Token.of("user" + viewer, names.apply(app))
                + "\r\n"
                + format.headers(),
        (_, _) -> List.of());
  }
}
