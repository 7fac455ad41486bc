package dev.flyline.auth;

import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import java.util.List;

/** Makes Vert.x's JWT provider; needs no Vert.x, since it reads no key store from a file. */
final class VertxJwt {

  private VertxJwt() {}

  /** A provider that judges signatures by {@code keys}, and no claims. */
  static JWTAuth verifying(List<VerificationKey> keys) {
    var options =
        new JWTAuthOptions()
            .setJWTOptions(new JWTOptions().setIgnoreExpiration(true)); // judged by our clock
    keys.stream().flatMap(VerificationKey::options).forEach(options::addPubSecKey);
    return JWTAuth.create(null, options);
  }
}
