package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flyline.config.ConfigException;
import dev.flyline.config.Settings;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
        .isEqualTo(
            new WebConfig(
                "::",
                8080,
                "::",
                9091,
                List.of(),
                20_000,
                20,
                200,
                new EdgeConfig(new Proxies(List.of(), false), true, 10, 1000, 0, 600)));
  }

  @Test
  void everyName() {
    var values =
        Map.ofEntries(
            Map.entry("http.host", "127.0.0.1"),
            Map.entry("http.port", "1"),
            Map.entry("ops.host", "::1"),
            Map.entry("ops.port", "2"),
            Map.entry("cors.origins", "https://a.example, http://b.example:8080"),
            Map.entry("limit.viewers", "3"),
            Map.entry("limit.per.user", "4"),
            Map.entry("limit.per.app", "5"),
            Map.entry("trusted.proxies", "10.0.0.0/8, fd00::1"),
            Map.entry("https.redirect", "off"),
            Map.entry("limit.strangers.percent", "6"),
            Map.entry("limit.strangers.per.address", "7"),
            Map.entry("limit.per.address", "8"),
            Map.entry("limit.connects.per.address", "9"));

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
                5,
                new EdgeConfig(
                    new Proxies(List.of(range("10.0.0.0/8"), range("fd00::1")), false),
                    false,
                    6,
                    7,
                    8,
                    9)));
  }

  private static Cidr range(String text) {
    return Cidr.parse(text).orElseThrow();
  }

  /** Customers may own machines in the private network, fdaa::/16, so that is not believed. */
  @Test
  void trustedProxiesOnFly_areItsProxyAlone() {
    var onFly =
        WebConfig.from(Settings.of(Map.of()), Map.of("FLY_MACHINE_ID", "1")).edge().proxies();

    assertThat(onFly.trusts(InetAddress.ofLiteral("172.19.0.1"))).isTrue();
    assertThat(onFly.trusts(InetAddress.ofLiteral("172.32.0.1"))).isFalse();
    assertThat(onFly.trusts(InetAddress.ofLiteral("fdaa:0:1::2"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "trusted.proxies, proxy.example",
    "trusted.proxies, 10.0.0.0/33",
    "trusted.proxies, 10.0.0.0/-1",
    "trusted.proxies, 10.0.0.0/8/8",
    "trusted.proxies, ::1/129",
    "trusted.proxies, 10.0.0.0/x",
    "https.redirect, maybe",
    "limit.strangers.percent, 0",
    "limit.strangers.percent, 101"
  })
  void badValue_refusesToStart(String key, String value) {
    assertThatThrownBy(() -> read(Map.of(key, value)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(value);
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
