package dev.flyline.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Of which pages a browser may open a WebSocket. */
@Timeout(30)
final class OriginsTest {

  private static final Origins LISTED =
      new Origins(List.of("https://shop.example.com", "http://[2001:db8::1]:8080"));

  private static HttpServerRequest request(String host, String... origins) {
    String[] headers = new String[origins.length + 1];
    headers[0] = "Host: " + host;
    for (int i = 0; i < origins.length; i++) {
      headers[i + 1] = "Origin: " + origins[i];
    }
    return AskedRequest.of("/logs", headers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://shop.example.com",
        "https://shop.example.com:443",
        "HTTPS://Shop.Example.com",
        "http://[2001:db8::1]:8080",
        "https://flyline.test",
        "http://flyline.test",
        "https://flyline.test:443",
        "http://flyline.test:80"
      })
  void originThatIsListedOrOurOwn_isAllowed(String origin) {
    assertThat(LISTED.allows(request("flyline.test", origin))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://shop.example.com",
        "https://shop.example.com:8443",
        "https://shop.example.com.evil.example",
        "https://evil.example/https://shop.example.com",
        "https://shop.example.com/",
        "https://shop.example.com?",
        "https://shop.example.com#",
        "https://evil@shop.example.com",
        "https://evil.example",
        "https://flyline.test:80",
        "http://flyline.test:443",
        "https://flyline.test:8443",
        "https://flyline.test.evil.example",
        "https://evil.example@flyline.test",
        "http://[2001:db8::1]",
        "null",
        "",
        "*",
        "flyline.test",
        "//flyline.test",
        "https:flyline.test",
        "https://fly line.test"
      })
  void anyOtherOrigin_isRefused(String origin) {
    assertThat(LISTED.allows(request("flyline.test", origin))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "flyline.test:8080, http://flyline.test:8080, true",
    "flyline.test:8080, http://flyline.test, false",
    "FLYLINE.test:443, https://flyline.test, true",
    "flyline.test:443, http://flyline.test, false",
    "evil.example/flyline.test, http://evil.example, false",
    "flyline.test?, https://flyline.test, false",
    "'', https://flyline.test, false"
  })
  void ownOrigin_isTheHostThatWasAskedFor(String host, String origin, boolean allowed) {
    assertThat(LISTED.allows(request(host, origin))).isEqualTo(allowed);
  }

  @Test
  void ownOrigin_needsAHost() {
    var request = AskedRequest.of("/logs", "Origin: https://flyline.test");
    assertThat(LISTED.allows(request)).isFalse();
  }

  @Test
  void requestOfNoPage_isAllowed() {
    assertThat(LISTED.allows(request("flyline.test"))).isTrue();
  }

  @Test
  void severalOrigins_areRefused_evenIfEachIsListed() {
    String listed = "https://shop.example.com";
    assertThat(LISTED.allows(request("flyline.test", listed, listed))).isFalse();
    assertThat(new Origins(List.of("*")).allows(request("h", listed, listed))).isFalse();
  }

  @Test
  void star_allowsEveryOrigin() {
    assertThat(new Origins(List.of("*")).allows(request("h", "https://evil.example"))).isTrue();
    assertThat(new Origins(List.of("*")).allows(request("h", "null"))).isTrue();
  }

  @Test
  void withoutAList_ourOwnPageAloneIsAllowed() {
    var none = new Origins(List.of());
    assertThat(none.allows(request("flyline.test", "https://flyline.test"))).isTrue();
    assertThat(none.allows(request("flyline.test", "https://shop.example.com"))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "HTTPS://Shop.Example.COM, https://shop.example.com",
    "https://a.example:443, https://a.example",
    "http://a.example:80, http://a.example",
    "http://a.example:443, http://a.example:443",
    "https://a.example:80, https://a.example:80",
    "https://a.example:8443, https://a.example:8443",
    "app://a.example:443, app://a.example:443",
    "capacitor://localhost, capacitor://localhost"
  })
  void normalize_givesTheOneSpelling(String origin, String expected) {
    assertThat(Origins.normalize(origin)).contains(expected);
  }
}
