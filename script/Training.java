import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The training run of script/aot: starts a router that writes down what it loads and compiles, has
 * it do for some seconds what routers do (read lines from NATS, check tokens, serve viewers in
 * every form; then share many apps with a second router), and stops it. The NATS server is a few
 * lines below, so that a build needs none.
 *
 * <p>usage: java script/Training.java BIN_FLYLINE CACHE
 */
final class Training {

  private static final String SECRET = "only-for-the-training-run-0123456789";
  private static final String APP = "training";
  private static final int ROUNDS = 8;
  private static final int LINES_OF_ROUND = 400;
  private static final int STORM = 6_000;
  private static final int SHARED_APPS = 50; // with the other router; each owns and stands by
  private static final int SHARED_LINES_OF_VIEWER = 1_200;
  private static final int SHARED_LINES_PER_SECOND = 100; // of each app
  private static final long START_NS = TimeUnit.SECONDS.toNanos(60);
  private static final int STOP_SECONDS = 120;
  private static final int FIRST_PORT = 10_000;
  private static final int END_PORT = 32_000;
  private static final int PORT_TRIES = 100;
  private static final String LINE =
      """
      {"event":{"provider":"app"},"fly":{"app":{"instance":"d896d7c609dd68","name":"training"},\
      "region":"dfw"},"host":"1234","log":{"level":"info"},"message":"line %d of the training run",\
      "timestamp":"2026-11-20T12:00:00.123456789Z"}\
      """;

  private static final List<String> VIEWERS =
      List.of(
          "logs?tail=100|Upgrade: websocket",
          "logs?tail=100|Upgrade: websocket\r\nSec-WebSocket-Protocol: flyline.v1",
          "logs?tail=0|Upgrade: websocket",
          "logs|Accept: text/event-stream",
          "logs?region=dfw|Accept: application/x-ndjson",
          "logs?tail=10|Accept: text/plain");

  private static final List<String> PATHS =
      List.of("/", "/v1/apps", "/health/ready", "/health/live", "/v1/apps/none-such/logs", "/none");

