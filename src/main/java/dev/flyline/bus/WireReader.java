package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.Mark;
import dev.flyline.log.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads what {@link WireWriter} has put, from front to back.
 *
 * <p>Believes nothing: whatever the bytes are, each method returns a value that a router could have
 * meant or throws {@link IllegalArgumentException}, and makes nothing large that the bytes do not
 * pay for.
 */
final class WireReader {

  /** Of 18 digits; what is one above it still fits everywhere. */
  private static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private final Names names;
  private final byte[] source;
  private final int end;
  private int at;

  /** Reads {@code source} from {@code from} up to, not including, {@code end}. */
  WireReader(byte[] source, int from, int end, Names names) {
    this.names = names;
    this.source = source;
    this.at = from;
    this.end = end;
  }

  /** A reader of the next {@code length} bytes alone, which this one passes over. */
  WireReader part(int length) {
    int from = take(length);
    return new WireReader(source, from, at, names);
  }

  /** Checks that everything has been read. */
  void end() {
    if (at != end) {
      throw new IllegalArgumentException("bytes: more than belong there");
    }
  }

  int u8() {
    return source[take(1)] & 0xff;
  }

  boolean flag() {
    int value = u8();
    if (value > 1) {
      throw new IllegalArgumentException("flag: must be 0 or 1");
    }
    return value == 1;
  }

  int i32() {
    int value = 0;
    for (int i = 0; i < Integer.BYTES; i++) {
      value = (value << 8) | u8();
    }
    return value;
  }

  long i64() {
    return ((long) i32() << 32) | (i32() & 0xFFFF_FFFFL);
  }

  /** A number that is not negative and to which a few can be added. */
  long number() {
    long value = sevenBits();
    if (value < 0 || value > MAX_NUMBER) {
      throw new IllegalArgumentException("number: too large");
    }
    return value;
  }

  long signed() {
    long value = sevenBits();
    return (value >>> 1) ^ -(value & 1);
  }

  private long sevenBits() {
    long value = 0;
    for (int shift = 0; shift < Long.SIZE; shift += 7) {
      int next = u8();
      value |= (next & 0x7FL) << shift;
      if (next < 0x80) {
        return value;
      }
    }
    throw new IllegalArgumentException("number: too long");
  }

  /** How many things follow, each of at least {@code least} bytes: not more than have room. */
  int count(int least) {
    long count = sevenBits();
    if (count < 0 || count > (end - at) / least) {
      throw new IllegalArgumentException("count: more than there are bytes");
    }
    return (int) count;
  }

  byte[] bytes() {
    int length = count(1);
    int from = take(length);
    return Arrays.copyOfRange(source, from, from + length);
  }

  AppName app() {
    int from = text();
    return names.app(source, from, at);
  }

  /** The epoch of a term. */
  String epoch() {
    int from = text();
    return names.epoch(source, from, at);
  }

  /** The epoch of a term, or an empty text. */
  String epochOrNone() {
    int from = text();
    return from == at ? "" : names.epoch(source, from, at);
  }

  /** A router's name. */
  String node() {
    int from = text();
    return names.node(source, from, at);
  }

  /** A router's name, or an empty text. */
  String nodeOrNone() {
    int from = text();
    return from == at ? "" : names.node(source, from, at);
  }

  /** A region's name or a machine's id. */
  String place() {
    int from = text();
    return names.place(source, from, at);
  }

  /**
   * Passes over some name and returns where it begins; it ends where the reader is. Every kind of
   * name has a rule that leaves no room for what is not ASCII.
   */
  private int text() {
    return take(u8());
  }

  Lineage lineage() {
    int count = count(3);
    if (count > Lineage.REMEMBERED) {
      throw new IllegalArgumentException("lineage: more terms than any router remembers");
    }
    List<Term> terms = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      terms.add(new Term(number(), node(), number()));
    }
    return new Lineage(terms);
  }

  /** A mark that arrived at {@code arrivedMs}. */
  Mark mark(long arrivedMs) {
    return new Mark(GapCause.ofWireCode(u8()), number() + Mark.UNKNOWN, arrivedMs);
  }

  /** Passes over {@code count} bytes, which must be there, and returns where they begin. */
  private int take(int count) {
    if (count < 0 || count > end - at) {
      throw new IllegalArgumentException("bytes: end too early");
    }
    at += count;
    return at - count;
  }
}
