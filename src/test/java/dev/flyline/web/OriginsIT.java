package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What pages of other origins get. */
@Timeout(300)
final class OriginsIT {

  private static final String LISTED = "Origin: https://shop.example.com";
  private static final String OTHER = "Origin: https://evil.example.com";
  private static final String PREFLIGHT =
      "Access-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: authorization";

  private static TestListeners allowing(String origins) throws Exception {
    var list = origins.isEmpty() ? List.<String>of() : List.of(origins.split(","));
    return new TestListeners(
        Map.of("cors.origins", origins), router -> mountProbe(router, new Origins(list)));
  }

  private static void mountProbe(Router router, Origins origins) {
    Resource.readable(
            "/probe",
            request -> request.response().end(origins.allows(request) ? "allowed" : "refused"))
        .mount(router);
  }

  @Test
  void listedOrigin_mayReadAndSendItsHeaders() throws Exception {
    try (var listeners = allowing("https://a.example,https://shop.example.com")) {
      var web = listeners.viewers();
      var answer = web.get("/v1/apps", LISTED);
      var preflight = web.send("OPTIONS", "/v1/apps", LISTED, PREFLIGHT);

      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.header("access-control-allow-origin")).contains("https://shop.example.com");
      assertThat(answer.header("access-control-expose-headers")).contains("Retry-After");
      assertThat(answer.header("access-control-allow-credentials")).isEmpty();
      assertThat(answer.header("vary"))
          .hasValueSatisfying(v -> assertThat(v).isEqualToIgnoringCase("origin"));
      assertThat(preflight.status()).isEqualTo(204);
      assertThat(preflight.header("access-control-allow-origin"))
          .contains("https://shop.example.com");
      assertThat(preflight.header("access-control-allow-headers"))
          .hasValueSatisfying(allowed -> assertThat(allowed).startsWith("Authorization, "));
      assertThat(preflight.header("access-control-allow-methods")).contains("GET, HEAD");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "https://shop.example.com"})
  void otherOrigin_getsNoPermission(String origins) throws Exception {
    try (var listeners = allowing(origins)) {
      var web = listeners.viewers();

      for (var answer :
          List.of(web.get("/v1/apps", OTHER), web.send("OPTIONS", "/v1/apps", OTHER, PREFLIGHT))) {
        assertThat(answer.head().toLowerCase(Locale.ROOT)).doesNotContain("access-control");
      }
    }
  }

  @Test
  void star_letsEveryOriginIn() throws Exception {
    try (var listeners = allowing("*")) {
      var answer = listeners.viewers().get("/probe", OTHER);

      assertThat(answer.header("access-control-allow-origin")).contains("*");
      assertThat(answer.body()).isEqualTo("allowed");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', allowed",
    "https://shop.example.com, allowed",
    "https://shop.example.com:443, allowed",
    "HTTPS://Shop.Example.com, allowed",
    "http://shop.example.com, refused",
    "https://shop.example.com:8443, refused",
    "https://shop.example.com.evil.example, refused",
    "https://evil.example/https://shop.example.com, refused",
    "null, refused",
    "https://flyline.test, allowed",
    "http://flyline.test, allowed",
    "https://flyline.test:443, allowed",
    "https://flyline.test:8443, refused",
    "https://flyline.test.evil.example, refused",
    "https://evil.example@flyline.test, refused",
    "flyline.test, refused",
    "x, refused"
  })
  void webSocketOrigin_isOursOrListed(String origin, String expected) throws Exception {
    try (var listeners = allowing("https://shop.example.com")) {
      var web = listeners.viewers();
      var answer = origin.isEmpty() ? web.get("/probe") : web.get("/probe", "Origin: " + origin);

      assertThat(answer.body()).isEqualTo(expected);
    }
  }

  @Test
  void severalOrigins_areRefused() throws Exception {
    try (var listeners = allowing("https://shop.example.com")) {
      assertThat(listeners.viewers().get("/probe", LISTED, LISTED).body()).isEqualTo("refused");
    }
  }
}
