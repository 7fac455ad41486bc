package dev.flyline.benchmarks;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A router, and a nats-server of its own that brings it the lines. */
record FlylineTarget(
    Processes processes, NatsTarget upstream, Process measured, InetSocketAddress http)
    implements Target {

  private static final String NAME = "flyline";

  /** Where the build leaves the distribution, from the project's folder. */
  private static final Path PROGRAM = Path.of("target", "flyline", "bin", "flyline");

  private static final String MANY = "1000000";

  static FlylineTarget start(Processes processes) throws IOException, InterruptedException {
    NatsTarget upstream = NatsTarget.start(processes);
    InetSocketAddress http = Target.freeAddress();
    InetSocketAddress ops = Target.freeAddress();
    Process process =
        processes.start(
            NAME,
            List.of(PROGRAM.toAbsolutePath().toString(), "serve"),
            settings(upstream.plain(), http, ops));
    URI ready = URI.create("http://127.0.0.1:" + ops.getPort() + "/health/ready");
    Target.await(NAME, process, processes, () -> answers(ready));
    return new FlylineTarget(processes, upstream, process, http);
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
    return settings;
  }

  private static boolean answers(URI ready) {
    try {
      var connection = (HttpURLConnection) ready.toURL().openConnection();
      connection.setConnectTimeout(1_000);
      connection.setReadTimeout(1_000);
      return connection.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (IOException _) { // not yet
      return false;
    }
  }

  @Override
  public Optional<Process> feeder() {
    return Optional.of(upstream.measured());
  }

  @Override
  public Optional<InetSocketAddress> nats() {
    return upstream.nats();
  }

  @Override
  public Handshake handshake() {
    return new Handshake(
        http,
        app -> "/v1/apps/" + Load.app(app) + "/logs?tail=0",
        app -> "Authorization: Bearer " + Token.of("bench", Load.app(app)) + "\r\n",
        _ -> List.of());
  }

  @Override
  public void close() {
    processes.end(measured);
    upstream.close();
  }
}
