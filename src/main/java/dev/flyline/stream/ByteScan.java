package dev.flyline.stream;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Searches for the next byte of a kind, eight bytes at a time.
 *
 * <p>A word's byte {@code b} is below {@code n} (at most 0x80) if the top bit of {@code (word - n
 * in every byte) & ~word} is set in its place, and equal to {@code n} if {@code b ^ n} is below 1.
 * The subtraction can borrow from the bytes above a hit, so of the bits set only the lowest is
 * sure; words are read little-endian, where the lowest is the first byte. (Bit Twiddling Hacks,
 * "Determine if a word has a byte less than n".)
 */
public final class ByteScan {

  private static final VarHandle WORD =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long ONES = 0x0101010101010101L;
  private static final long TOPS = 0x8080808080808080L;
  private static final long SPACES = ONES * ' ';
  private static final long QUOTES = ONES * '"';
  private static final long BACKSLASHES = ONES * '\\';

  private ByteScan() {}

  /** The index of the first byte outside ASCII in {@code [from, to)}, or {@code to}. */
  public static int nonAsciiFrom(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long hits = (long) WORD.get(bytes, i) & TOPS;
      if (hits != 0) {
        return i + firstByte(hits);
      }
    }
    while (i < to && bytes[i] >= 0) {
      i++;
    }
    return i;
  }

  /** The index of the first byte below the space in {@code [from, to)}, or {@code to}. */
  public static int controlFrom(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = (long) WORD.get(bytes, i);
      long hits = (word - SPACES) & ~word & TOPS;
      if (hits != 0) {
        return i + firstByte(hits);
      }
    }
    while (i < to && (bytes[i] & 0xFF) >= ' ') {
      i++;
    }
    return i;
  }

  /** The index of the first {@code wanted} in {@code [from, to)}, or {@code to}. */
  static int byteFrom(byte[] bytes, int from, int to, byte wanted) {
    return matchFrom(bytes, from, to, wanted, 0);
  }

  /** The index of the first {@code letter}, a small one, in either case, or {@code to}. */
  static int letterFrom(byte[] bytes, int from, int to, byte letter) {
    return matchFrom(bytes, from, to, letter, 0x20);
  }

  /** Finds the first byte that is {@code wanted} once the bits of {@code ignored} are set in it. */
  private static int matchFrom(byte[] bytes, int from, int to, byte wanted, int ignored) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long difference = ((long) WORD.get(bytes, i) | ONES * ignored) ^ ONES * wanted;
      long hits = (difference - ONES) & ~difference & TOPS;
      if (hits != 0) {
        return i + firstByte(hits);
      }
    }
    while (i < to && (bytes[i] | ignored) != wanted) {
      i++;
    }
    return Math.min(i, to);
  }

  /**
   * The index of the first byte in {@code [from, to)} that is not plain in a JSON string, or {@code
   * to}. Not plain are control characters, the quote, the backslash and what is outside ASCII.
   */
  static int notPlainFrom(byte[] bytes, int from, int to) {
    int i = from;
    for (; i <= to - Long.BYTES; i += Long.BYTES) {
      long word = (long) WORD.get(bytes, i);
      long quotes = word ^ QUOTES;
      long backslashes = word ^ BACKSLASHES;
      long below =
          ((word - SPACES) & ~word)
              | ((quotes - ONES) & ~quotes)
              | ((backslashes - ONES) & ~backslashes);
      long hits = (below | word) & TOPS;
      if (hits != 0) {
        return i + firstByte(hits);
      }
    }
    while (i < to && isPlain(bytes[i])) {
      i++;
    }
    return i;
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  private static int firstByte(long hits) {
    return Long.numberOfTrailingZeros(hits) >>> 3;
  }
}
