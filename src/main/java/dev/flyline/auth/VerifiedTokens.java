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
 *   <li>Be taken for another: an entry is found by the SHA-256 of the signed content, and counts
 *       only with the signature that was judged good with it. Whoever finds one has the token.
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
  static final long MAX_BYTES = 2 << 20;

  private final MessageDigest sha256;
  private final Map<Digest, Entry> known = new LinkedHashMap<>(16, 0.75f, true);
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

  /** What a token is known by: what is signed, and the signature. */
  record Print(Digest content, Digest signature) {}

  /**
   * What was found of a good token.
   *
   * @param earliest before which it is not valid
   */
  record Verified(Grant grant, Instant earliest) {

    private static final int ENTRY_BYTES = 448;
    private static final int APP_BYTES = 128;

    /** What the heap holds for this, or a little less. */
    long bytes() {
      return ENTRY_BYTES + grant.user().length() * 2L + grant.apps().size() * (long) APP_BYTES;
    }
  }

  private record Entry(Digest signature, Verified verified) {}

  /** What {@code token} is known by. */
  Print print(String token) {
    int dot = Math.max(0, token.lastIndexOf('.'));
    return new Print(digest(token.substring(0, dot)), digest(token.substring(dot)));
  }

  private Digest digest(String text) {
    // what is not ASCII becomes something that is in no good token either
    var digest = ByteBuffer.wrap(sha256.digest(text.getBytes(StandardCharsets.UTF_8)));
    return new Digest(digest.getLong(), digest.getLong(), digest.getLong(), digest.getLong());
  }

  /** What is known of a token; its times are still to be judged. */
  @Nullable Verified find(Print token) {
    var entry = known.get(token.content);
    return entry != null && entry.signature.equals(token.signature) ? entry.verified : null;
  }

  /** Whether a token with the same content is known, with this signature or another one. */
  boolean hasContent(Print token) {
    return known.containsKey(token.content);
  }

  /** Remembers a good token, and forgets those that were not seen for longest if there are many. */
  void add(Print token, Verified verified) {
    remove(token);
    known.put(token.content, new Entry(token.signature, verified));
    bytes += verified.bytes();
    var oldest = known.values().iterator();
    while (known.size() > MAX_COUNT || bytes > MAX_BYTES) {
      bytes -= oldest.next().verified.bytes();
      oldest.remove();
    }
  }

  /** Forgets what is known of the token's content. */
  void remove(Print token) {
    var removed = known.remove(token.content);
    if (removed != null) {
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
