package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What operators and load balancers see, and what they must not see. */
@Timeout(300)
final class OpsIT {

  @RegisterExtension private static final RouterKit kit = new RouterKit();

  @Test
  void health_isOnBothPorts() {
    assertThat(kit.router().ops("/health/live").status()).isEqualTo(200);
    assertThat(kit.router().ops("/health/ready").status()).isEqualTo(200);
    assertThat(kit.router().answer(Ask.plainGet("/health/live")).status()).isEqualTo(200);
    assertThat(kit.router().answer(Ask.plainGet("/health/ready")).status()).isEqualTo(200);
  }

  @Test
  void metrics_areForOperatorsAlone() {
    assertThat(kit.router().ops("/metrics").header("content-type").orElseThrow())
        .startsWith("text/plain");
    assertThat(kit.router().answer(Ask.plainGet("/metrics")).status()).isEqualTo(404);
    assertThat(kit.router().ops("/v1/apps/shop/logs").status()).isEqualTo(404);
  }

  @Test
  void metrics_nameNoAppUserOrToken() {
    String app = "tenant-with-a-name";
    String token = Tokens.user("somebody", app);
    try (LogClient client =
        kit.router().live(Ask.app(app, Transport.FLYLINE_V1).token(token), app)) {
      Lines.publish(kit.nats(), app, 1, 5);
      client.messages(5);
      kit.router().answer(Ask.app("another", Transport.TEXT).token(token));
      kit.router().answer(Ask.app(app, Transport.TEXT).token(token + "x"));

      assertThat(kit.router().ops("/metrics").body())
          .doesNotContain(app, "another", "somebody", token);
    }
  }

  @Test
  void metrics_countViewersAndAppsThatAreThere() {
    try (LogClient _ = kit.router().live("counted", Transport.FLYLINE_V1);
        LogClient _ = kit.router().live("counted", Transport.SSE)) {
      assertThat(kit.router().ops("/metrics").body().lines())
          .filteredOn(line -> line.startsWith("flyline_viewers{"))
          .anyMatch(line -> line.endsWith(" 1.0"));
      assertThat(kit.router().metric("flyline_nats_subscriptions"))
          .isEqualTo(kit.nats().subscriptions("logs.").size());
    }
  }

  @Test
  void cluster_namesAppsToThisMachineAlone() throws Exception {
    try (LogClient _ = kit.router().live("tenant-of-the-cluster", Transport.SSE)) {
      Ask local = Ask.plainGet("/v1/cluster");
      assertThat(cluster("127.0.0.1", local)).contains("tenant-of-the-cluster");
      for (String header : List.of("X-Forwarded-For: 127.0.0.1", "Fly-Client-IP: ::1")) {
        assertCounts(cluster("127.0.0.1", local.header(header)));
      }
      // A page in a browser on this machine, whose name its owner has pointed here.
      String rebound = local.request().replace("Host: localhost", "Host: evil.example");
      assertCounts(cluster("127.0.0.1", rebound));
    }
  }

  /** Tried where the machine has an address besides the loopback's. */
  @Test
  void cluster_namesNoAppToAnotherAddress() throws Exception {
    Optional<InetAddress> other =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
            .findFirst();
    assumeTrue(other.isPresent());
    try (TestRouter open = TestRouter.start(kit.nats(), Map.of("ops.host", "::"));
        LogClient _ = open.live("tenant-from-elsewhere", Transport.SSE)) {
      var address = new InetSocketAddress(other.get(), open.opsPort());
      try (Wire wire = Wire.connect(address, 0, Deadline.soon())) {
        wire.send(Ask.plainGet("/v1/cluster").request());
        assertCounts(body(wire));
      }
    }
  }

  private static String cluster(String host, Ask ask) throws IOException {
    return cluster(host, ask.request());
  }

  private static String cluster(String host, String request) throws IOException {
    var address = new InetSocketAddress(InetAddress.ofLiteral(host), kit.router().opsPort());
    try (Wire wire = Wire.connect(address, 0, Deadline.soon())) {
      wire.send(request);
      return body(wire);
    }
  }

  private static String body(Wire wire) throws IOException {
    return HttpAnswer.read(HttpHead.read(wire, Deadline.soon()), wire, Deadline.soon()).body();
  }

  private static void assertCounts(String body) {
    assertThat(body).doesNotContain("tenant");
    assertThat(new JsonObject(body).getJsonObject("apps").getInteger("owner")).isPositive();
  }

  @Test
  void ready_saysMoreToOperators() {
    assertThat(kit.router().ops("/health/ready").body()).contains("nats", "connected");
    assertThat(kit.router().answer(Ask.plainGet("/health/ready")).body())
        .isEqualTo("{\"status\":\"ready\"}");
  }

  /** RFC 9110, section 6.6.1; streams and refusals too. */
  @Test
  void everyAnswer_hasItsDate() throws Exception {
    String good = Tokens.of("dated");
    var requests = new ArrayList<String>();
    for (Transport transport : Transport.values()) {
      Ask ask = Ask.app("dated", transport);
      requests.add(ask.request());
      requests.add(ask.token(good).request());
      if (!transport.isWebSocket()) {
        requests.add(ask.token(good).with("follow", "false").request());
      }
    }
    for (String target : List.of("/", "/nothing", "/health/live", "/v1/apps")) {
      requests.add(Ask.plainGet(target).request());
    }
    requests.add("junk\r\n\r\n");
    requests.add("GET / HTTP/9.9\r\n\r\n");
    for (String request : requests) {
      try (Wire wire = Wire.connect(kit.router().httpPort())) {
        wire.send(request);
        String date = HttpHead.read(wire, Deadline.soon()).header("date").orElse("none");
        assertThat(Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
            .as(request)
            .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
      }
    }
  }
}
