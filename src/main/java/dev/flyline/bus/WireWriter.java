package dev.flyline.bus;

import dev.flyline.log.Lineage;
import dev.flyline.log.Mark;
import dev.flyline.log.Term;
import io.vertx.core.buffer.Buffer;
import java.util.Arrays;

/**
 * Bytes for another router being put together; {@link WireReader} reads them. Grows as needed.
 *
 * <p>Every method that puts something returns this writer. One that cannot put a value in a way
 * that the reader takes throws {@link IllegalArgumentException}.
 */
final class WireWriter {

  private static final int MIN_CAPACITY = 64;

  /** The largest array that every JVM can make. */
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 8;

  private static final int MAX_TEXT = 255;

  private byte[] bytes;
  private int length;

  /** Makes a writer that holds {@code capacity} bytes before it must grow. */
  WireWriter(long capacity) {
    bytes = new byte[Math.clamp(capacity, MIN_CAPACITY, MAX_CAPACITY)];
  }

  /** How many bytes have been put. */
  int length() {
    return length;
  }

  /** Takes back what was put after the first {@code shorter} bytes. */
  void truncate(int shorter) {
    length = shorter;
  }

  /** Puts what {@code other} has from {@code start} on. */
  void copy(WireWriter other, int start) {
    int count = other.length - start;
    reserve(count);
    System.arraycopy(other.bytes, start, bytes, length, count);
    length += count;
  }

  /** Appends what has been put to {@code buffer}. */
  void copyTo(Buffer buffer) {
    buffer.appendBytes(bytes, 0, length);
  }

  WireWriter u8(int value) {
    reserve(1);
    bytes[length++] = (byte) value;
    return this;
  }

  WireWriter flag(boolean value) {
    return u8(value ? 1 : 0);
  }

  WireWriter i32(int value) {
    return i32At(skip(Integer.BYTES), value);
  }

  /** Writes over the four bytes at {@code index}. */
  WireWriter i32At(int index, int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      bytes[index + i] = (byte) (value >>> (24 - 8 * i));
    }
    return this;
  }

  WireWriter i64(long value) {
    return i32((int) (value >>> 32)).i32((int) value);
  }

  /** Leaves {@code count} bytes to be set later, and returns where they are. */
  int skip(int count) {
    reserve(count);
    length += count;
    return length - count;
  }

  /** Puts a number that is not negative, in seven bits a byte, the lowest first. */
  WireWriter number(long value) {
    if (value < 0) {
      throw new IllegalArgumentException("number: must not be negative");
    }
    return sevenBits(value);
  }

  /** Puts any number, small ones of either sign in few bytes (zigzag). */
  WireWriter signed(long value) {
    return sevenBits((value << 1) ^ (value >> 63));
  }

  private WireWriter sevenBits(long value) {
    reserve(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[length++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[length++] = (byte) rest;
    return this;
  }

  /** Puts a name, which must be short and ASCII. */
  WireWriter text(String text) {
    int count = text.length();
    if (count > MAX_TEXT) {
      throw new IllegalArgumentException("text: too long");
    }
    u8(count).reserve(count);
    for (int i = 0; i < count; i++) {
      char c = text.charAt(i);
      if (c >= 0x80) {
        throw new IllegalArgumentException("text: must be ASCII");
      }
      bytes[length++] = (byte) c;
    }
    return this;
  }

  /** Puts {@code source} and, before it, its length. */
  WireWriter bytes(byte[] source) {
    number(source.length).reserve(source.length);
    System.arraycopy(source, 0, bytes, length, source.length);
    length += source.length;
    return this;
  }

  WireWriter lineage(Lineage lineage) {
    number(lineage.terms().size());
    for (Term term : lineage.terms()) {
      number(term.counter()).text(term.node()).number(term.after());
    }
    return this;
  }

  /** Puts a mark but for its time. */
  WireWriter mark(Mark mark) {
    return u8(mark.cause().wireCode()).number(mark.lines() - Mark.UNKNOWN);
  }

  private void reserve(int count) {
    if (count > bytes.length - length) {
      long wanted = Math.max((long) length + count, 2L * bytes.length);
      bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, MAX_CAPACITY));
    }
  }
}
