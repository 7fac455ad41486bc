package dev.flyline.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every token that is not good gets the same 401, whatever is wrong with it. */
@Timeout(300)
final class BadTokenIT {

  private static final String OTHER_SECRET = "another secret that is longer than 32 bytes";
  private static final String ISSUER = "https://platform.example";

  @RegisterExtension
  private static final RouterKit kit =
      new RouterKit(Map.of("auth.issuer", ISSUER, "auth.audience", "flyline"));

  static Stream<Map.Entry<String, String>> badTokens() {
    String good = Tokens.sign(claims());
    String[] part = good.split("\\.", -1);
    var bad = new LinkedHashMap<String, String>();
    bad.put("empty", "");
    bad.put("a word", "token");
    bad.put("two parts", part[0] + '.' + part[1]);
    bad.put("four parts", good + '.' + part[2]);
    bad.put("no signature", part[0] + '.' + part[1] + '.');
    bad.put("empty parts", "..");
    bad.put(
        "another's signature",
        part[0] + '.' + part[1] + '.' + Tokens.of("shop").split("\\.", -1)[2]);
    bad.put("signature cut", good.substring(0, good.length() - 2));
    bad.put(
        "claims changed",
        part[0] + '.' + Tokens.part(claims().put("sub", "root").encode()) + '.' + part[2]);
    bad.put("another key", Tokens.sign(claims(), OTHER_SECRET));
    bad.put("an empty key", Tokens.sign(claims(), " "));
    bad.put("alg none", Tokens.part("{\"alg\":\"none\"}") + '.' + part[1] + '.');
    bad.put("alg none, two parts", Tokens.part("{\"alg\":\"none\"}") + '.' + part[1]);
    bad.put("alg NONE, signed", header("NONE"));
    bad.put("alg RS256, signed with the secret", header("RS256"));
    bad.put("alg HS512, signed as HS256", header("HS512"));
    bad.put("alg missing", Tokens.sign(Map.of("typ", "JWT"), claims(), Tokens.SECRET));
    bad.put(
        "a critical header",
        Tokens.sign(
            Map.of("alg", "HS256", "crit", new JsonArray().add("b64"), "b64", false),
            claims(),
            Tokens.SECRET));
    bad.put("header no object", Tokens.part("[]") + '.' + part[1] + '.' + part[2]);
    bad.put("no base64", "%%%.???.!!!");
    bad.put("not JSON", Tokens.part("alg") + '.' + Tokens.part("sub") + '.' + part[2]);
    bad.put("huge", Tokens.sign(claims().put("pad", "x".repeat(5_000))) + "x");
    badClaims().forEach((name, claims) -> bad.put(name, Tokens.sign(claims)));
    return bad.entrySet().stream();
  }

  private static Map<String, JsonObject> badClaims() {
    long now = Instant.now().getEpochSecond();
    var bad = new LinkedHashMap<String, JsonObject>();
    bad.put("expired", claims().put("exp", now - 3_600));
    bad.put("expired a minute ago", claims().put("exp", now - 61));
    bad.put("expired long ago", claims().put("exp", 0));
    bad.put("expired before time", claims().put("exp", -1));
    bad.put("no exp", without("exp"));
    bad.put("exp null", claims().putNull("exp"));
    bad.put("exp a string", claims().put("exp", "tomorrow"));
    bad.put("exp a list", claims().put("exp", new JsonArray().add(now + 100)));
    bad.put("not yet valid", claims().put("nbf", now + 3_600));
    bad.put("issued by another", claims().put("iss", "https://evil.example"));
    bad.put("no issuer", without("iss"));
    bad.put("for another", claims().put("aud", "billing"));
    bad.put("no audience", without("aud"));
    return bad;
  }

  private static JsonObject claims() {
    return Tokens.claims("u", Instant.now().plus(Duration.ofHours(1)), "shop")
        .put("iss", ISSUER)
        .put("aud", "flyline");
  }

  private static JsonObject without(String claim) {
    JsonObject claims = claims();
    claims.remove(claim);
    return claims;
  }

  private static String header(String alg) {
    return Tokens.sign(Map.of("alg", alg, "typ", "JWT"), claims(), Tokens.SECRET);
  }

