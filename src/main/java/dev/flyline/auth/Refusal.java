package dev.flyline.auth;

import java.util.Locale;

/**
 * A token that is not taken.
 *
 * @param reason why. Only {@link Reason#TOO_LONG} and the {@code TOO_MANY} reasons are told to the
 *     client, since they say nothing of the token's content. The others are for the meters alone: a
 *     stranger who learned them could feel the way to a better token
 */
public record Refusal(Reason reason) implements Verdict {

  /** Why tokens are refused. */
  public enum Reason {
    /** There was none. */
    MISSING,
    /** The request holds more than one, and readers may differ in which of them counts. */
    SEVERAL,
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
    /** Before {@code nbf}. */
    NOT_YET_VALID,
    /** Signed for us, by somebody else. */
    ISSUER,
    /** Signed by the right one, for somebody else. */
    AUDIENCE,
    /** Not judged: too many signatures wait for their check. */
    TOO_MANY_WAITING,
    /** Not judged: too many tokens of the client's address had a bad signature. */
    TOO_MANY_FAILURES,
    /** Not judged: the stream got another one moments ago. */
    TOO_OFTEN;

    /** The value of the meters' label. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