  private Training() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    Path program = Path.of(args[0]).toAbsolutePath();
    Path cache = Path.of(args[1]).toAbsolutePath();
    try (var nats = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
      Thread.ofPlatform().daemon().start(() -> serveNats(nats));
      var ports = List.of(freePort(), freePort());
      String peers = "127.0.0.1:" + ports.get(0) + ",127.0.0.1:" + ports.get(1);
      Trained router =
          start(program, cache, List.of("-XX:AOTCacheOutput=" + cache), nats, ports.get(0), peers);
      Trained other = null;
      try {
        router.awaitReady();
        train(router.http, token(program, List.of(APP)));
        other = start(program, cache, List.of("-XX:AOTMode=off"), nats, ports.get(1), peers);
        other.awaitReady();
        router.awaitMembers(2);
        share(router.http, token(program, sharedApps()));
        router.process.destroy(); // in order, so that the JVM goes on to make the cache
        if (!router.process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || !Files.exists(cache)) {
          throw new IOException("the JVM has made no cache");
        }
      } finally {
        router.process.destroyForcibly();
        if (other != null) {
          other.process.destroyForcibly();
        }
      }
    }
  }

  // ---- the router ----

  /** A router that runs, and where it answers. */
  private record Trained(Process process, int http, int ops) {

    void awaitReady() throws IOException, InterruptedException {
      await("start", () -> get(http, "/health/ready", "").contains(" 200 "));
    }

    void awaitMembers(int count) throws IOException, InterruptedException {
      String each = "\"address\"";
      await(
          "find the other",
          () -> get(ops, "/v1/cluster", "").split(each, -1).length - 1 == count);
    }

    private void await(String what, Condition holds) throws IOException, InterruptedException {
      long startNs = System.nanoTime();
      while (!isSo(holds)) {
        if (!process.isAlive() || System.nanoTime() - startNs > START_NS) {
          throw new IOException("the router did not " + what);
        }
        Thread.sleep(50);
      }
    }

    private static boolean isSo(Condition holds) {
      try {
        return holds.test();
      } catch (IOException _) { // not yet
        return false;
      }
    }
  }

  @FunctionalInterface
  private interface Condition {
    boolean test() throws IOException;
  }

  /** Starts a router with these flags of the JVM; both write to one log. */
  private static Trained start(
      Path program, Path cache, List<String> flags, ServerSocket nats, int port, String peers)
      throws IOException {
    var builder = new ProcessBuilder(program.toString(), "serve");
    Map<String, String> env = builder.environment();
    env.keySet().removeIf(name -> name.startsWith("FLYLINE_"));
    int http = freePort();
    int ops = freePort();
    env.putAll(settings(nats.getLocalPort(), http, ops, port, peers));
    env.put("JAVA_OPTS", String.join(" ", flags));
    Path log = cache.resolveSibling(cache.getFileName() + ".log");
    builder.redirectErrorStream(true).redirectOutput(Redirect.appendTo(log.toFile()));
    return new Trained(builder.start(), http, ops);
  }

  /** In a cluster, so that what a cluster needs is in the cache, too. */
  private static Map<String, String> settings(
      int nats, int http, int ops, int cluster, String peers) {
    var settings = new HashMap<String, String>();
    settings.put("FLYLINE_NATS_URL", "nats://127.0.0.1:" + nats);
    settings.put("FLYLINE_HTTP_HOST", "127.0.0.1");
    settings.put("FLYLINE_HTTP_PORT", Integer.toString(http));
    settings.put("FLYLINE_OPS_HOST", "127.0.0.1");
    settings.put("FLYLINE_OPS_PORT", Integer.toString(ops));
    settings.put("FLYLINE_AUTH_HMAC_SECRET", SECRET);
    settings.put("FLYLINE_LIMIT_PER_USER", "100");
    settings.put("FLYLINE_LIMIT_CONNECTS_PER_ADDRESS", "0"); // any number
    settings.put("FLYLINE_DRAIN", "0s");
    settings.put("FLYLINE_CLUSTER", "static");
    settings.put("FLYLINE_CLUSTER_HOST", "127.0.0.1");
    settings.put("FLYLINE_CLUSTER_PORT", Integer.toString(cluster));
    settings.put("FLYLINE_CLUSTER_PEERS", peers);
    settings.put("FLYLINE_CLUSTER_SECRET", "VGhpcyBpcyBubyBzZWNyZXQgYnV0IGEgdHJhaW5pbmcncw");
    return settings;
  }

  /**
   * A port that is free and so is the next, which is the bus's. Not one of the kernel's choice: of
   * its range, which begins at 32768 or later, a connection may take it before the router does.
   */
  private static int freePort() throws IOException {
    for (int i = 0; i < PORT_TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, END_PORT);
      if (isFree(port) && isFree(port + 1)) {
        return port;
      }
    }
    throw new IOException("no free port between " + FIRST_PORT + " and " + END_PORT);
  }

  private static boolean isFree(int port) {
    try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) { // somebody listens there
      return false;
    }
  }

  private static String token(Path program, List<String> apps) throws IOException {
    var command = new ArrayList<>(List.of(program.toString(), "token", "--sub", "user"));
    apps.forEach(app -> command.addAll(List.of("--app", app)));
    var builder = new ProcessBuilder(command);
    builder.environment().put("FLYLINE_AUTH_HMAC_SECRET", SECRET);
    builder.redirectError(Redirect.INHERIT);
    try (BufferedReader out = builder.start().inputReader()) {
      return out.readLine();
    }
  }

  // ---- what it does ----

  /** Viewers come, read for a while, and go; again and again, so that code becomes hot. */
  private static void train(int port, String token) throws IOException {
    String bearer = "Authorization: Bearer " + token;
    for (int round = 0; round < ROUNDS; round++) {
      var viewers = new ArrayList<Socket>();
      for (String viewer : VIEWERS) {
        String[] parts = viewer.split("\\|", 2);
        viewers.add(view(port, APP, parts[0], bearer + "\r\n" + parts[1]));
      }
      for (Socket viewer : viewers) {
        read(viewer, 100);
        viewer.close();
      }
      for (String path : PATHS) {
        get(port, path, bearer);
      }
      get(port, "/v1/apps/" + APP + "/logs?follow=false", "Authorization: Bearer wrong");
    }
    storm(port, bearer);
  }

  /**
   * As when another router has gone: all its viewers come to one that has just been started. What
   * is known to be hot from here need not be found out there, while they wait.
   */
  private static void storm(int port, String bearer) throws IOException {
    for (int i = 0; i < STORM; i++) {
      String[] parts = VIEWERS.get(i % VIEWERS.size()).split("\\|", 2);
      try (Socket socket = view(port, APP, parts[0], bearer + "\r\n" + parts[1])) {
        read(socket, 0);
      }
    }
  }

  /** As in any cluster: one router owns an app, the other stands by, and both have viewers. */
  private static void share(int port, String token) throws IOException {
    String bearer = "Authorization: Bearer " + token + "\r\n";
    var viewers = new ArrayList<Socket>();
    List<String> apps = sharedApps();
    for (int i = 0; i < apps.size(); i++) {
      String[] parts = VIEWERS.get(i % 2).split("\\|", 2);
      viewers.add(view(port, apps.get(i), parts[0], bearer + parts[1]));
    }
    for (Socket viewer : viewers) { // what is not read yet waits in the sockets' buffers
      read(viewer, SHARED_LINES_OF_VIEWER);
    }
    for (Socket viewer : viewers) {
      viewer.close();
    }
  }

  private static List<String> sharedApps() {
    return IntStream.range(0, SHARED_APPS).mapToObj(i -> "shared-" + i).toList();
  }

  private static Socket view(int port, String app, String query, String headers)
      throws IOException {
    String upgrade =
        headers.contains("websocket")
            ? "\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
                + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
            : "";
    return ask(port, "/v1/apps/" + app + "/" + query, headers + upgrade);
  }

  private static Socket ask(int port, String path, String headers) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(20_000);
    String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(US_ASCII));
    return socket;
  }

  private static String get(int port, String path, String headers) throws IOException {
    try (Socket socket =
        ask(port, path, headers + (headers.isEmpty() ? "" : "\r\n") + "Connection: close")) {
      return new String(socket.getInputStream().readAllBytes(), US_ASCII);
    }
  }

  /** Reads until some lines have come; what has come, for none. */
  private static void read(Socket viewer, int lines) throws IOException {
    var reader = new BufferedReader(new InputStreamReader(viewer.getInputStream(), US_ASCII));
    char[] buffer = new char[8192];
    int seen = 0;
    for (int n = reader.read(buffer); n >= 0 && seen < lines; n = reader.read(buffer)) {
      seen += new String(buffer, 0, n).split("of the training run", -1).length - 1;
    }
  }

  // ---- NATS ----

  private static void serveNats(ServerSocket listener) {
    try {
      while (true) {
        Socket client = listener.accept();
        Thread.ofPlatform().daemon().start(() -> serve(client));
      }
    } catch (IOException _) {
      // closed: the training is over
    }
  }

  private static void serve(Socket client) {
    try (client) {
      OutputStream out = client.getOutputStream();
      send(
          out,
          "INFO {\"server_id\":\"T\",\"version\":\"2.10.0\",\"proto\":1,\"headers\":true,\"max_payload\":1048576}");
      BufferedReader in =
          new BufferedReader(new InputStreamReader(client.getInputStream(), US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
          case "PING" -> send(out, "PONG");
          case "SUB" -> Thread.ofPlatform().daemon().start(() -> publish(out, words));
          default -> {} // CONNECT, PONG, UNSUB: the lines go on, and are thrown away over there
        }
      }
    } catch (IOException _) {
      // the router is gone
    }
  }

  /** Sends lines for a subscription until the connection ends. */
  private static void publish(OutputStream out, String[] sub) {
    String app = sub[1].split("\\.", -1)[1];
    int perSecond = app.equals(APP) ? LINES_OF_ROUND : SHARED_LINES_PER_SECOND;
    String announced = "MSG logs." + app + ".dfw.d896d7c609dd68 " + sub[sub.length - 1] + " ";
    try {
      for (int i = 0; ; i++) {
        String line = LINE.formatted(i);
        send(out, announced + line.length() + "\r\n" + line);
        if (i % 4 == 0) {
          Thread.sleep(1_000 / perSecond * 4 + 1);
        }
      }
    } catch (IOException _) {
      // the router is gone
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    synchronized (out) {
      out.write((text + "\r\n").getBytes(US_ASCII));
    }
  }
}
