package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page's files over HTTP. */
@Timeout(60)
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
        .contains("frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(index.body()).startsWith("<!doctype html>");
    assertThat(web.get("/index.html").body()).isEqualTo(index.body());
    assertThat(script.header("content-type")).contains("text/javascript; charset=utf-8");
    assertThat(web.get("/sub/icon.svg").header("content-type")).contains("image/svg+xml");
    assertThat(web.send("HEAD", "/").body()).isEmpty();
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
