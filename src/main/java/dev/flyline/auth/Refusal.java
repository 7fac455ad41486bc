package dev.flyline.auth;

import java.util.Locale;

/**
 * A token that is worth nothing.
 *
 * @param reason why, for the meters alone: a stranger who learned it could feel the way to a better
 *     token
 */
public record Refusal(Reason reason) implements Verdict {

  /** Why tokens are refused. */
  public enum Reason {
    /** There was none. */
    MISSING,
    /** Longer than {@link TokenVerifier#MAX_LENGTH}. */
    TOO_LONG,
    /** Not three base64url segments, or not JSON objects in them. */
    MALFORMED,
    /** Signed in a way that no loaded key is for, {@code none} included. */
    ALGORITHM,
    /** A header extension that must be understood and is not. */
    CRITICAL,
    /** A claim is not of its type. */
    CLAIMS,
    /** No {@code exp}: it would be good for ever. */
    NO_EXPIRY,
    /** No loaded key made this signature. */
    SIGNATURE,
    /** After {@code exp}. */
    EXPIRED,
    /** Before {@code nbf} or {@code iat}. */
    NOT_YET_VALID,
    /** Signed for us, by somebody else. */
    ISSUER,
    /** Signed by the right one, for somebody else. */
    AUDIENCE;

    /** The value of the meters' label. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
