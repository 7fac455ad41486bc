package dev.flyline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import dev.flyline.it.FreePorts;
import dev.flyline.it.SideBySide;
import io.nats.client.Message;
import io.nats.client.Nats;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** The commands that run for a while, with a real nats-server. */
@Timeout(300)
@SideBySide
final class CommandsIT {

  private static final Pattern CURL =
      Pattern.compile("curl -N -H 'Authorization: Bearer (\\S+)' (http://localhost:\\d+/\\S+)\n");
  private static final Pattern PAGE =
      Pattern.compile("(http://localhost:\\d+/)#token=([\\w.-]+)&app=shop");

  private static final Pattern TWO_PAGES =
      Pattern.compile("(?s)" + PAGE + ".*other routers.*" + PAGE);
  private static final Pattern METRICS =
      Pattern.compile("Metrics: (http://localhost:\\d+/metrics)");

  @Test
  @SuppressWarnings("try") // closing a connection may be interrupted; then so is the test
  void generate_publishesItsLines() throws Exception {
    try (var nats = NatsServer.start(System.getenv("PATH"));
        var connection = Nats.connect(nats.url())) {
      var subscription = connection.subscribe("logs.>");
      connection.flush(Duration.ofSeconds(5));
      var err = new StringWriter();
      var line = Main.commandLine(Map.of(), new TestSignal());
      line.setErr(new PrintWriter(err, true));

      int status =
          line.execute(
              ("generate --nats " + nats.url() + " --app shop --app blog")
                  .concat(" --rate 1000 --size 300 --machines 2 --for 100ms")
                  .split(" "));

      assertThat(status).isZero();
      assertThat(err).hasToString("100 lines in all\n");
      var messages = new ArrayList<Message>();
      for (int i = 0; i < 100; i++) {
        messages.add(subscription.nextMessage(Duration.ofSeconds(5)));
      }
      assertThat(messages)
          .allSatisfy(
              message -> {
                assertThat(message.getSubject()).matches("logs\\.(shop|blog)\\.[a-z]{3}\\.\\w{14}");
                assertThat(message.getData()).hasSize(300);
                assertThat(new JsonObject(new String(message.getData(), StandardCharsets.UTF_8)))
                    .isNotEmpty();
              });
      assertThat(messages.stream().map(Message::getSubject).distinct()).hasSize(4);
    }
  }

  @Test
  void generate_withoutNats_saysSoInALineWithoutThePassword() throws Exception {
    int free = FreePorts.one("127.0.0.1");
    var err = new StringWriter();
    var line = Main.commandLine(Map.of(), new TestSignal());
    line.setErr(new PrintWriter(err, true));

    int status =
        line.execute(
            ("generate --app a --rate 1 --nats nats://me:hush@127.0.0.1:" + free).split(" "));

    assertThat(status).isEqualTo(1);
    assertThat(err)
        .hasToString("flyline: cannot connect to NATS at nats://127.0.0.1:" + free + "\n");
  }

  @Test
  void demo_showsLines_movesToFreePorts_andEndsWhenAsked() throws Exception {
    var signal = new TestSignal();
    var said = new Lines();
    var complained = new Lines();
    try (var taken = new ServerSocket(0)) {
      var line = Main.commandLine(Map.of(), signal);
      line.setOut(new PrintWriter(said, true));
      line.setErr(new PrintWriter(complained, true));
      var status =
          execute(
              line,
              said,
              "demo",
              "--http-port=" + taken.getLocalPort(),
              "--ops-port=0",
              "--rate=200");

      try {
        Matcher page = said.await(PAGE);
        Matcher curl = said.await(CURL);
        assertThat(complained.await(Pattern.compile("Port (\\d+) is taken")).group(1))
            .isEqualTo(Integer.toString(taken.getLocalPort()));
        assertThat(curl.group(1)).isEqualTo(page.group(2));
        assertThat(get(page.group(1), "")).contains("<!doctype html>");
        assertThat(threeLinesOf(curl.group(2), curl.group(1)))
            .allSatisfy(
                text -> assertThat(text).matches("20\\d\\d-\\S+Z [a-z]{3} \\w{14} \\w+ .*"));
      } finally {
        signal.asked().countDown();
      }
      assertThat(status.get()).isZero();
    }
  }

  @Test
  void demo_ofTwoRouters_isOneClusterWithASecret() throws Exception {
    var signal = new TestSignal();
    var said = new Lines();
    var line = Main.commandLine(Map.of(), signal);
    line.setOut(new PrintWriter(said, true));
    var status =
        execute(line, said, "demo", "--routers=2", "--http-port=0", "--ops-port=0", "--rate=200");

    try {
      Matcher pages = said.await(TWO_PAGES);
      String token = pages.group(2);
      for (String page : List.of(pages.group(1), pages.group(3))) {
        assertThat(threeLinesOf(page + "v1/apps/shop/logs", token)).hasSize(3);
      }
      String metrics = said.await(METRICS).group(1);
      assertThat(get(metrics, "")).contains("flyline_cluster_members 2");
    } finally {
      signal.asked().countDown();
    }
    assertThat(status.get()).isZero();
  }

