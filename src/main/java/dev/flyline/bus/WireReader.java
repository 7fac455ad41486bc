package dev.flyline.bus;

import dev.flyline.log.AppName;
import dev.flyline.log.GapCause;
import dev.flyline.log.Lineage;
import dev.flyline.log.LogSubject;
import dev.flyline.log.Mark;
import dev.flyline.log.Position;
import dev.flyline.log.Term;
import java.nio.charset.StandardCharsets;
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

  /** The digits of the largest number; what is one above it still fits everywhere. */
  private static final int MAX_DIGITS = 18;

  private static final long MAX_NUMBER = 999_999_999_999_999_999L;

  private final byte[] source;
  private final int end;
  private int at;

  /** Reads {@code source} from {@code from} up to, not including, {@code end}. */
  WireReader(byte[] source, int from, int end) {
    this.source = source;
    this.at = from;
    this.end = end;
  }

  /** A reader of the next {@code length} bytes alone, which this one passes over. */
  WireReader part(int length) {
    int from = take(length);
    return new WireReader(source, from, at);
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

  /** Some name; every kind of name has a rule that leaves no room for what is not ASCII. */
  private String text() {
    int length = u8();
    int from = take(length);
    return new String(source, from, length, StandardCharsets.ISO_8859_1);
  }

  AppName app() {
    return new AppName(text());
  }

  /** The epoch of a term. */
  String epoch() {
    return checkedEpoch(text());
  }

  /** The epoch of a term, or an empty text. */
  String epochOrNone() {
    String text = text();
    return text.isEmpty() ? text : checkedEpoch(text);
  }

  private static String checkedEpoch(String text) {
    int dash = text.indexOf('-');
    boolean counts = dash > 0 && dash <= MAX_DIGITS && text.charAt(0) != '0';
    for (int i = 0; counts && i < dash; i++) {
      counts = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!counts || !Position.isEpoch(text)) {
      throw new IllegalArgumentException("epoch: must be <counter>-<node>");
    }
    return text;
  }

  /** A router's name. */
  String node() {
    return checkedNode(text());
  }

  /** A router's name, or an empty text. */
  String nodeOrNone() {
    String text = text();
    return text.isEmpty() ? text : checkedNode(text);
  }

  private static String checkedNode(String text) {
    if (!Position.isEpoch(text)) { // it is to stand in one
      throw new IllegalArgumentException("node: must match [0-9a-z-] and be short");
    }
    return text;
  }

  /** A region's name or a machine's id. */
  String place() {
    String text = text();
    if (!LogSubject.isName(text)) {
      throw new IllegalArgumentException("region or machine: not a name");
    }
    return text;
  }

  Lineage lineage() {
    int count = count(3);
    if (count > Lineage.REMEMBERED) {
      throw new IllegalArgumentException("lineage: more terms than any router remembers");
    }
    List<Term> terms = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      terms.add(new Term(number(), text(), number()));
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