  @ParameterizedTest
  @MethodSource("badTokens")
  void token_thatIsNotGoodGetsTheSame401(Map.Entry<String, String> bad) {
    HttpAnswer none = kit.router().answer(Ask.app("shop", Transport.TEXT));
    assertThat(none.status()).isEqualTo(401);
    for (Transport transport : Transport.values()) {
      HttpAnswer answer = kit.router().answer(Ask.app("shop", transport).token(bad.getValue()));
      assertThat(answer.status()).as(bad.getKey()).isEqualTo(401);
      assertThat(answer.code()).isEqualTo("unauthenticated");
      assertThat(answer.body()).as("the message is constant").isEqualTo(none.body());
    }
    Ask ask = Ask.app("shop", Transport.FLYLINE_V1);
    Ask inProtocol = ask.subprotocols("flyline.v1", "bearer." + bad.getValue());
    if (bad.getValue().matches("[A-Za-z0-9._-]*")) { // else no subprotocol's name
      assertThat(kit.router().answer(inProtocol).status()).as(bad.getKey()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "Token x", "", "Bearer a b"})
  void authorization_ofAnotherKindGets401(String value) {
    Ask ask = Ask.app("shop", Transport.TEXT).header("Authorization: " + value);

    assertThat(kit.router().answer(ask).status()).isEqualTo(401);
  }

  /** As of a site behind a proxy with a login of its own. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "Basic dXNlcjpwYXNz",
        "Digest username=\"u\"",
        "Negotiate YII=",
        "FlyV1 fm2_x",
        "BearerX y",
        "bear",
        ""
      })
  void authorization_ofAnotherSchemeBesideABearerSubprotocolIsPassedOver(String value) {
    Ask ask =
        Ask.app("shop", Transport.FLYLINE_V1)
            .subprotocols("flyline.v1", "bearer." + Tokens.sign(claims()))
            .header("Authorization: " + value);

    try (LogClient client = kit.router().open(ask)) {
      assertThat(client.await(Seen.Hello.class)).isNotNull();
    }
  }

  /** Whoever stands before the router may have judged the other one, even if they are equal. */
  @Test
  void twoTokensInOneRequest_get401() {
    String good = Tokens.sign(claims());
    String other = Tokens.sign(claims().put("sub", "other"));
    Ask ask = Ask.app("shop", Transport.FLYLINE_V1);
    for (String second : List.of(good, other, "", "x")) {
      String header = "Authorization: Bearer " + second;
      assertRefused(ask.token(good).subprotocols("flyline.v1", "bearer." + second));
      assertRefused(ask.token(good).header(header));
      assertRefused(ask.subprotocols("flyline.v1", "bearer." + good).header(header));
      assertRefused(ask.subprotocols("bearer." + good, "bearer." + second, "flyline.v1"));
      assertRefused(
          ask.subprotocols("flyline.v1", "bearer." + good)
              .header("Sec-WebSocket-Protocol: bearer." + second));
    }
    assertRefused(ask.token(good).header("Authorization: Basic dXNlcjpwYXNz"));
  }

  private static void assertRefused(Ask ask) {
    HttpAnswer answer = kit.router().answer(ask);
    assertThat(answer.status()).as(ask.toString()).isEqualTo(401);
    assertThat(answer.code()).isEqualTo("unauthenticated");
  }

  @ParameterizedTest
  @ValueSource(ints = {16 * 1024, 16 * 1024 + 1})
  void token_of16KiBIsTakenAndALongerOneIsToldSo(int length) {
    String token = ofLength(length);
    Ask ask = Ask.app("shop", Transport.TEXT).with("follow", "false").token(token);
    Ask socket = Ask.app("shop", Transport.FLYLINE_V1).with("follow", "false");
    Ask inProtocol = socket.subprotocols("flyline.v1", "bearer." + token);

    if (length <= 16 * 1024) {
      assertThat(kit.router().answer(ask).status()).isEqualTo(200);
      try (LogClient client = kit.router().open(inProtocol)) {
        assertThat(client.await(Seen.Hello.class)).isNotNull();
      }
    } else {
      for (Ask each : List.of(ask, socket.token(token), inProtocol)) {
        HttpAnswer answer = kit.router().answer(each);
        assertThat(answer.status()).isEqualTo(431);
        assertThat(answer.code()).isEqualTo("token_too_long");
        assertThat(answer.json().getString("detail")).contains("16384");
      }
    }
  }

  /** A good token of exactly this length. */
  private static String ofLength(int length) {
    for (int pad = length * 3 / 4 - 400; ; pad++) {
      String token = Tokens.sign(claims().put("pad", "x".repeat(pad)));
      if (token.length() >= length) { // in base64 a byte more may be one character or two
        return token.length() == length ? token : longerHeader(length);
      }
    }
  }

  private static String longerHeader(int length) {
    var header = Map.<String, Object>of("alg", "HS256", "typ", "JWT", "x", "");
    for (int pad = length * 3 / 4 - 400; ; pad++) {
      String token = Tokens.sign(header, claims().put("pad", "x".repeat(pad)), Tokens.SECRET);
      if (token.length() >= length) {
        return token;
      }
    }
  }

  /** So big that HTTP itself may refuse it; it must be refused, and the router go on. */
  @Test
  void token_biggerThanAnyHeaderIsRefused() {
    Ask ask = Ask.app("shop", Transport.TEXT);

    assertThat(kit.router().answer(ask.token("x".repeat(100_000))).status())
        .isIn(400, 401, 413, 431);
    assertThat(status(claims())).isEqualTo(200);
  }

  @Test
  void tokens_ofEveryGoodShapeAreTaken() {
    assertThat(status(claims())).isEqualTo(200);
    assertThat(status(claims().put("aud", new JsonArray().add("billing").add("flyline"))))
        .isEqualTo(200);
    assertThat(status(claims().put("nbf", Instant.now().getEpochSecond() - 10))).isEqualTo(200);
  }

  @Test
  void clocks_mayDiffer() {
    long now = Instant.now().getEpochSecond();

    assertThat(status(claims().put("iat", now + 10))).isEqualTo(200);
    assertThat(status(claims().put("iat", now + 3_600))).isEqualTo(200);
    assertThat(status(claims().put("nbf", now + 9))).isEqualTo(200);
    assertThat(status(claims().put("exp", now - 1))).isEqualTo(200);
    assertThat(status(claims().put("exp", now - 11))).isEqualTo(401);
  }

  @Test
  void claims_thatAreNoListOfAppsGrantNothing() {
    assertThat(status(without("apps"))).isIn(401, 403);
    assertThat(status(claims().put("apps", new JsonArray()))).isEqualTo(403);
    assertThat(status(claims().put("apps", new JsonObject().put("shop", true)))).isIn(401, 403);
    assertThat(status(claims().put("apps", new JsonArray().add(1).addNull()))).isIn(401, 403);
    assertThat(status(claims().put("apps", "workshop shopping"))).isIn(401, 403);
  }

  @Test
  void appsClaim_mayBeAPath() {
    try (TestRouter other =
        TestRouter.start(kit.nats(), Map.of("auth.apps.claim", "org.grants.logs"))) {
      JsonObject grants = new JsonObject().put("logs", new JsonArray().add("shop"));
      JsonObject claims = without("apps").put("org", new JsonObject().put("grants", grants));
      Ask ask = Ask.app("shop", Transport.TEXT).with("follow", "false");

      assertThat(other.answer(ask.token(Tokens.sign(claims))).status()).isEqualTo(200);
      assertThat(other.answer(ask.token(Tokens.sign(claims()))).status()).isIn(401, 403);
    }
  }

  @Test
  void secrets_areTwoWhileRotating() {
    List<String> secrets =
        List.of(
            "the platform's new secret of 40 letters.", "the platform's old secret of 40 letters.");
    var settings = Map.of("auth.hmac.secret", String.join(",", secrets));
    try (TestRouter other = TestRouter.start(kit.nats(), settings)) {
      Ask ask = Ask.app("shop", Transport.TEXT).with("follow", "false");
      for (String secret : secrets) {
        assertThat(other.answer(ask.token(Tokens.sign(claims(), secret))).status()).isEqualTo(200);
      }
      assertThat(other.answer(ask.token(Tokens.sign(claims()))).status()).isEqualTo(401);
    }
  }

  private static int status(JsonObject claims) {
    Ask ask = Ask.app("shop", Transport.TEXT).accept(Optional.empty()).with("follow", "false");
    return kit.router().answer(ask.token(Tokens.sign(claims))).status();
  }
}
