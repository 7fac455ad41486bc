package dev.flyline.auth;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Finds HMAC secrets that are long enough to start with and weak nevertheless. */
final class WeakSecrets {

  /** A random secret of 32 hexadecimal digits has fewer different ones about never. */
  private static final int MIN_DIFFERENT = 8;

  private static final int HS384_BYTES = 48;
  private static final int HS512_BYTES = 64;

  private WeakSecrets() {}

  /** Warnings about {@code secret} for the person who configures the router, without its text. */
  static List<String> warnings(String secret) {
    var warnings = new ArrayList<String>();
    if (isRepetition(secret) || secret.chars().distinct().count() < MIN_DIFFERENT) {
      warnings.add(
          "repeats a few characters and can be guessed, and with it any token forged;"
              + " make a random one: openssl rand -base64 48");
    }
    int bytes = secret.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < HS512_BYTES) {
      String tooShortFor =
          bytes < HS384_BYTES
              ? "HS384 tokens, which need 48 bytes, and for HS512 tokens, which need 64"
              : "HS512 tokens, which need 64 bytes";
      warnings.add(
          "has " + bytes + " bytes: enough for HS256 tokens, too short for " + tooShortFor);
    }
    return warnings;
  }

  /** Whether {@code text} is one piece twice or more often, the last time maybe cut. */
  private static boolean isRepetition(String text) {
    for (int period = 1; period <= text.length() / 2; period++) {
      if (text.regionMatches(period, text, 0, text.length() - period)) {
        return true;
      }
    }
    return false;
  }
}
