package dev.flyline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(20)
final class SettingsTest {

  @Test
  void nothingGiven_defaultsHold() {
    var settings = Settings.of(Map.of());

    assertThat(settings.text("nats.url", "nats://a:4222", "")).isEqualTo("nats://a:4222");
    assertThat(settings.integer("http.port", 8080, 0, 65535, "")).isEqualTo(8080);
    assertThat(settings.bytes("history.bytes", "8 MiB", 1, 1L << 30, "")).isEqualTo(8 << 20);
    assertThat(settings.duration("drain", "30s", Duration.ZERO, Duration.ofHours(1), ""))
        .isEqualTo(Duration.ofSeconds(30));
    assertThat(settings.list("cors.origins", "", "")).isEmpty();
    assertThat(settings.optionalText("nats.user", "")).isEmpty();
    assertThat(settings.file("auth.public.key.file", "")).isEmpty();
    assertThat(settings.secret("nats.token", "")).isEmpty();
    settings.check();
  }

  @Test
  void flag_winsOverVariable_whichWinsOverFile(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("p"), "a.a=file\na.b=file\na.c=file\n");
    var settings =
        Settings.load(
            Map.of("a.a", "flag", "config", file.toString()),
            Map.of("FLYLINE_A_A", "variable", "FLYLINE_A_B", "variable", "PATH", "/bin"));

