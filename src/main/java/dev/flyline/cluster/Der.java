package dev.flyline.cluster;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Writes the few ASN.1 values that a certificate consists of, in DER (X.690). The JDK reads
 * certificates and has no public class that writes one.
 */
final class Der {

  private static final int BOOLEAN = 0x01;
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int UTC_TIME = 0x17;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int EXPLICIT = 0xa0;

  private static final int SHORT_LENGTHS = 0x80;
  private static final int BASE_128 = 7;

  private Der() {}

  static byte[] sequence(byte[]... parts) {
    return value(SEQUENCE, List.of(parts));
  }

  static byte[] set(byte[]... parts) {
    return value(SET, List.of(parts));
  }

  /** {@code content} within the explicit context tag {@code number}. */
  static byte[] explicit(int number, byte[] content) {
    return value(EXPLICIT + number, List.of(content));
  }

  static byte[] integer(BigInteger number) {
    return value(INTEGER, List.of(number.toByteArray()));
  }

  static byte[] truth() {
    return value(BOOLEAN, List.of(new byte[] {(byte) 0xff}));
  }

  static byte[] octets(byte[] content) {
    return value(OCTET_STRING, List.of(content));
  }

  /** A bit string whose last {@code unused} bits do not count. */
  static byte[] bits(int unused, byte[] content) {
    return value(BIT_STRING, List.of(new byte[] {(byte) unused}, content));
  }

  static byte[] text(String text) {
    return value(UTF8_STRING, List.of(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** A time before 2050, as {@code yyMMddHHmmssZ}; RFC 5280 wants this form for those. */
  static byte[] utcTime(String time) {
    return value(UTC_TIME, List.of(time.getBytes(StandardCharsets.US_ASCII)));
  }

  /** A time from 2050 on, as {@code yyyyMMddHHmmssZ}. */
  static byte[] generalizedTime(String time) {
    return value(GENERALIZED_TIME, List.of(time.getBytes(StandardCharsets.US_ASCII)));
  }

  /** An object identifier in its usual form with dots. */
  static byte[] oid(String dotted) {
    int[] arcs = Arrays.stream(dotted.split("\\.")).mapToInt(Integer::parseInt).toArray();
    byte[] content = base128(40 * arcs[0] + arcs[1]);
    for (int i = 2; i < arcs.length; i++) {
      content = join(List.of(content, base128(arcs[i])));
    }
    return value(OBJECT_IDENTIFIER, List.of(content));
  }

  private static byte[] base128(int arc) {
    int length = 1;
    for (int rest = arc >>> BASE_128; rest > 0; rest >>>= BASE_128) {
      length++;
    }
    byte[] digits = new byte[length];
    for (int i = length - 1, rest = arc; i >= 0; i--, rest >>>= BASE_128) {
      digits[i] = (byte) ((rest & 0x7f) | (i == length - 1 ? 0 : 0x80));
    }
    return digits;
  }

  private static byte[] value(int tag, Collection<byte[]> parts) {
    byte[] content = join(parts);
    return join(List.of(new byte[] {(byte) tag}, length(content.length), content));
  }

  private static byte[] length(int length) {
    if (length < SHORT_LENGTHS) {
      return new byte[] {(byte) length};
    }
    byte[] bytes = BigInteger.valueOf(length).toByteArray();
    byte[] digits = bytes[0] == 0 ? Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
    return join(List.of(new byte[] {(byte) (SHORT_LENGTHS + digits.length)}, digits));
  }

  private static byte[] join(Collection<byte[]> parts) {
    byte[] all = new byte[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }
}