  /** The platform starts again what ends with another status than 0. */
  @Test
  void serve_whoseClusterIsLost_stopsAndFails() throws Exception {
    String opsPort = Integer.toString(FreePorts.one("127.0.0.1"));
    int port = FreePorts.first("127.0.0.1", 2);
    String clusterPort = Integer.toString(port);
    var environment =
        Map.ofEntries(
            Map.entry("FLYLINE_AUTH_HMAC_SECRET", "a secret of 32 bytes and some more"),
            Map.entry("FLYLINE_NATS_URL", "nats://127.0.0.1:9"),
            Map.entry("FLYLINE_HTTP_PORT", Integer.toString(FreePorts.one("127.0.0.1"))),
            Map.entry("FLYLINE_OPS_PORT", opsPort),
            Map.entry("FLYLINE_DRAIN", "0s"),
            Map.entry("FLYLINE_CLUSTER", "static"),
            Map.entry("FLYLINE_CLUSTER_HOST", "127.0.0.1"),
            Map.entry("FLYLINE_CLUSTER_PORT", clusterPort),
            Map.entry("FLYLINE_CLUSTER_PEERS", "127.0.0.1:" + clusterPort),
            Map.entry("FLYLINE_CLUSTER_SECRET", "VGhpcyBpcyBubyBzZWNyZXQgYnV0IGEgdGVzdCdz"));
    var complained = new Lines();
    var line = Main.commandLine(environment, new TestSignal());
    line.setErr(new PrintWriter(complained, true));
    var status = execute(line, complained, "serve");
    awaitReady("http://127.0.0.1:" + opsPort);

    assertThat(Hazelcast.getAllHazelcastInstances())
        .filteredOn(one -> one.getCluster().getLocalMember().getSocketAddress().getPort() == port)
        .singleElement()
        .satisfies(instance -> instance.getLifecycleService().terminate());

    assertThat(status.get()).isEqualTo(1);
    complained.await(Pattern.compile("flyline: .* its cluster was lost\n"));
  }

  /** Runs a command on a thread of its own; whoever waits for {@code said} hears that it ended. */
  private static CompletableFuture<Integer> execute(
      CommandLine line, Lines said, String... arguments) {
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(
            () -> line.execute(arguments), command -> Thread.ofPlatform().daemon().start(command));
    var _ = status.whenComplete((_, _) -> said.end());
    return status;
  }

  private static void awaitReady(String url) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url + "/health/ready")).build();
    try (var client = HttpClient.newHttpClient()) {
      int status = 0;
      while (status != 200) { // as long as the test may take
        try {
          status = client.send(request, BodyHandlers.discarding()).statusCode();
        } catch (IOException _) {
          Thread.onSpinWait(); // not yet
        }
      }
    }
  }

  private static String get(String url, String token) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request(url, token), BodyHandlers.ofString()).body();
    }
  }

  private static List<String> threeLinesOf(String url, String token) throws Exception {
    try (var client = HttpClient.newHttpClient()) {
      var response = client.send(request(url, token), BodyHandlers.ofLines());
      try (var lines = response.body()) {
        return lines.filter(text -> !text.endsWith(" ")).limit(3).toList();
      } finally {
        client.shutdownNow();
      }
    }
  }

  private static HttpRequest request(String url, String token) {
    return HttpRequest.newBuilder(URI.create(url))
        .header("Authorization", "Bearer " + token)
        .build();
  }

  /** A stop that the test asks for. */
  private static final class TestSignal implements StopSignal {

    private final CountDownLatch asked = new CountDownLatch(1);

    @Override
    public void listen(Duration patience) {}

    @Override
    public CountDownLatch asked() {
      return asked;
    }
  }

  /** What a command says, in the pieces in which it says it. */
  private static final class Lines extends Writer {

    private static final String END = "end";

    private final BlockingQueue<String> pieces = new LinkedBlockingQueue<>();
    private final StringBuilder all = new StringBuilder();

    Matcher await(Pattern pattern) throws InterruptedException {
      Matcher matcher = pattern.matcher(all.toString());
      while (!matcher.find()) {
        String piece = pieces.take();
        assertThat(piece).as("the command has ended; it said: %s", all).isNotSameAs(END);
        all.append(piece);
        matcher = pattern.matcher(all.toString());
      }
      return matcher;
    }

    void end() {
      pieces.add(END);
    }

    @Override
    public void write(char[] buffer, int offset, int length) {
      pieces.add(new String(buffer, offset, length));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
