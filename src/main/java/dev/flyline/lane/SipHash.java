package dev.flyline.lane;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;

/**
 * A hash that nobody can compute who does not know its key, fast for short texts: SipHash-2-4
 * (Aumasson and Bernstein, 2012).
 */
final class SipHash {

  private static final int KEY_BYTES = 16;
  private static final int WORD = 8;

  private final long k0;
  private final long k1;

  /** Takes a key of 16 bytes. */
  SipHash(byte[] key) {
    ByteBuffer words = ByteBuffer.wrap(key).order(ByteOrder.LITTLE_ENDIAN);
    this.k0 = words.getLong();
    this.k1 = words.getLong();
  }

  /** A hash whose key nobody knows. */
  static SipHash random() {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return new SipHash(key);
  }

  /** The hash of {@code text}, of whose characters only the lower eight bits count. */
  long of(CharSequence text) {
    var state = new State(k0, k1);
    int length = text.length();
    int whole = length - length % WORD;
    for (int i = 0; i < whole; i += WORD) {
      state.add(word(text, i, WORD));
    }
    state.add(word(text, whole, length - whole) | ((long) length << 56));
    return state.finish();
  }

  /** So many characters from {@code from} on, the first one lowest. */
  private static long word(CharSequence text, int from, int count) {
    long word = 0;
    for (int i = count - 1; i >= 0; i--) {
      word = (word << 8) | (text.charAt(from + i) & 0xFF);
    }
    return word;
  }

  /** The four words of the algorithm. */
  private static final class State {
    private long v0;
    private long v1;
    private long v2;
    private long v3;

    State(long k0, long k1) {
      v0 = k0 ^ 0x736f6d6570736575L;
      v1 = k1 ^ 0x646f72616e646f6dL;
      v2 = k0 ^ 0x6c7967656e657261L;
      v3 = k1 ^ 0x7465646279746573L;
    }

    void add(long word) {
      v3 ^= word;
      round();
      round();
      v0 ^= word;
    }

    long finish() {
      v2 ^= 0xff;
      for (int i = 0; i < 4; i++) {
        round();
      }
      return v0 ^ v1 ^ v2 ^ v3;
    }

    private void round() {
      v0 += v1;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v0 = Long.rotateLeft(v0, 32);
      v2 += v3;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 += v3;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v2 += v1;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
  }
}
