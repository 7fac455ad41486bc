package dev.flyline.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Grant;
import dev.flyline.config.Settings;
import dev.flyline.log.AppName;
import dev.flyline.server.RouterConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class MainTest {

  private static final String SECRET = "a secret of 32 bytes and some more";
  private static final Map<String, String> GOOD = Map.of("FLYLINE_AUTH_HMAC_SECRET", SECRET);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void config_printsEverySettingWithItsDefault_asPropertiesFile() throws IOException {
    assertThat(run(GOOD, "config")).isZero();

    assertThat(parse(out.toString()))
        .containsExactlyInAnyOrderEntriesOf(
            Map.ofEntries(
                Map.entry("auth.apps.claim", "apps"),
                Map.entry("auth.leeway", "10s"),
                Map.entry("cluster", "off"),
                Map.entry("cluster.name", "flyline"),
                Map.entry("cluster.port", "5701"),
                Map.entry("drain", "30s"),
                Map.entry(
                    "event.loops", Integer.toString(Runtime.getRuntime().availableProcessors())),
                Map.entry("frame.ancestors", "'none'"),
                Map.entry("history.age", "15m"),
                Map.entry("history.bytes", "8 MiB"),
                Map.entry("history.lines", "10000"),
                Map.entry("history.total.bytes", "25 %"),
                Map.entry("http.host", "::"),
                Map.entry("http.port", "8080"),
                Map.entry("https.redirect", "on"),
                Map.entry("ingest.linger", "15m"),
                Map.entry("limit.bad.signatures", "300"),
                Map.entry("limit.history.bytes.per.user", "256 MiB"),
                Map.entry("limit.connects.per.address", "600"),
                Map.entry("limit.per.address", "0"),
                Map.entry("limit.strangers.per.address", "1000"),
                Map.entry("limit.strangers.percent", "10"),
                Map.entry("limit.line.bytes", "64 KiB"),
                Map.entry("limit.viewers", "20000"),
                Map.entry("limit.per.app", "200"),
                Map.entry("limit.per.user", "20"),
                Map.entry("nats.url", "nats://[fdaa::3]:4223"),
                Map.entry("ops.host", "::"),
                Map.entry("ops.port", "9091"),
                Map.entry("trusted.proxies", "none")));
    assertThat(out.toString())
        .contains("#nats.user=\n", "#nats.token=\n", "#auth.public.key.file=\n")
        .contains("# the default; set by --http-port or FLYLINE_HTTP_PORT\n");
  }

  @Test
  void config_tellsWhereAValueComesFrom_flagBeforeVariableBeforeFile(@TempDir Path dir)
      throws IOException {
    Path file =
        Files.writeString(
            dir.resolve("p"),
            "auth.hmac.secret=" + SECRET + "\ndrain=1s\nauth.issuer=a\nhttp.port=1\n");
    var environment =
        Map.of(
            "FLYLINE_CONFIG",
            file.toString(),
            "FLYLINE_AUTH_ISSUER",
            "b",
            "FLYLINE_HTTP_PORT",
            "2");

    assertThat(run(environment, "config", "--http-port=3")).isZero();

    assertThat(parse(out.toString()))
        .containsEntry("drain", "1s")
        .containsEntry("auth.issuer", "b")
        .containsEntry("http.port", "3");
    assertThat(out.toString())
        .contains("# from file; default 30s; set by --drain or FLYLINE_DRAIN\ndrain=1s\n")
        .contains(
            "# from environment; set by --auth-issuer or FLYLINE_AUTH_ISSUER\nauth.issuer=b\n")
        .contains("# from flag; default 8080; set by --http-port or FLYLINE_HTTP_PORT\n");
  }

  @Test
  void config_masksSecrets() {
    var environment =
        Map.of(
            "FLYLINE_AUTH_HMAC_SECRET",
            SECRET,
            "FLYLINE_NATS_TOKEN",
            "FlyV1 fm2_hush",
            "FLYLINE_NATS_URL",
            "nats://org:hush@localhost:4222");

    run(environment, "config");

    assertThat(out.toString())
        .contains("#auth.hmac.secret=***\n", "#nats.token=***\n")
        .contains("nats.url=nats://***@localhost:4222\n");
    assertThat(out + "" + err).doesNotContain(SECRET).doesNotContain("hush");
  }

  @Test
  void config_everyNameCanBeSet(@TempDir Path dir) throws IOException {
    Path secret = Files.writeString(dir.resolve("s"), SECRET);
    var environment = new TreeMap<String, String>();
    environment.put("FLYLINE_AUTH_APPS_CLAIM", "flyline.apps");
    environment.put("FLYLINE_AUTH_LEEWAY", "1s");
    environment.put("FLYLINE_AUTH_AUDIENCE", "logs");
    environment.put("FLYLINE_AUTH_HMAC_SECRET_FILE", secret.toString());
    environment.put("FLYLINE_AUTH_ISSUER", "https://platform");
    environment.put("FLYLINE_CLUSTER", "static");
    environment.put("FLYLINE_CLUSTER_HOST", "127.0.0.1");
    environment.put("FLYLINE_CLUSTER_NAME", "logs");
    environment.put("FLYLINE_CLUSTER_PEERS", "127.0.0.1:1,[::1]:2");
    environment.put("FLYLINE_CLUSTER_PORT", "1");
    environment.put("FLYLINE_CLUSTER_SECRET_FILE", secret.toString());
    environment.put("FLYLINE_CLUSTER_TLS_CA_FILE", secret.toString());
    environment.put("FLYLINE_CLUSTER_TLS_CERT_FILE", secret.toString());
    environment.put("FLYLINE_CLUSTER_TLS_KEY_FILE", secret.toString());
    environment.put("FLYLINE_CORS_ORIGINS", "https://a.example");
    environment.put("FLYLINE_DRAIN", "2s");
    environment.put("FLYLINE_EVENT_LOOPS", "3");
    environment.put("FLYLINE_FRAME_ANCESTORS", "https://a.example");
    environment.put("FLYLINE_HISTORY_AGE", "1m");
    environment.put("FLYLINE_HISTORY_BYTES", "1 MiB");
    environment.put("FLYLINE_HISTORY_LINES", "5");
    environment.put("FLYLINE_HISTORY_TOTAL_BYTES", "64 MiB");
    environment.put("FLYLINE_HTTP_HOST", "127.0.0.1");
    environment.put("FLYLINE_HTTP_PORT", "1");
    environment.put("FLYLINE_INGEST_LINGER", "1s");
    environment.put("FLYLINE_LIMIT_LINE_BYTES", "1 KiB");
    environment.put("FLYLINE_LIMIT_VIEWERS", "7");
    environment.put("FLYLINE_LIMIT_BAD_SIGNATURES", "9");
    environment.put("FLYLINE_LIMIT_HISTORY_BYTES_PER_USER", "8 MiB");
    environment.put("FLYLINE_LIMIT_PER_APP", "6");
    environment.put("FLYLINE_LIMIT_PER_USER", "5");
    environment.put("FLYLINE_NATS_TOKEN_FILE", secret.toString());
    environment.put("FLYLINE_NATS_URL", "nats://localhost:4222");
    environment.put("FLYLINE_NATS_USER", "org");
    environment.put("FLYLINE_OPS_HOST", "127.0.0.1");
    environment.put("FLYLINE_OPS_PORT", "2");
    environment.put("FLYLINE_TRUSTED_PROXIES", "10.0.0.0/8");
    environment.put("FLYLINE_HTTPS_REDIRECT", "off");
    environment.put("FLYLINE_LIMIT_CONNECTS_PER_ADDRESS", "9");
    environment.put("FLYLINE_LIMIT_PER_ADDRESS", "8");
    environment.put("FLYLINE_LIMIT_STRANGERS_PER_ADDRESS", "10");
    environment.put("FLYLINE_LIMIT_STRANGERS_PERCENT", "11");

    assertThat(run(environment, "config")).as(err.toString()).isZero();

    var values = parse(out.toString());
    assertThat(values).hasSameSizeAs(environment);
    environment.forEach(
        (name, value) ->
            assertThat(values)
                .containsEntry(
                    name.substring(8).toLowerCase(Locale.ROOT).replace('_', '.'), value));
    assertThat(out.toString()).doesNotContain("# the default");
  }

  @Test
  void config_check_printsNothingButProblems() {
    assertThat(run(GOOD, "config", "--check")).isZero();
    assertThat(out + "" + err).isEmpty();

    assertThat(run(Map.of(), "config", "--check")).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).startsWith("flyline: auth.hmac.secret (FLYLINE_AUTH_HMAC_SECRET)");
  }

  @Test
  void config_thatIsBad_isPrintedBeforeItsProblems() {
    assertThat(run(Map.of("FLYLINE_HTTP_PORT", "no"), "config")).isEqualTo(2);

    assertThat(out.toString()).contains("http.port=no\n");
    assertThat(err.toString().lines())
        .hasSize(2)
        .contains("flyline: FLYLINE_HTTP_PORT: must be 0 to 65535, not no");
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve", "config", "token --sub u --app a"})
  void unknownVariable_isRefused(String command) {
    var environment = Map.of("FLYLINE_AUTH_HMAC_SECRET", SECRET, "FLYLINE_NATS_ULR", "x");

    assertThat(run(environment, command.split(" "))).isEqualTo(2);

    assertThat(err)
        .hasToString(
            "flyline: FLYLINE_NATS_ULR: unknown; the nearest known name is FLYLINE_NATS_URL\n");
  }

  @Test
  void unknownFlag_isRefusedWithWhatWasPerhapsMeant() {
    assertThat(run(GOOD, "serve", "--nats-ulr=x")).isEqualTo(2);

    assertThat(err.toString()).contains("--nats-ulr").contains("--nats-url");
  }

  @Test
  void secretAsFlag_isRefused_andNotRepeated() {
    assertThat(run(GOOD, "serve", "--nats-token", "hush")).isEqualTo(2);

    assertThat(err.toString())
        .contains("FLYLINE_NATS_TOKEN or FLYLINE_NATS_TOKEN_FILE")
        .doesNotContain("hush");
  }

  @Test
  void help_namesEverySettingThatIsNoSecret() {
    assertThat(run(Map.of(), "serve", "--help")).isZero();

    assertThat(out.toString())
        .contains("--nats-url=", "--history-bytes=", "--limit-viewers=", "--nats-token-file=")
        .contains("25 %")
        .doesNotContain("--nats-token=");
  }

  @Test
  void noCommand_isAnError_andVersionIsNot() {
    assertThat(run(Map.of())).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing");
    assertThat(run(Map.of(), "--version")).isZero();
    assertThat(out.toString()).startsWith("flyline ");
  }

  @Test
  void token_isAcceptedByTheRouterOfTheSameSettings() {
    var environment =
        Map.of(
            "FLYLINE_AUTH_HMAC_SECRET",
            SECRET,
            "FLYLINE_AUTH_ISSUER",
            "https://platform",
            "FLYLINE_AUTH_APPS_CLAIM",
            "flyline.apps");

    int status = run(environment, "token", "--sub=ann", "--app=shop", "--app=blog", "--ttl=5m");

    assertThat(status).isZero();
    var auth = RouterConfig.from(Settings.load(Map.of(), environment)).auth();
    var verifier = auth.verifier(InstantSource.system(), auth.signaturePool());
    var verdict = verifier.verify(out.toString().strip(), "192.0.2.1");
    assertThat(verdict.result())
        .isInstanceOfSatisfying(
            Grant.class,
            grant -> {
              assertThat(grant.user()).isEqualTo("ann");
              assertThat(grant.apps())
                  .containsExactlyInAnyOrder(new AppName("shop"), new AppName("blog"));
              assertThat(Duration.between(Instant.now(), grant.expires()))
                  .isBetween(Duration.ofMinutes(4), Duration.ofMinutes(5));
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"--app a.>", "--app *", "--app Shop", "--app a --ttl 0s", "--ttl 1h"})
  void token_ofWrongArguments_isRefused(String arguments) {
    assertThat(run(GOOD, ("token --sub u " + arguments).split(" "))).isEqualTo(2);

    assertThat(out.toString()).isEmpty();
  }

  @Test
  void generate_outOfRange_isRefused() {
    assertThat(run(Map.of(), "generate", "--nats=nats://x", "--app=a", "--rate=0")).isEqualTo(2);
    assertThat(run(Map.of(), "generate", "--nats=nats://x", "--app=a", "--rate=1", "--size=299"))
        .isEqualTo(2);
  }

  @Test
  void example_hasEverySettingWithItsDefault() throws IOException {
    run(Map.of(), "config");
    var shown = parse(out.toString().replaceAll("(?m)^#(?! )", ""));
    var example =
        parse(
            Files.readString(Path.of("conf/flyline.properties.example"))
                .replaceAll("(?m)^#(?! )", ""));

    shown.put("event.loops", ""); // the machine's own
    assertThat(example).isEqualTo(shown);
  }

  private int run(Map<String, String> environment, String... arguments) {
    var line = Main.commandLine(environment, new NoSignal());
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(arguments);
  }

  private static Map<String, String> parse(String properties) throws IOException {
    var parsed = new Properties();
    parsed.load(new StringReader(properties));
    var values = new TreeMap<String, String>();
    parsed.stringPropertyNames().forEach(key -> values.put(key, parsed.getProperty(key)));
    return values;
  }

  /** Nobody wants these commands to stop. */
  private record NoSignal() implements StopSignal {

    @Override
    public void listen(Duration patience) {}

    @Override
    public CountDownLatch asked() {
      return new CountDownLatch(1);
    }
  }
}
