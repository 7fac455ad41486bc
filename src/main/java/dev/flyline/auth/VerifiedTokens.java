package dev.flyline.auth;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
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
 *   <li>Push others out: bad tokens leave no trace here. Whoever has very many good ones can, and
 *       others then cost what they would without all this.
 * </ul>
 */
final class VerifiedTokens {

  static final int MAX_COUNT = 4_096;
  static final long MAX_BYTES = 2 << 20;

  private final MessageDigest sha256;
  private final Map<Digest, Verified> known = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  VerifiedTokens() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java has it
    }
  }

  /** A token's SHA-256. */
  record Digest(long a, long b, long c, long d) {}

  /**
   * What was found of a good token.
   *
   * @param earliest before which it is not valid
   */
  record Verified(Grant grant, Instant earliest) {

    private static final int ENTRY_BYTES = 384;
    private static final int APP_BYTES = 128;

    /** What the heap holds for this, or a little less. */
    long bytes() {
      return ENTRY_BYTES + grant.user().length() * 2L + grant.apps().size() * (long) APP_BYTES;
    }
  }

  /** What {@code token} is known by. */
  Digest digest(String token) {
    // what is not ASCII becomes something that is in no good token either
    var digest = ByteBuffer.wrap(sha256.digest(token.getBytes(StandardCharsets.UTF_8)));
    return new Digest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
  }

  /** What is known of a token; its times are still to be judged. */
  @Nullable Verified find(Digest token) {
    return known.get(token);
  }

  /** Remembers a good token, and forgets those that were not seen for longest if there are many. */
  void add(Digest token, Verified verified) {
    remove(token);
    known.put(token, verified);
    bytes += verified.bytes();
    var oldest = known.entrySet().iterator();
    while (known.size() > MAX_COUNT || bytes > MAX_BYTES) {
      bytes -= oldest.next().getValue().bytes();
      oldest.remove();
    }
  }

  /** Forgets a token. */
  void remove(Digest token) {
    var removed = known.remove(token);
    if (removed != null) {
      bytes -= removed.bytes();
    }
  }

  int count() {
    return known.size();
  }

  long bytes() {
    return bytes;
  }
}
