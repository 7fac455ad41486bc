package dev.flyline.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flyline.cluster.ClusterConfig.Mode;
import dev.flyline.cluster.ClusterCredentials.CertificateFiles;
import dev.flyline.cluster.ClusterCredentials.SharedSecret;
import dev.flyline.config.ConfigException;
import dev.flyline.config.Secret;
import dev.flyline.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
final class ClusterConfigTest {

  private static final Map<String, String> NO_FLY = Map.of();
  private static final String SECRET = "1XGjXQmYkfsX0dYH6pBSKv7i0Yh1QYVPnT2w6Tq9";
  private static final String NEXT_SECRET = "b0e6d9d1a2c34f5e8a7b6c5d4e3f2a1b";
  private static final Map<String, String> FLY =
      Map.of("FLY_APP_NAME", "logs", "FLY_PRIVATE_IP", "fdaa:0:1:a7b:0:0:0:2", "FLY_REGION", "fra");

  @Test
  void nothingGiven_isAlone() {
    var config = read(Map.of(), NO_FLY);

    assertThat(config)
        .isEqualTo(new ClusterConfig(Mode.OFF, "flyline", 1, "local", "", 5701, List.of(), null));
    assertThat(config.clusterName()).isEqualTo("flyline-w1");
  }

  @Test
  void static_takesAListOfAddresses_ipv6InBrackets() {
    var config =
        read(
            Map.of(
                "cluster", "static",
                "cluster.name", "logs",
                "cluster.host", "0:0:0:0:0:0:0:1",
                "cluster.port", "7000",
                "cluster.peers", "[fdaa::3]:5, 10.0.0.1:6,router-2.example:7,router-3"),
            Map.of("FLY_REGION", "ams"));

    assertThat(config.host()).isEqualTo("::1");
    assertThat(config.address()).isEqualTo("[::1]:7000");
    assertThat(config.busPort()).isEqualTo(7001);
    assertThat(config.region()).isEqualTo("ams");
    assertThat(config.peers())
        .extracting(HostPort::toString)
        .containsExactly("[fdaa::3]:5", "10.0.0.1:6", "router-2.example:7", "router-3:7000");
  }

  @Test
  void dns_takesOneName() {
    var config =
        read(
            Map.of(
                "cluster", "dns", "cluster.host", "127.0.0.1", "cluster.peers", "routers.example"),
            NO_FLY);

    assertThat(config.peers()).containsExactly(new HostPort("routers.example", 5701));
  }

  @Test
  void fly_isTheAppsName_onThePrivateAddress() {
    var config = read(Map.of("cluster", "fly"), FLY);

    assertThat(config.host()).isEqualTo("fdaa:0:1:a7b::2");
    assertThat(config.peers()).containsExactly(new HostPort("logs.internal", 5701));
    assertThat(config.region()).isEqualTo("fra");
  }

  @Test
  void fly_outsideOfFly_saysWhatIsMissing() {
    assertThat(problems(Map.of("cluster", "fly"), NO_FLY))
        .containsExactly(
            "cluster: fly needs FLY_PRIVATE_IP, which Fly sets in its machines",
            "cluster: fly needs FLY_APP_NAME, which Fly sets in its machines");
  }