    assertThat(settings.text("a.a", "default", "")).isEqualTo("flag");
    assertThat(settings.text("a.b", "default", "")).isEqualTo("variable");
    assertThat(settings.text("a.c", "default", "")).isEqualTo("file");
    assertThat(settings.text("a.d", "default", "")).isEqualTo("default");
    settings.check();
    assertThat(settings.known())
        .filteredOn(setting -> setting.key().startsWith("a."))
        .extracting(Setting::source)
        .containsExactly(Source.FLAG, Source.ENVIRONMENT, Source.FILE, Source.DEFAULT);
  }

  @Test
  void emptyValue_countsAsNotGiven() {
    var settings = Settings.load(Map.of(), Map.of("FLYLINE_NATS_URL", " "));

    assertThat(settings.text("nats.url", "default", "")).isEqualTo("default");
  }

  @Test
  void propertiesFile_isNamedByVariable(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("p"), "nats.user=acmé\n");
    var settings = Settings.load(Map.of(), Map.of("FLYLINE_CONFIG", file.toString()));

    assertThat(settings.optionalText("nats.user", "")).contains("acmé");
    settings.check();
  }

  @Test
  void propertiesFile_thatIsMissing_isAProblem() {
    var settings = Settings.load(Map.of("config", "/no/such/file"), Map.of());

    assertThat(problemsOf(settings)).containsExactly("--config: cannot read /no/such/file");
  }

  @Test
  void unknownNames_areRefusedWithTheNearestKnown(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("p"), "FLYLINE_HTTP_PORT=80\nhtp.port=1\n");
    var settings =
        Settings.load(
            Map.of("config", file.toString()),
            Map.of("FLYLINE_NATS_ULR", "x", "FLYLINE_HTTP_HOSTNAME", "x", "OTHER", "x"));
    settings.text("nats.url", "", "");
    settings.integer("http.port", 1, 0, 2, "");
    settings.text("http.host", "", "");

    assertThat(problemsOf(settings))
        .containsExactlyInAnyOrder(
            "FLYLINE_NATS_ULR: unknown; the nearest known name is FLYLINE_NATS_URL",
            "FLYLINE_HTTP_HOSTNAME: unknown; the nearest known name is FLYLINE_HTTP_HOST",
            "FLYLINE_HTTP_PORT: unknown; the nearest known name is http.port",
            "htp.port: unknown; the nearest known name is http.port");
  }

  @Test
  void clientsVariables_areKnown_butNotAsKeys() {
    Settings.load(Map.of(), Map.of("FLYLINE_URL", "http://a", "FLYLINE_TOKEN", "t")).check();

    assertThat(problemsOf(Settings.of(Map.of("token", "t")))).hasSize(1);
  }

  @Test
  void settingsOfLaterVersions_areRefusedAsSuch() {
    var settings = Settings.load(Map.of(), Map.of("FLYLINE_AUTH_JWKS_URL", "https://a"));

    assertThat(problemsOf(settings))
        .containsExactly("FLYLINE_AUTH_JWKS_URL: this version does not have this setting yet");
  }

  @Test
  void allProblems_areToldAtOnce_eachAsItWasSpelled() {
    var settings =
        Settings.load(
            Map.of("http.port", "70000"),
            Map.of("FLYLINE_DRAIN", "soon", "FLYLINE_HISTORY_BYTES", "8 MB"));
    settings.integer("http.port", 8080, 0, 65535, "");
    settings.duration("drain", "30s", Duration.ZERO, Duration.ofMinutes(5), "");
    settings.bytes("history.bytes", "8 MiB", 1024, 1L << 30, "");
    settings.problem("auth.hmac.secret", "one key is needed");

    assertThat(problemsOf(settings))
        .containsExactly(
            "--http-port: must be 0 to 65535, not 70000",
            "FLYLINE_DRAIN: must be 0s to 5m, not soon",
            "FLYLINE_HISTORY_BYTES: must be 1 KiB to 1 GiB, not 8 MB",
            "auth.hmac.secret (FLYLINE_AUTH_HMAC_SECRET): one key is needed");
  }

  @Test
  void list_isSplitAtCommas() {
    var settings = Settings.of(Map.of("cors.origins", "https://a, https://b,,"));

    assertThat(settings.list("cors.origins", "", "")).containsExactly("https://a", "https://b");
  }

  @Test
  void secret_isReadFromItsFile(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("s"), "hush\n");
    var settings = Settings.of(Map.of("nats.token.file", file.toString()));

    assertThat(settings.secret("nats.token", "").map(Secret::reveal)).contains("hush");
    settings.check();
  }

  @Test
  void problem_ofASecretInAFile_namesTheFilesSetting(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("s"), "short");
    var settings = Settings.load(Map.of(), Map.of("FLYLINE_A_FILE", file.toString()));
    settings.secret("a", "");
    settings.problem("a", "too short");

    assertThat(problemsOf(settings)).containsExactly("FLYLINE_A_FILE: too short");
  }

  @Test
  void secret_givenTwiceAtOnePlace_isAProblem() {
    var settings = Settings.of(Map.of("nats.token", "hush", "nats.token.file", "/x"));
    settings.secret("nats.token", "");

    assertThat(problemsOf(settings))
        .containsExactly("nats.token: given twice, also as nats.token.file");
  }

  @Test
  void secret_ofTheStrongerSource_wins(@TempDir Path dir) throws IOException {
    Path file = Files.writeString(dir.resolve("p"), "nats.token.file=/no/such/file\n");
    var settings =
        Settings.load(
            Map.of(), Map.of("FLYLINE_NATS_TOKEN", "hush", "FLYLINE_CONFIG", file.toString()));

    assertThat(settings.secret("nats.token", "").map(Secret::reveal)).contains("hush");
    settings.check();
  }

  @Test
  void secretFile_missingOrEmpty_isAProblemThatShowsNoContent(@TempDir Path dir)
      throws IOException {
    Path empty = Files.writeString(dir.resolve("s"), "\n");
    var settings =
        Settings.of(Map.of("a.file", empty.toString(), "b.file", dir.resolve("no").toString()));
    settings.secret("a", "");
    settings.secret("b", "");

    assertThat(problemsOf(settings))
        .containsExactly(
            "a.file: must name a file that holds one secret; it is empty or too big",
            "b.file: cannot be read");
  }

  @Test
  void secret_isNeverPrinted() {
    var settings =
        Settings.of(Map.of("nats.token", "hush", "nats.url", "nats://org:hush@a:1,nats://b"));
    Secret secret = settings.secret("nats.token", "").orElseThrow();
    settings.text("nats.url", "", "");

    assertThat(secret).hasToString("***").isEqualTo(new Secret("hush"));
    assertThat(secret.hashCode()).isEqualTo(new Secret("other").hashCode());
    assertThat(settings.known().toString())
        .doesNotContain("hush")
        .contains("nats://***@a:1,nats://b");
  }

  private static List<String> problemsOf(Settings settings) {
    var thrown = assertThatExceptionOfType(ConfigException.class).isThrownBy(settings::check);
    return thrown.actual().problems();
  }

  @Test
  void longerSpelling_isTakenAsTheSetting() {
    var settings = Settings.of(Map.of("limit.viewers.per.user", "7"));
    assertThat(settings.integer("limit.per.user", 20, 1, 100, "")).isEqualTo(7);
    settings.check();
  }
}
