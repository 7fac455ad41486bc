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

/** The settings of the page: defaults, every name, and what refuses to start. */
@Timeout(30)
final class PageConfigTest {

  private static PageConfig read(Map<String, String> values) {
    var settings = Settings.of(values);
    var config = PageConfig.from(settings);
    settings.check();
    return config;
  }

  @Test
  void defaults() {
    assertThat(read(Map.of())).isEqualTo(new PageConfig(List.of("'none'")));
    assertThat(read(Map.of("frame.ancestors", ""))).isEqualTo(new PageConfig(List.of("'none'")));
  }

  @Test
  void everyName() {
    assertThat(read(Map.of("frame.ancestors", "https://a.example, SELF https://*.b.example")))
        .isEqualTo(new PageConfig(List.of("https://a.example", "'self'", "https://*.b.example")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a.example",
        "https:",
        "https://a.example/",
        "https://a.example/page",
        "https://a.example;",
        "https://a.example;script-src",
        "https://a.*.example",
        "https://*.*.example",
        "https://*",
        "'unsafe-inline'",
        "data:",
        "\u00e9",
        "https://\u00e9.example"
      })
  void ancestorThatIsNone_refusesToStart(String ancestor) {
    assertThatThrownBy(() -> read(Map.of("frame.ancestors", "https://good.example," + ancestor)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("frame.ancestors")
        .hasMessageContaining(ancestor);
  }

  @Test
  void noneBesideOthers_refusesToStart() {
    assertThatThrownBy(() -> read(Map.of("frame.ancestors", "'none',https://a.example")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("'none' stands alone");
  }
}
