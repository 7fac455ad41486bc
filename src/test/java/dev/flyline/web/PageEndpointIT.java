package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The page's files over HTTP. */
@Timeout(300)
final class PageEndpointIT {

  private static TestListeners listeners;
  private static TestRequests web;

  @BeforeAll
  static void start() throws Exception {
    listeners = new TestListeners(Map.of());
    web = listeners.viewers();
  }

  @AfterAll
  static void stop() throws Exception {
    listeners.close();
  }

  @Test
  void page_isServedWithItsPolicy() {
    var index = web.get("/");
    var script = web.get("/app.js");

    assertThat(index.header("content-type")).contains("text/html; charset=utf-8");
    assertThat(index.header("cache-control")).contains("no-cache");
    assertThat(index.header("content-security-policy").orElseThrow())
        .contains("default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'")
        .endsWith("; frame-ancestors 'none'")
        .contains("; require-trusted-types-for 'script'; trusted-types 'none';")
        .doesNotContain("unsafe");
    assertThat(index.header("x-frame-options")).contains("DENY");
    assertThat(index.header("cross-origin-opener-policy")).contains("same-origin");
    assertThat(index.body()).startsWith("<!doctype html>");
    assertThat(web.get("/index.html").body()).isEqualTo(index.body());
    assertThat(script.header("content-type")).contains("text/javascript; charset=utf-8");
    assertThat(web.get("/sub/icon.svg").header("content-type")).contains("image/svg+xml");
    assertThat(web.send("HEAD", "/").body()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none | 'none' | DENY",
        "'none' | 'none' | DENY",
        "self | 'self' | SAMEORIGIN",
        "https://a.example | https://a.example |",
        "https://a.example,http://*.b.example:81 'self' | https://a.example http://*.b.example:81"
            + " 'self' |",
        "* | * |"
      },
      quoteCharacter = '"')
  void frames_areOfTheSitesThatTheSettingNames(String setting, String ancestors, String old)
      throws Exception {
    try (var framed = new TestListeners(Map.of("frame.ancestors", setting))) {
      var index = framed.viewers().get("/");

      assertThat(index.header("content-security-policy").orElseThrow())
          .endsWith("; frame-ancestors " + ancestors);
      assertThat(index.header("x-frame-options")).isEqualTo(Optional.ofNullable(old));
    }
  }

  @Test
  void pageThatTheClientHas_is304() {
    var etag = web.get("/").header("etag").orElseThrow();
    var again = web.get("/", "If-None-Match: \"x\", W/" + etag);

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(web.get("/", "If-None-Match: \"x\"").status()).isEqualTo(200);
    assertThat(web.get("/app.js").header("etag")).isNotEqualTo(again.header("etag"));
  }
}