  @Test
  void fly_withPeersOrHostOfItsOwn_isAContradiction() {
    assertThat(
            problems(Map.of("cluster", "fly", "cluster.host", "::1", "cluster.peers", "a:1"), FLY))
        .hasSize(2)
        .anyMatch(problem -> problem.startsWith("cluster.host: is FLY_PRIVATE_IP with fly"))
        .anyMatch(problem -> problem.startsWith("cluster.peers: are the app's machines with fly"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"static", "dns"})
  void peersAndHost_areNeeded(String mode) {
    assertThat(problems(Map.of("cluster", mode), NO_FLY))
        .hasSize(2)
        .allMatch(problem -> problem.contains("with " + mode) || problem.contains("one name"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"::", "0.0.0.0", "[::]", "224.0.0.1", "ff02::1", "no such host"})
  void host_thatIsNotOneAddress_isRefused(String host) {
    assertThat(
            problems(
                Map.of("cluster", "static", "cluster.host", host, "cluster.peers", "a:1"), NO_FLY))
        .singleElement()
        .asString()
        .startsWith("cluster.host: must be ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "::1",
        "::1:5701",
        "fdaa::3:5701",
        "[::1",
        "[::1]5701",
        "[a]:1",
        "a:0",
        "a:65536",
        "a:b",
        "1.2.3.4.5:1",
        "300.1.1.1:1",
        "a b:1",
        "-a:1",
        "a..b:1",
        "https://a:1"
      })
  void peer_thatIsNoAddress_isRefused(String peer) {
    assertThat(
            problems(
                Map.of("cluster", "static", "cluster.host", "::1", "cluster.peers", "b:1," + peer),
                NO_FLY))
        .containsExactly("cluster.peers: must be host:port, IPv6 as [address]:port, not " + peer);
  }

  @Test
  void severalNames_areTooManyForDns() {
    assertThat(
            problems(
                Map.of("cluster", "dns", "cluster.host", "::1", "cluster.peers", "a,b"), NO_FLY))
        .containsExactly("cluster.peers: must be one name with dns");
  }

  @ParameterizedTest
  @CsvSource({"cluster, Static", "cluster.name, a b", "cluster.port, 0", "cluster.port, 65535"})
  void valueOutOfBounds_isRefused(String key, String value) {
    assertThat(problems(Map.of(key, value), NO_FLY))
        .singleElement()
        .asString()
        .startsWith(key + ": must be ");
  }

  @ParameterizedTest
  @CsvSource({
    "static, cluster.host, ::1, cluster.peers, a:1",
    "dns, cluster.host, ::1, cluster.peers, a",
    "fly, cluster.port, 5701, cluster.name, flyline"
  })
  void clusterWithoutSecret_isRefused_andSaysHowToMakeOne(
      String mode, String key, String value, String otherKey, String otherValue) {
    assertThat(problemsAsGiven(Map.of("cluster", mode, key, value, otherKey, otherValue)))
        .singleElement()
        .asString()
        .startsWith("cluster.secret (FLYLINE_CLUSTER_SECRET): is needed with " + mode)
        .endsWith("openssl rand -base64 48");
  }

  /** Its peers would not take it for a router, and nobody would be told. */
  @Test
  void regionThatNoRouterHas_isRefused() {
    var fly = new HashMap<>(FLY);
    fly.put("FLY_REGION", "fra\n");

    assertThat(problems(Map.of("cluster", "fly"), fly))
        .containsExactly("cluster: needs a FLY_REGION of up to 40 letters, digits and dashes");
  }

  @Test
  void secret_isOneOrTwo() {
    var one = Map.of("cluster", "fly", "cluster.secret", SECRET);
    var two = Map.of("cluster", "fly", "cluster.secret", NEXT_SECRET + ", " + SECRET);

    assertThat(read(one, FLY).credentials())
        .isEqualTo(new SharedSecret(List.of(new Secret(SECRET))));
    assertThat(read(two, FLY).credentials())
        .isEqualTo(new SharedSecret(List.of(new Secret(NEXT_SECRET), new Secret(SECRET))));
    assertThat(read(two, FLY).toString()).doesNotContain(SECRET).doesNotContain(NEXT_SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "short",
        "1XGjXQmYkfsX0dYH6pBSKv7i0Yh1QYV", // 31 bytes
        SECRET + ",",
        SECRET + ",short",
        SECRET + "," + SECRET + "," + SECRET,
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
        "changechangechangechangechangechange",
        SECRET + ",0000000000000000000000000000000000000000"
      })
  void secretThatCanBeGuessed_isRefused_andNotShown(String secret) {
    assertThat(problemsAsGiven(Map.of("cluster", "fly", "cluster.secret", secret)))
        .singleElement()
        .asString()
        .startsWith("cluster.secret")
        .contains(": must ")
        .doesNotContain(secret);
  }

  @Test
  void secret_besideTheFiles_isNotUsed(@TempDir Path dir) throws IOException {
    String file = Files.writeString(dir.resolve("a.pem"), "a").toString();
    var all =
        Map.of(
            "cluster", "fly",
            "cluster.secret", SECRET,
            "cluster.tls.cert.file", file,
            "cluster.tls.key.file", file,
            "cluster.tls.ca.file", file);

    assertThat(read(all, FLY).credentials()).isInstanceOf(CertificateFiles.class);
  }

  @Test
  void tls_isAllThreeFilesOrNone(@TempDir Path dir) throws IOException {
    String file = Files.writeString(dir.resolve("a.pem"), "a").toString();
    var all =
        Map.of(
            "cluster.tls.cert.file", file,
            "cluster.tls.key.file", file,
            "cluster.tls.ca.file", file);

    assertThat(read(all, NO_FLY).credentials())
        .isEqualTo(new CertificateFiles(Path.of(file), Path.of(file), Path.of(file)));
    assertThat(problems(Map.of("cluster.tls.key.file", file), NO_FLY))
        .containsExactly(
            "cluster.tls.cert.file (FLYLINE_CLUSTER_TLS_CERT_FILE): is missing; give all three or"
                + " none",
            "cluster.tls.ca.file (FLYLINE_CLUSTER_TLS_CA_FILE): is missing; give all three or"
                + " none");
  }

  @Test
  void tls_ofAFileThatIsNotThere_isOneProblem(@TempDir Path dir) throws IOException {
    String file = Files.writeString(dir.resolve("a.pem"), "a").toString();
    String absent = dir.resolve("b.pem").toString();

    assertThat(
            problems(
                Map.of(
                    "cluster.tls.cert.file", file,
                    "cluster.tls.key.file", absent,
                    "cluster.tls.ca.file", file),
                NO_FLY))
        .containsExactly(
            "cluster.tls.key.file: must be the path of a readable file, not " + absent);
  }

  /** With a secret, unless the test gives or withholds one: {@link #problemsAsGiven}. */
  private static ClusterConfig read(Map<String, String> values, Map<String, String> environment) {
    var all = new HashMap<>(values);
    if (values.containsKey("cluster") && !values.containsKey("cluster.secret")) {
      all.put("cluster.secret", SECRET);
    }
    return readAsGiven(all, environment);
  }

  private static ClusterConfig readAsGiven(
      Map<String, String> values, Map<String, String> environment) {
    var settings = Settings.of(values);
    var config = ClusterConfig.from(settings, environment);
    settings.check();
    return config;
  }

  private static List<String> problems(
      Map<String, String> values, Map<String, String> environment) {
    return catchThrowableOfType(ConfigException.class, () -> read(values, environment)).problems();
  }

  private static List<String> problemsAsGiven(Map<String, String> values) {
    return catchThrowableOfType(ConfigException.class, () -> readAsGiven(values, FLY)).problems();
  }
}
