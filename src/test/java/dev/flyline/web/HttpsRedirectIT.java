package dev.flyline.web;

import static dev.flyline.web.TestServer.PATIENT;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is sent to HTTPS, and who is not. */
@Timeout(300)
final class HttpsRedirectIT {

  private static final Map<String, String> TRUSTING = Map.of("trusted.proxies", "127.0.0.1");

  private static String request(String target, String host, String... headers) {
    return "GET "
        + target
        + " HTTP/1.1\r\nConnection: close\r\nHost: "
        + host
        + "\r\n"
        + String.join("\r\n", headers)
        + "\r\n\r\n";
  }

  @ParameterizedTest
  @CsvSource({
    "/now, logs.example.com, https://logs.example.com/now",
    "/now?a=%20&b, logs.example.com:80, https://logs.example.com/now?a=%20&b",
    "/, [2001:db8::1]:8080, https://[2001:db8::1]/",
    "//evil.example/x, logs.example.com, https://logs.example.com//evil.example/x",
    "http://logs.example.com/now, logs.example.com, https://logs.example.com/now"
  })
  void plainHttpFromTheInternet_isSentToHttps(String target, String host, String location)
      throws Exception {
    try (var server = new TestServer(TRUSTING, PATIENT)) {
      for (String proto : new String[] {"X-Forwarded-Proto: http", "Fly-Forwarded-Proto: HTTP"}) {
        var answer = server.requests().raw(request(target, host, proto));

        assertThat(answer.status()).isEqualTo(308);
        assertThat(answer.header("location")).contains(location);
        assertThat(answer.header("date")).isPresent();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Forwarded-Proto: https",
        "X: y",
        "X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https",
        "X-Forwarded-Proto: http, https",
        "X-Forwarded-Proto: http\r\nFly-Forwarded-Proto: https",
        "X-Forwarded-Proto: http\r\nFly-Src: instance=1;app=b;org=o;ts=1",
        "X-Forwarded-Proto: http\r\nFly-Client-IP: fdaa:0:1:a7b::2"
      })
  void encryptedOrPrivateRequest_isAnswered(String headers) throws Exception {
    try (var server = new TestServer(TRUSTING, PATIENT)) {
      assertThat(server.requests().raw(request("/now", "a.example", headers)).body())
          .isEqualTo("now");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"flyline.flycast", "FLYLINE.FLYCAST:80", "[fdaa:0:1::3]:80"})
  void flycast_isAnswered(String host) throws Exception {
    try (var server = new TestServer(TRUSTING, PATIENT)) {
      assertThat(server.requests().raw(request("/now", host, "X-Forwarded-Proto: http")).body())
          .isEqualTo("now");
    }
  }

  @Test
  void health_isNeverRedirected() throws Exception {
    try (var server = new TestServer(TRUSTING, PATIENT)) {
      for (String path : new String[] {"/health/ready", "/health/live"}) {
        assertThat(server.requests().get(path, "X-Forwarded-Proto: http").status()).isEqualTo(200);
      }
    }
  }

  @Test
  void wordOfAStranger_isNotBelieved() throws Exception {
    try (var server = new TestServer(Map.of(), PATIENT)) {
      assertThat(server.requests().get("/now", "X-Forwarded-Proto: http").body()).isEqualTo("now");
    }
  }

  @Test
  void redirect_canBeSwitchedOff() throws Exception {
    var settings = Map.of("trusted.proxies", "127.0.0.1", "https.redirect", "off");
    try (var server = new TestServer(settings, PATIENT)) {
      assertThat(server.requests().get("/now", "X-Forwarded-Proto: http").body()).isEqualTo("now");
    }
  }
}
