package dev.flyline.it;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens signed by hand, so that none of the router's own code judges them before the router. */
public final class Tokens {

  /** The key that the tests' routers trust. */
  public static final String SECRET = "a secret of the tests that is longer than 32 bytes";

  private static final AtomicLong USERS = new AtomicLong();
  private static final Duration LONG = Duration.ofHours(1);

  private Tokens() {}

  /** A good token of a new user. */
  public static String of(String... apps) {
    return expiring(Instant.now().plus(LONG), apps);
  }

  /** A token of a new user, good until {@code expires}. */
  static String expiring(Instant expires, String... apps) {
    return sign(claims("user-" + USERS.incrementAndGet(), expires, apps));
  }

  /** A good token of this user. */
  static String user(String user, String... apps) {
    return sign(claims(user, Instant.now().plus(LONG), apps));
  }

  static JsonObject claims(String user, Instant expires, String... apps) {
    return new JsonObject()
        .put("sub", user)
        .put("apps", List.of(apps))
        .put("exp", expires.getEpochSecond());
  }

  static String sign(JsonObject claims) {
    return sign(claims, SECRET);
  }

  static String sign(JsonObject claims, String secret) {
    return sign(Map.of("alg", "HS256", "typ", "JWT"), claims, secret);
  }

  static String sign(Map<String, Object> header, JsonObject claims, String secret) {
    String signed = part(new JsonObject(header).encode()) + '.' + part(claims.encode());
    return signed + '.' + mac(signed, secret);
  }

  /** One part of a token. */
  static String part(String json) {
    return encode(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String mac(String text, String secret) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return encode(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
