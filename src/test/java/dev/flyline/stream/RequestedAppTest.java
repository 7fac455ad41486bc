package dev.flyline.stream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flyline.auth.Grant;
import dev.flyline.log.AppName;
import dev.flyline.web.AskedRequest;
import java.time.Instant;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which app a request names, and that a name in the query is no grant. */
@Timeout(30)
final class RequestedAppTest {

  private static Grant grant(String... apps) {
    return new Grant(
        "u", Stream.of(apps).map(AppName::new).collect(Collectors.toSet()), Instant.MAX);
  }

  private static String named(String uri, Grant grant) {
    return RequestedApp.of(AskedRequest.of(uri), grant).map(AppName::value).orElse("none");
  }

  private static String missing(String uri, Grant grant) {
    return RequestedApp.missing(AskedRequest.of(uri), grant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logs", "/logs?app=shop", "/v1/apps/shop/logs", "/v1/apps/a%2Fb/logs"})
  void requestForLines_isOneForLines(String uri) {
    assertThat(RequestedApp.isAskedFor(AskedRequest.of(uri))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/logs/",
        "/log",
        "/v1/logs",
        "/v1/apps/logs",
        "/v1/apps//logs",
        "/v1/apps/shop",
        "/v1/apps/shop/logs/",
        "/v2/apps/shop/logs",
        "/x/logs"
      })
  void otherRequest_isNone(String uri) {
    assertThat(RequestedApp.isAskedFor(AskedRequest.of(uri))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/apps/shop/logs, shop",
    "/v1/apps/shop/logs?app=blog, shop",
    "/logs?app=shop, shop",
    "/logs?app=wiki, wiki",
    "/logs?app=, none",
    "/logs?app=Shop, none",
    "/logs?app=shop%20, none",
    "/v1/apps/%73hop/logs, none",
    "/v1/apps/../logs, none",
    "/v1/apps/a/b/logs, none",
    "/logs, none"
  })
  void app_isWhatThePathOrTheQueryNames(String uri, String expected) {
    assertThat(named(uri, grant("shop", "blog"))).isEqualTo(expected);
  }

  /** The name that the query gives is judged by the grant, not taken for one. */
  @Test
  void namedApp_isNotGrantedByBeingNamed() {
    AppName app = RequestedApp.of(AskedRequest.of("/logs?app=wiki"), grant("shop")).orElseThrow();
    assertThat(app.value()).isEqualTo("wiki");
    assertThat(grant("shop").allows(app)).isFalse();
    assertThat(grant().allows(app)).isFalse();
    assertThat(grant("shop", "wiki").allows(app)).isTrue();
  }

  @Test
  void tokenOfOneApp_needsNoName() {
    assertThat(named("/logs", grant("shop"))).isEqualTo("shop");
    assertThat(named("/logs?app=", grant("shop"))).isEqualTo("none");
    assertThat(named("/logs", grant())).isEqualTo("none");
  }

  @Test
  void tokenOfSeveralApps_isToldItsOwnNames() {
    assertThat(missing("/logs", grant("shop", "blog")))
        .isEqualTo("the token is for several apps, name one: ?app= blog, shop");
    String[] many = IntStream.rangeClosed(10, 32).mapToObj(i -> "a" + i).toArray(String[]::new);
    assertThat(missing("/logs", grant(many))).contains("a10, a11,").endsWith("a29 and 3 more");
    String[] most = Stream.of(many).limit(20).toArray(String[]::new);
    assertThat(missing("/logs", grant(most))).endsWith("a28, a29");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/logs?app=Shop", "/logs?app=", "/v1/apps/Shop/logs"})
  void nameThatIsNone_isToldWhatNamesAre(String uri) {
    assertThat(missing(uri, grant("shop", "blog"))).startsWith("the app's name must match");
    assertThat(missing("/logs", grant())).startsWith("the app's name must match");
  }
}
