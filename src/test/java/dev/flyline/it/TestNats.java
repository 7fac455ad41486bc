package dev.flyline.it;

import io.nats.client.Connection;
import io.nats.client.ErrorListener;
import io.nats.client.Nats;
import io.nats.client.Options;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;

/** A real nats-server, the one on the PATH, on free ports of loopback; it can be killed. */
public final class TestNats implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final long POLL_NS = 5_000_000;

  /** What a client says of itself. */
  public record Login(String user, String password) {}

  private final Path home;
  private final Optional<Login> login;
  private final int port;
  private final int monitorPort;
  private Process process;
  private Optional<Connection> connection = Optional.empty();

  private TestNats(Path home, Optional<Login> login, int port, int monitorPort) {
    this.home = home;
    this.login = login;
    this.port = port;
    this.monitorPort = monitorPort;
    this.process = launch();
  }

  public static TestNats start() {
    return start("127.0.0.1", Optional.empty());
  }

  /** Starts a server that other network namespaces can reach at this machine's addresses. */
  public static TestNats startOnAllAddresses() {
    return start("0.0.0.0", Optional.empty());
  }

  /** Starts a server that knows one user only. */
  static TestNats start(Login login) {
    return start("127.0.0.1", Optional.of(login));
  }

  /** Starts a server with {@code config} beside what every one has. */
  static TestNats startWith(String config) {
    TestNats nats = prepare("127.0.0.1", Optional.empty());
    nats.configure(config);
    nats.kill();
    nats.restart();
    return nats;
  }

  /** The same, for a server whose users are in {@code config}; the test itself is {@code login}. */
  public static TestNats startWith(String config, Login login) {
    TestNats nats = prepare("127.0.0.1", Optional.empty(), Optional.of(login));
    nats.configure(config);
    nats.kill();
    nats.restart();
    return nats;
  }

  private static TestNats start(String listen, Optional<Login> login) {
    TestNats nats = prepare(listen, login);
    nats.awaitUp();
    return nats;
  }

  /** Makes a server and stops it: what its clients find is a closed port. */
  static TestNats down() {
    TestNats nats = start();
    nats.kill();
    return nats;
  }

  private static TestNats prepare(String listen, Optional<Login> login) {
    return prepare(listen, login, login);
  }

  private static TestNats prepare(String listen, Optional<Login> user, Optional<Login> login) {
    try {
      int port = FreePorts.first("127.0.0.1", 2); // the next one is for looking at it
      Path home = Files.createTempDirectory("flyline-nats");
      Files.writeString(home.resolve("nats.conf"), config(listen, port, port + 1, user));
      return new TestNats(home, login, port, port + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Gives the server {@code more} configuration; it takes it at its next start or reload. */
  void configure(String more) {
    try {
      String basic = config("127.0.0.1", port, monitorPort, Optional.empty());
      Files.writeString(home.resolve("nats.conf"), basic + more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lets the running server take {@code more} configuration in place of what it had. */
  public void reload(String more) {
    configure(more);
    signal("HUP");
  }

  /** Sends the server a signal: {@code USR2} lets it end as a lame duck. */
  void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String config(String listen, int port, int monitorPort, Optional<Login> login) {
    String config =
        """
        listen: "%s:%d"
        http: "127.0.0.1:%d"
        max_payload: 4MB
        max_pending: 256MB
        """
            .formatted(listen, port, monitorPort);
    return config
        + login
            .map(l -> "authorization { user: \"%s\", password: \"%s\" }\n")
            .map(text -> text.formatted(login.get().user(), login.get().password()))
            .orElse("");
  }

  private Process launch() {
    try {
      Process started =
          new ProcessBuilder("nats-server", "-c", home.resolve("nats.conf").toString())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("nats-server must be on the PATH", e);
    }
  }

  private Path log() {
    return home.resolve("nats.log");
  }

  private void awaitUp() {
    var deadline = Deadline.in(START);
    while (true) {
      try {
        if (get("/healthz").status() == 200) {
          return;
        }
      } catch (IOException | UncheckedIOException e) {
        if (deadline.passed() || !process.isAlive()) {
          throw new AssertionError("nats-server did not start: " + logged(), e);
        }
      }
      LockSupport.parkNanos(POLL_NS);
    }
  }

  private String logged() {
    try {
      return Files.readString(log());
    } catch (IOException e) {
      return e.toString();
    }
  }

  public String url() {
    return url("127.0.0.1");
  }

  /** The server's address as seen from where {@code host} leads here. */
  public String url(String host) {
    return "nats://" + host + ':' + port;
  }

  /** Publishes a line and waits until the server has it. */
  public void publish(String subject, String payload) {
    publish(subject, payload.getBytes(StandardCharsets.UTF_8));
  }

  public void publish(String subject, byte[] payload) {
    connection().publish(subject, payload);
    flush();
  }

  /** Publishes without waiting, for many lines; {@link #flush} follows. */
  public void send(String subject, byte[] payload) {
    connection().publish(subject, payload);
  }

  /** Waits until the server has all that was sent. */
  public void flush() {
    try {
      connection().flush(Deadline.SOON);
    } catch (TimeoutException | InterruptedException e) {
      throw new AssertionError("nats-server does not answer", e);
    }
  }

  /** A connection like any service's, made anew after a restart. */
  private synchronized Connection connection() {
    if (connection.filter(c -> c.getStatus() == Connection.Status.CONNECTED).isEmpty()) {
      var options =
          new Options.Builder().server(url()).noReconnect().errorListener(new ErrorListener() {});
      login.ifPresent(l -> options.userInfo(l.user(), l.password()));
      try {
        connection = Optional.of(Nats.connect(options.build()));
      } catch (IOException | InterruptedException e) {
        throw new AssertionError("cannot connect to nats-server", e);
      }
    }
    return connection.get();
  }

  int port() {
    return port;
  }

  /** The subjects that begin with {@code prefix} of all subscriptions, as the server counts. */
  public List<String> subscriptions(String prefix) {
    var subjects = new ArrayList<String>();
    try {
      JsonObject state = get("/connz?subs=1&limit=10000").json();
      for (Object connection : state.getJsonArray("connections", new JsonArray())) {
        var list = ((JsonObject) connection).getJsonArray("subscriptions_list", new JsonArray());
        list.stream()
            .map(String.class::cast)
            .filter(s -> s.startsWith(prefix))
            .forEach(subjects::add);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return subjects;
  }

  /** Waits until as many log subscriptions stand. */
  void awaitSubscriptions(int count) {
    awaitSubscriptions("logs.", count, Deadline.SOON);
  }

  void awaitSubscriptions(String prefix, int count, Duration wait) {
    var deadline = Deadline.in(wait);
    List<String> found = subscriptions(prefix);
    while (found.size() != count) {
      if (deadline.passed()) {
        throw new AssertionError(count + " subscriptions were expected, not " + found);
      }
      LockSupport.parkNanos(POLL_NS);
      found = subscriptions(prefix);
    }
  }

  /** Waits until the app is read. */
  void awaitReader(String app) {
    awaitSubscriptions("logs." + app + ".", 1, Deadline.SOON);
  }

  /** How many connections the server has taken since it was started. */
  long connectionsTaken() {
    try {
      return get("/varz").json().getLong("total_connections");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpAnswer get(String target) throws IOException {
    try (var wire = Wire.connect(monitorPort)) {
      wire.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      return HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon());
    }
  }

  /** Kills the server as {@code kill -9} does. */
  void kill() {
    try {
      if (!process.destroyForcibly().waitFor(Deadline.SOON.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("nats-server does not die");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Starts the killed server again, at the same address. */
  void restart() {
    process = launch();
    awaitUp();
  }

  @Override
  public void close() {
    connection.ifPresent(TestNats::close);
    kill();
    try (var files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
