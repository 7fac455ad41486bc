package dev.flyline.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A token as a platform signs it for its customers (RFC 7519, HS256). */
final class Token {

  /** The key that the measured router is started with; worth nothing elsewhere. */
  static final String SECRET = "only-for-measuring-on-one-machine-0123456789";

  private static final Duration LIFE = Duration.ofDays(1);

  private Token() {}

  static String of(String user, String app) {
    String claims =
        "{\"sub\":\"%s\",\"apps\":[\"%s\"],\"exp\":%d}"
            .formatted(user, app, Instant.now().plus(LIFE).getEpochSecond());
    String signed =
        encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(US_ASCII))
            + "."
            + encode(claims.getBytes(US_ASCII));
    return signed + "." + encode(sign(signed.getBytes(US_ASCII)));
  }

  private static byte[] sign(byte[] signed) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET.getBytes(US_ASCII), "HmacSHA256"));
      return mac.doFinal(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
