package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.config.ConfigException;
import dev.flyline.config.Settings;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of the listeners: defaults, every name, and what refuses to start. */
@Timeout(30)
final class WebConfigTest {

  private static WebConfig read(Map<String, String> values) {
    var settings = Settings.of(values);
    var config = WebConfig.from(settings);
    settings.check();
    return config;
  }

  @Test
  void defaults() {
    assertThat(read(Map.of()))
        .isEqualTo(new WebConfig("::", 8080, "::", 9091, List.of(), 20_000, 20, 200));
  }

  @Test
  void everyName() {
    var values =
        Map.of(
            "http.host", "127.0.0.1",
            "http.port", "1",
            "ops.host", "::1",
            "ops.port", "2",
            "cors.origins", "https://a.example, http://b.example:8080",
            "limit.viewers", "3",
            "limit.per.user", "4",
            "limit.per.app", "5");

    assertThat(read(values))
        .isEqualTo(
            new WebConfig(
                "127.0.0.1",
                1,
                "::1",
                2,
                List.of("https://a.example", "http://b.example:8080"),
                3,
                4,
                5));
  }

  @Test
  void everyOrigin() {
    assertThat(read(Map.of("cors.origins", "*")).corsOrigins()).containsExactly("*");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "example.com",
        "https://example.com/",
        "https://example.com/page",
        "https://*.example.com",
        "https://u@example.com",
        "https://",
        "null",
        "https://example.com?x",
        "h ttps://example.com"
      })
  void originThatIsNone_refusesToStart(String origin) {
    assertThatThrownBy(() -> read(Map.of("cors.origins", "https://good.example," + origin)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("cors.origins")
        .hasMessageContaining(origin);
  }
}
