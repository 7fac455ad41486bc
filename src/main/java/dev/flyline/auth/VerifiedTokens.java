package dev.flyline.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the tokens that came last were worth, so that a client that comes again costs no signature.
 * Belongs to one event loop.
 *
 * <p>What somebody could try to do with it:
 *
 * <ul>
 *   <li>Be taken for another: an entry is found by the SHA-256 of the whole token, signature
 *       included, and only of tokens that were judged good in full. Whoever finds one has the
 *       token.
 *   <li>Stay beyond the token's time: the times are kept, and judged by whoever asks, each time.
 *   <li>Learn tokens from it: none is kept, and a digest that is compared byte by byte tells
 *       nothing of a token that is nearly right. That a token was here lately shows in the time
 *       that the answer takes, to one who has it.
 *   <li>Fill memory: entries and the bytes that they hold are bounded.
 *   <li>Push others out: bad tokens leave no trace here, and a content has one entry however many
 *       signatures are good for it (of an elliptic-curve signature everybody can make a second
 *       one). Whoever has very many good tokens can, and others then cost what they would without
 *       all this.
 * </ul>
 */
final class VerifiedTokens {

  static final int MAX_COUNT = 4_096;
  static final long MAX_BYTES = 3 << 20;

  private final MessageDigest sha256;
  private final Map<Digest, Known> known = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<Digest, Digest> contents = new HashMap<>(); // what is signed -> its token
  private long bytes;

  VerifiedTokens() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** A SHA-256. */
  record Digest(long a, long b, long c, long d) {}

  /**
   * What was found of a good token.
   *
   * @param earliest before which it is not valid
   */
  record Verified(Grant grant, Instant earliest) {

    private static final int ENTRY_BYTES = 544;
    private static final int APP_BYTES = 128;

    /** What the heap holds for this, or a little less. */
    long bytes() {
      return ENTRY_BYTES + grant.user().length() * 2L + grant.apps().size() * (long) APP_BYTES;
    }
  }

  private record Known(Digest content, Verified verified) {}

  /** What {@code token} is known by. */
  Digest digest(String token) {
    // what is not ASCII becomes something that is in no good token either
    var digest = ByteBuffer.wrap(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    return new Digest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
  }

  /** What is known of a token; its times are still to be judged. */
  @Nullable Verified find(Digest token) {
    var entry = known.get(token);
    return entry == null ? null : entry.verified;
  }

  /** Whether a token with the same content as {@code token} is known, whatever its signature. */
  boolean knowsContentOf(String token) {
    return contents.containsKey(contentOf(token));
  }

  private Digest contentOf(String token) {
    return digest(token.substring(0, Math.max(0, token.lastIndexOf('.'))));
  }

  /** Remembers a good token, and forgets those that were not seen for longest if there are many. */
  void add(String token, Verified verified) {
    var digest = digest(token);
    var content = contentOf(token);
    remove(digest);
    var other = contents.put(content, digest);
    if (other != null) {
      remove(other);
      contents.put(content, digest);
    }
    known.put(digest, new Known(content, verified));
    bytes += verified.bytes();
    while (known.size() > MAX_COUNT || bytes > MAX_BYTES) {
      remove(known.keySet().iterator().next());
    }
  }

  /** Forgets a token. */
  void remove(Digest token) {
    var removed = known.remove(token);
    if (removed != null) {
      contents.remove(removed.content);
      bytes -= removed.verified.bytes();
    }
  }

  int count() {
    return known.size();
  }

  long bytes() {
    return bytes;
  }
}
