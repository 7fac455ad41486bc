package dev.flyline.stream;

import dev.flyline.feed.Selection;
import dev.flyline.log.LogBatch;
import java.util.Arrays;

/**
 * Bytes being put together for one call of an encoder. Grows as needed; belongs to that call alone.
 *
 * <p>Every method returns this buffer unless it says otherwise.
 */
public final class FrameBuffer {

  private static final byte[] NOTHING = {};
  private static final int MIN_CAPACITY = 64;

  /** Where a filter may leave little, the buffer grows instead of beginning too big. */
  private static final int FILTERED_CAPACITY = 1024;

  /** The largest array that every JVM can make. */
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  private byte[] bytes;
  private int length;

  /** Makes an empty buffer that holds {@code capacity} bytes before it must grow. */
  public FrameBuffer(int capacity) {
    bytes = new byte[Math.max(capacity, MIN_CAPACITY)];
  }

  /**
   * Makes an empty buffer that most likely need not grow for what {@code selection} lets through.
   */
  static FrameBuffer forBatch(LogBatch batch, Selection selection) {
    long most = selection.isAll() ? MAX_CAPACITY : FILTERED_CAPACITY;
    return new FrameBuffer((int) Math.min(batch.bytes(), most));
  }

  /** How many bytes have been put. */
  public int length() {
    return length;
  }

  /** Puts one byte. */
  public FrameBuffer put(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** Puts all of {@code source}. */
  public FrameBuffer put(byte[] source) {
    return put(source, 0, source.length);
  }

  /** Puts {@code source} from {@code from} up to, not including, {@code to}. */
  public FrameBuffer put(byte[] source, int from, int to) {
    int count = to - from;
    reserve(count);
    System.arraycopy(source, from, bytes, length, count);
    length += count;
    return this;
  }

  /** Puts {@code text}, of which every character must be ASCII. */
  public FrameBuffer ascii(String text) {
    int count = text.length();
    reserve(count);
    for (int i = 0; i < count; i++) {
      bytes[length + i] = (byte) text.charAt(i);
    }
    length += count;
    return this;
  }

  /** Puts {@code value} in decimal digits. */
  public FrameBuffer number(long value) {
    if (value < 0) {
      return ascii(Long.toString(value));
    }
    int digits = 1;
    for (long rest = value / 10; rest > 0; rest /= 10) {
      digits++;
    }
    reserve(digits);
    long rest = value;
    for (int i = length + digits - 1; i >= length; i--) {
      bytes[i] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += digits;
    return this;
  }

  /** Puts {@code <epoch>:<seq>}. */
  public FrameBuffer position(String epoch, long seq) {
    return ascii(epoch).put(':').number(seq);
  }

  /** Puts a Unicode character in UTF-8; half of a surrogate pair becomes U+FFFD. */
  public FrameBuffer codePoint(int codePoint) {
    if (codePoint < 0x80) {
      return put(codePoint);
    }
    if (codePoint < 0x800) {
      return put(0xC0 | (codePoint >> 6)).continuation(codePoint);
    }
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      return put(Utf8.REPLACEMENT);
    }
    if (codePoint < 0x10000) {
      put(0xE0 | (codePoint >> 12));
    } else {
      put(0xF0 | (codePoint >> 18)).continuation(codePoint >> 12);
    }
    return continuation(codePoint >> 6).continuation(codePoint);
  }

  private FrameBuffer continuation(int bits) {
    return put(0x80 | (bits & 0x3F));
  }

  /** Leaves {@code count} bytes to be {@linkplain #set set} later. */
  public FrameBuffer skip(int count) {
    reserve(count);
    length += count;
    return this;
  }

  /** Writes over the byte at {@code index}. */
  public FrameBuffer set(int index, int value) {
    bytes[index] = (byte) value;
    return this;
  }

  /** Moves what stands from {@code from} on by {@code by} bytes, back if negative. */
  public FrameBuffer shift(int from, int by) {
    reserve(Math.max(by, 0));
    System.arraycopy(bytes, from, bytes, from + by, length - from);
    length += by;
    return this;
  }

  /** Writes spaces over every CR and LF from {@code from} on. */
  FrameBuffer spaceLineBreaks(int from) {
    int i = ByteScan.controlFrom(bytes, from, length);
    while (i < length) {
      if (bytes[i] == '\n' || bytes[i] == '\r') {
        bytes[i] = ' ';
      }
      i = ByteScan.controlFrom(bytes, i + 1, length);
    }
    return this;
  }

  /** Returns what has been put as an array of exactly that length. The last call on a buffer. */
  public byte[] toBytes() {
    if (length == 0) {
      return NOTHING;
    }
    return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
  }

  private void reserve(int count) {
    if (count > bytes.length - length) {
      long wanted = Math.max((long) length + count, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, MAX_CAPACITY));
    }
  }
}
