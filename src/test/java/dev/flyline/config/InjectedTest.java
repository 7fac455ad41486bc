package dev.flyline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an orchestrator sets by itself is passed over; what somebody has typed wrongly is not. */
@Timeout(10)
final class InjectedTest {

  private static Settings load(Map<String, String> environment) {
    var settings = Settings.load(Map.of(), environment);
    settings.integer("http.port", 8080, 0, 65_535, "port");
    settings.integer("cluster.port", 5701, 0, 65_535, "port");
    settings.text("http.host", "::", "host");
    return settings;
  }

  @ParameterizedTest
  @CsvSource({
    "FLYLINE_SERVICE_HOST, 10.0.1.1",
    "FLYLINE_SERVICE_HOST, fd00::1",
    "FLYLINE_SERVICE_HOST, None",
    "FLYLINE_SERVICE_PORT, 8080",
    "FLYLINE_SERVICE_PORT_HTTP, 8080",
    "FLYLINE_SERVICE_PORT_WEB_1, 9091",
    "FLYLINE_PORT, tcp://10.0.1.1:8080",
    "FLYLINE_PORT, udp://[fd00::1]:8080",
    "FLYLINE_PORT_8080_TCP, tcp://10.0.1.1:8080",
    "FLYLINE_PORT_8080_TCP_ADDR, 10.0.1.1",
    "FLYLINE_PORT_8080_TCP_PORT, 8080",
    "FLYLINE_PORT_8080_TCP_PROTO, tcp",
    "FLYLINE_PORT_53_UDP_PROTO, udp",
    // of services called flyline-http and flyline-cluster: the names of settings
    "FLYLINE_HTTP_PORT, tcp://10.0.1.1:8080",
    "FLYLINE_CLUSTER_PORT, tcp://10.0.1.1:5701",
    "FLYLINE_HTTP_SERVICE_HOST, 10.0.1.1",
    "FLYLINE_HTTP_PORT_8080_TCP_ADDR, 10.0.1.1",
  })
  void variableOfAnOrchestrator_isPassedOver(String name, String value) {
    Map<String, String> environment = Map.of(name, value);
    Settings settings = load(environment);
    settings.check();
    assertThat(Settings.passedOver(environment)).containsExactly(name);
    assertThat(settings.known()).allMatch(setting -> setting.source() == Source.DEFAULT);
  }

  @Test
  void variablesOfADockerLink_arePassedOver() {
    var environment = new HashMap<String, String>();
    environment.put("FLYLINE_NAME", "/shop/flyline");
    environment.put("FLYLINE_PORT", "tcp://172.17.0.5:8080");
    environment.put("FLYLINE_ENV_JAVA_HOME", "/opt/java");
    environment.put("FLYLINE_ENV_HTTP_PORT", "1");
    load(environment).check();
    assertThat(Settings.passedOver(environment)).hasSize(4);
  }

  @ParameterizedTest
  @CsvSource({
    "FLYLINE_PORT, 8080",
    "FLYLINE_PORTS, tcp://10.0.1.1:8080",
    "FLYLINE_SERVICE_HOST, logs.example.com",
    "FLYLINE_SERVICE_PORT, http",
    "FLYLINE_PORT_8080, tcp://10.0.1.1:8080",
    "FLYLINE_PORT_8080_TCP, 1",
    "FLYLINE_HTTP_PORT, http://10.0.1.1",
    "FLYLINE_HTP_PORT, 8080",
    "FLYLINE_NAME, shop",
    "FLYLINE_ENV_JAVA_HOME, /opt/java",
  })
  void typo_isRefused(String name, String value) {
    Map<String, String> environment = Map.of(name, value);
    assertThat(Settings.passedOver(environment)).isEmpty();
    Settings settings = load(environment);
    assertThatThrownBy(settings::check)
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(name);
  }

  @Test
  void settings_areTakenBesideThem() {
    var environment =
        Map.of("FLYLINE_HTTP_PORT", "9000", "FLYLINE_PORT_9000_TCP", "tcp://10.0.1.1:9000");
    Settings settings = load(environment);
    settings.check();
    assertThat(settings.integer("http.port", 8080, 0, 65_535, "port")).isEqualTo(9000);
  }
}
