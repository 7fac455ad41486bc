package dev.flyline.auth;

import dev.flyline.log.AppName;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;

/**
 * Signs tokens that this configuration's {@link TokenVerifier} accepts, for development and
 * support; a platform signs its customers' tokens itself.
 */
public final class TokenSigner {

  private final AuthConfig config;
  private final JWTAuth jwt;
  private final InstantSource clock;

  /** The secret is one alone, because Vert.x would pick any of several. */
  TokenSigner(AuthConfig config, VerificationKey secret, InstantSource clock) {
    this.config = config;
    this.jwt = VertxJwt.verifying(List.of(secret));
    this.clock = clock;
  }

  /** Returns a token that grants {@code apps} to {@code user} for {@code ttl} from now. */
  public String sign(String user, Collection<AppName> apps, Duration ttl) {
    var now = clock.instant();
    var names = apps.stream().map(AppName::value).distinct().sorted().toList();
    var claims =
        new JsonObject()
            .put("sub", user)
            .put("iat", now.getEpochSecond())
            .put("exp", now.plus(ttl).getEpochSecond());
    if (config.issuer() != null) {
      claims.put("iss", config.issuer());
    }
    if (config.audience() != null) {
      claims.put("aud", config.audience());
    }
    put(claims, config.appsClaim(), new JsonArray(names));
    return jwt.generateToken(claims, new JWTOptions().setAlgorithm("HS256").setNoTimestamp(true));
  }

  private static void put(JsonObject object, String path, Object value) {
    int dot = path.indexOf('.');
    if (dot < 0 || path.contains("/")) { // a URL is a name, not a path
      object.put(path, value);
      return;
    }
    var inner = new JsonObject();
    put(inner, path.substring(dot + 1), value);
    object.put(path.substring(0, dot), inner);
  }
}
